//! Size and depth are no limit.

#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

use std::cell::RefCell;

use objgraph::Tracked;
use objgraph::rc::Rc;

#[derive(Tracked)]
struct Link {
    next: RefCell<Option<Rc<Link>>>,
}

/// Runs in a thread with little stack.
fn in_2_mib(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    thread
        .expect("a thread can be made")
        .join()
        .expect("it does not fail");
}

#[test]
fn a_leaked_ring_of_a_million_is_found_and_told() {
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
        // Taken apart one by one, since std's own drop of a long list recurses.
        while let Some(object) = objgraph::by_type_of::<Link>().first() {
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
struct Boxed {
    leaf: Option<Rc<u8>>,
    next: Option<Box<Boxed>>,
}

impl Drop for Boxed {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut link) = next {
            next = link.next.take();
        }
    }
}

#[test]
fn a_million_boxes_in_each_other_are_seen_through() {
    in_2_mib(|| {
        let leaf = Rc::new(5);
        let mut list = Boxed {
            leaf: Some(leaf.clone()),
            next: None,
        };
        for _ in 1..1_000_000 {
            list = Boxed {
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

/// Nothing is known of it.
struct Foreign(String);

/// A list whose links own each other through a container that holds foreign values too.
#[derive(Tracked)]
struct Mixed {
    leaf: Option<Rc<u8>>,
    next: Option<Box<(Foreign, Mixed)>>,
}

impl Drop for Mixed {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut link) = next {
            next = link.1.next.take();
        }
    }
}

#[test]
fn a_million_values_among_foreign_ones_are_seen_through() {
    in_2_mib(|| {
        let leaf = Rc::new(6);
        let mut list = Mixed {
            leaf: Some(leaf.clone()),
            next: None,
        };
        for _ in 1..1_000_000 {
            list = Mixed {
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
