//! Size and depth are not limits.
// recount: no, its objects take minutes to recount.

#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;

use objgraph::rc::Rc;
use objgraph::{Tracked, Visit, Visitor};

#[derive(Tracked)]
struct Link {
    next: RefCell<Option<Rc<Link>>>,
}

/// Runs a function in a thread with a small stack.
fn in_2_mib(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    thread
        .expect("a thread can be made")
        .join()
        .expect("it does not fail");
}

#[test]
fn a_leaked_ring_of_a_million_is_found_and_reported() {
    in_2_mib(|| {
        let first = Rc::new(Link {
            next: RefCell::default(),
        });
        let mut last = first.clone();
        for _ in 1..1_000_000 {
            let link = Rc::new(Link {
                next: RefCell::default(),
            });
            *last.next.borrow_mut() = Some(link.clone());
            last = link;
        }
        *last.next.borrow_mut() = Some(first);
        drop(last);
        let leaks = objgraph::find_leaks();
        let text = leaks.to_string();
        let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("ring.dot");
        let drawn = objgraph::show_leaks(&dir)
            .expect("the picture is written")
            .len();
        if objgraph::ENABLED {
            assert_eq!((leaks.len(), drawn), (1_000_000, 1_000_000));
            assert!(text.contains("Link.next"), "{text}");
            assert!(
                text.lines().count() < 100 && text.lines().all(|line| line.chars().count() <= 80),
                "{text}"
            );
        }
        // Dropped one by one, since std's drop of a long list recurses.
        while let Some(object) = objgraph::alive::by_type_of::<Link>().first() {
            let link = object.upgrade::<Link>().expect("it is of this thread");
            let mut next = link.next.take();
            while let Some(link) = next {
                next = link.next.take();
            }
        }
    });
}

/// A list whose links own each other directly.
#[derive(Tracked)]
struct BoxedLink {
    leaf: Option<Rc<u8>>,
    next: Option<Box<BoxedLink>>,
}

impl Drop for BoxedLink {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut link) = next {
            next = link.next.take();
        }
    }
}

#[test]
fn a_million_nested_boxes_are_traced() {
    in_2_mib(|| {
        let leaf = Rc::new(5);
        let mut list = BoxedLink {
            leaf: Some(leaf.clone()),
            next: None,
        };
        for _ in 1..1_000_000 {
            list = BoxedLink {
                leaf: None,
                next: Some(Box::new(list)),
            };
        }
        let held = Rc::new(list);
        let snapshot = objgraph::snapshot();
        if objgraph::ENABLED {
            let node = snapshot.find(objgraph::id(&leaf)).expect("it is alive");
            assert_eq!(
                (snapshot.external(node), snapshot.edges_to(node).len()),
                (Some(1), 1)
            );
        }
        drop(held);
    });
}

/// An opaque type.
struct Foreign(String);

/// A list whose links own each other through a container that holds foreign values too.
#[derive(Tracked)]
struct MixedLink {
    leaf: Option<Rc<u8>>,
    next: Option<Box<(Foreign, MixedLink)>>,
}

impl Drop for MixedLink {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut link) = next {
            next = link.1.next.take();
        }
    }
}

#[test]
fn a_million_values_among_foreign_ones_are_traced() {
    in_2_mib(|| {
        let leaf = Rc::new(6);
        let mut list = MixedLink {
            leaf: Some(leaf.clone()),
            next: None,
        };
        for _ in 1..1_000_000 {
            list = MixedLink {
                leaf: None,
                next: Some(Box::new((Foreign(String::new()), list))),
            };
        }
        let held = Rc::new(list);
        let snapshot = objgraph::snapshot();
        if objgraph::ENABLED {
            let node = snapshot.find(objgraph::id(&leaf)).expect("it is alive");
            assert_eq!(snapshot.external(node), Some(1));
        }
        drop(held);
    });
}

/// Writes a text of 100 MB, at once or letter by letter, and counts how much of it was written.
struct LongLabel {
    at_once: bool,
    written: Cell<usize>,
}

const LONG: usize = 100_000_000;

impl fmt::Debug for LongLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at_once {
            self.written.set(LONG);
            return f.write_str(&"é".repeat(LONG / 2));
        }
        for at in 1..=LONG {
            self.written.set(at);
            f.write_str("x")?;
        }
        Ok(())
    }
}

#[derive(Tracked, Debug)]
struct LabelOwner(LongLabel);

#[test]
fn a_label_of_a_hundred_megabytes_is_cut() {
    for at_once in [true, false] {
        let written = Cell::new(0);
        let long = Rc::new(LabelOwner(LongLabel { at_once, written }));
        let picture = objgraph::refs(&long);
        if !objgraph::ENABLED {
            continue;
        }
        for text in [
            picture.to_dot().unwrap(),
            picture.to_svg().unwrap(),
            picture.to_text().unwrap(),
            picture.to_json().unwrap(),
            objgraph::at(objgraph::id(&long)).unwrap().label().unwrap(),
        ] {
            assert!(text.contains('…') && text.len() < 10_000, "{}", text.len());
        }
        // The formatter was stopped.
        let written = long.0.written.get();
        assert_eq!(
            written,
            if at_once {
                LONG
            } else {
                41 - "LabelOwner(".len()
            }
        );
    }
}

/// A text from a function of the user is not cut.
#[test]
fn a_text_below_an_object_may_have_a_megabyte() {
    let object = Rc::new(1_u8);
    let text = "<&\"\n\u{202e}".repeat(200_000);
    let picture = objgraph::refs(&object).extra_info(|_| text.clone());
    if objgraph::ENABLED {
        for long in [
            picture.to_dot().unwrap(),
            picture.to_json().unwrap(),
            picture.to_graphml().unwrap(),
            picture.to_mermaid().unwrap(),
        ] {
            assert!(long.len() > text.len());
        }
        // A tree has lines of 80 columns.
        assert!(picture.to_text().unwrap().len() < 1000);
    }
}

/// The longest text that a user is likely to write.
#[test]
fn a_text_below_an_object_may_have_a_hundred_megabytes() {
    let object = Rc::new(1_u8);
    let text = || "x".repeat(LONG);
    let picture = objgraph::refs(&object).extra_info(|_| text());
    if objgraph::ENABLED {
        assert!(picture.to_dot().unwrap().len() > LONG);
        assert!(picture.to_text().unwrap().len() < 1000);
    }
}

/// A type whose name has twice the length of another.
struct Twice<A, B>(PhantomData<fn() -> (A, B)>, RefCell<Option<Rc<Self>>>)
where
    Self: 'static;

impl<A: 'static, B: 'static> Visit for Twice<A, B> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("me", &self.1);
    }
}

macro_rules! doubled {
    ($name:ty,) => { $name };
    ($name:ty, $_one:tt $($more:tt)*) => { doubled!(Twice<$name, $name>, $($more)*) };
}

/// A name doubled 12 times: longer than the width to which a name in a report is padded.
type Name = doubled!(u8, 1 2 3 4 5 6 7 8 9 a b c);

#[test]
fn a_type_whose_name_has_tens_of_kilobytes() {
    type LongName = Name;
    let name = std::any::type_name::<LongName>();
    assert!(name.len() > 1 << 16, "{}", name.len());
    objgraph::register::<LongName>();
    let long = || Rc::new(Twice(PhantomData, RefCell::new(None)) as LongName);
    let object = long();
    let lost = long();
    lost.1.replace(Some(lost.clone()));
    let id = objgraph::id(&lost);
    drop(lost);
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = std::sync::Arc::new(objgraph::snapshot());
    let empty = objgraph::Snapshot::empty();
    let mut texts = Vec::new();
    let all = objgraph::alive::stats().limit(usize::MAX);
    all.write_most_common_types(&mut texts).unwrap();
    objgraph::picture::write_json(&snapshot, &mut texts).unwrap();
    objgraph::growth::query_new_ids().write(&mut texts).unwrap();
    let mut texts = vec![String::from_utf8(texts).unwrap()];
    texts.extend([
        objgraph::leaks::with_labels(objgraph::find_leaks()).to_string(),
        objgraph::bytes::retained().to_string(),
        objgraph::bytes::typesizes().to_string(),
        objgraph::owners::zombies().to_string(),
        objgraph::type_cycles().to_string(),
        objgraph::snapshot::diff(&empty, &snapshot).to_string(),
        objgraph::why_alive(id).unwrap().to_string(),
        objgraph::find_cycles(&id).to_string(),
    ]);
    let picture = objgraph::refs(objgraph::at_addrs([objgraph::id(&object), id]));
    texts.push(picture.to_dot().unwrap());
    texts.push(picture.to_svg().unwrap());
    texts.push(picture.to_graphml().unwrap());
    let drawing = picture.drawing().unwrap();
    assert!(
        drawing
            .nodes
            .iter()
            .all(|node| node.type_name == name && node.label.len() < 1000)
    );
    // A tree has lines of 80 columns.
    assert!(picture.to_text().unwrap().len() < 1000);
    assert!(texts.iter().filter(|text| text.contains("Twice<")).count() > 5);
    assert_eq!(objgraph::count(name), 2);
    objgraph::at(id)
        .unwrap()
        .upgrade::<LongName>()
        .unwrap()
        .1
        .take();
}
