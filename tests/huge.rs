//! Ten million objects, lists of that length, and one object with five million references, each in
//! a thread with a stack of 2 MiB: made, traced, reported, drawn and dropped.
//!
//! They take gigabytes, so a plain `cargo test` omits them; `.ci/run huge` runs them in a release
//! build, one after another. Long texts, which take less, are in `size.rs`.
// recount: no, it takes gigabytes.

#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]
#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{ObjectId, Tracked};

const TEN_MILLION: usize = 10_000_000;
const FIVE_MILLION: usize = 5_000_000;

/// Runs a function in a thread with a small stack, if tracking is on.
fn in_2_mib(run: impl FnOnce() + Send + 'static) {
    if !objgraph::ENABLED {
        return;
    }
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    let joined = thread.expect("a thread can be made").join();
    joined.expect("it does not fail");
    assert!(
        objgraph::alive::objects().is_empty(),
        "all is gone when it is dropped"
    );
}

fn assert_readable(what: &str, text: &str) {
    assert!(text.lines().count() < 100, "{what}: {} bytes", text.len());
    let is_narrow = |line: &str| line.chars().count() <= 80;
    assert!(text.lines().all(is_narrow), "{what}: {text}");
}

/// Calls every query on the whole process, and on one object.
fn ask(name: &str, alive: usize, leaked: usize, id: ObjectId) {
    let leaks = objgraph::leaks::with_labels(objgraph::find_leaks());
    assert_eq!(leaks.len(), leaked);
    assert_readable("the leaks", &leaks.to_string());
    drop(leaks);
    let why = objgraph::why_alive(id).expect("it is alive");
    assert_readable("why it is alive", &why.to_string());
    drop(why);
    assert_readable("what retains", &objgraph::bytes::retained().to_string());
    assert_readable("the cycles", &objgraph::find_cycles(&id).to_string());
    assert_eq!(objgraph::typestats().values().sum::<usize>(), alive);
    assert_eq!(objgraph::snapshot().len(), alive);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (way, picture) in [
        ("refs", objgraph::refs(id)),
        ("back", objgraph::backrefs(id)),
    ] {
        let path = folder.join(format!("huge-{name}-{way}.svg"));
        picture.save(&path).expect("the picture is drawn");
        assert!(fs::metadata(&path).expect("it is there").len() < 100_000);
    }
}

#[derive(Tracked)]
struct Leaf(u64);

#[test]
fn ten_million_objects() {
    in_2_mib(|| {
        let all: Vec<Rc<Leaf>> = (0..TEN_MILLION as u64)
            .map(|at| Rc::new(Leaf(at)))
            .collect();
        let last = objgraph::id(all.last().expect("there are some"));
        ask("objects", TEN_MILLION, 0, last);
        assert_eq!(objgraph::get_new_ids()["Leaf"].len(), TEN_MILLION);
    });
}

/// Generates a test of a list of one of the counted pointers.
macro_rules! list {
    ($test:ident, $name:literal, $pointer:ident, $cell:ident, $set:expr, $take:expr) => {
        #[test]
        fn $test() {
            #[derive(Tracked)]
            struct Link {
                next: $cell<Option<$pointer<Link>>>,
            }

            in_2_mib(|| {
                let link = || {
                    $pointer::new(Link {
                        next: $cell::default(),
                    })
                };
                let set: fn(&Link, $pointer<Link>) = $set;
                let take: fn(&Link) -> Option<$pointer<Link>> = $take;
                let first = link();
                let mut last = first.clone();
                for _ in 1..TEN_MILLION {
                    let next = link();
                    set(&last, next.clone());
                    last = next;
                }
                let id = objgraph::id(&last);
                ask(concat!($name, "-list"), TEN_MILLION, 0, id);
                let search = objgraph::picture::ref_chain(&first).max_depth(TEN_MILLION);
                let chain = search.find(|node| node.id() == id);
                let chain = chain.expect("the last is reached from the first");
                assert_eq!(chain.len(), TEN_MILLION);
                assert_readable("the chain", &chain.to_string());
                drop(chain);

                // Now nothing holds it from outside.
                set(&last, first);
                drop(last);
                ask(concat!($name, "-ring"), TEN_MILLION, TEN_MILLION, id);

                // Dropped one by one, since std's drop of a long list recurses.
                let object = objgraph::at(id).expect("it has leaked");
                let found = object.upgrade::<Link>().expect("it is of this thread");
                let mut next = take(&found);
                drop(found);
                while let Some(link) = next {
                    next = take(&link);
                }
            });
        }
    };
}

list!(
    a_list_of_ten_million_rc,
    "rc",
    Rc,
    RefCell,
    |link, next| drop(link.next.replace(Some(next))),
    |link| link.next.take()
);
list!(
    a_list_of_ten_million_arc,
    "arc",
    Arc,
    Mutex,
    |link, next| drop(link.next.lock().unwrap().replace(next)),
    |link| link.next.lock().unwrap().take()
);

/// Generates a test of values that own each other directly, in one object.
macro_rules! nest {
    ($test:ident, $name:literal, $within:ty, $wrap:expr, $unwrap:expr) => {
        #[test]
        fn $test() {
            #[derive(Tracked)]
            struct NestedLink {
                leaf: Option<Rc<Leaf>>,
                within: Option<$within>,
            }

            impl Drop for NestedLink {
                fn drop(&mut self) {
                    let unwrap: fn($within) -> Option<NestedLink> = $unwrap;
                    let mut next = self.within.take().and_then(unwrap);
                    while let Some(mut nested) = next {
                        next = nested.within.take().and_then(unwrap);
                    }
                }
            }

            in_2_mib(|| {
                let wrap: fn(NestedLink) -> $within = $wrap;
                let leaf = Rc::new(Leaf(5));
                let mut nested = NestedLink {
                    leaf: Some(leaf.clone()),
                    within: None,
                };
                for _ in 1..TEN_MILLION {
                    nested = NestedLink {
                        leaf: None,
                        within: Some(wrap(nested)),
                    };
                }
                let held = Rc::new(nested);
                let snapshot = objgraph::snapshot();
                let node = snapshot.find(objgraph::id(&leaf)).expect("it is alive");
                assert_eq!(snapshot.external(node), Some(1));
                assert_eq!(snapshot.edges_to(node).len(), 1);
                drop(snapshot);
                ask($name, 2, 0, objgraph::id(&leaf));
                drop(held);
            });
        }
    };
}

nest!(
    ten_million_boxes,
    "boxes",
    Box<NestedLink>,
    Box::new,
    |nested| Some(*nested)
);
nest!(
    ten_million_vecs,
    "vecs",
    Vec<NestedLink>,
    |nested| vec![nested],
    |mut nested| nested.pop()
);

#[derive(Tracked)]
struct Hub {
    children: RefCell<Vec<Rc<Child>>>,
}

#[derive(Tracked)]
struct Child {
    hub: RefCell<Option<Rc<Hub>>>,
}

/// References to each and back: the leak is one component, with a hub that has all edges.
#[test]
fn an_object_with_five_million_references() {
    in_2_mib(|| {
        let hub = Rc::new(Hub {
            children: RefCell::default(),
        });
        let child = || {
            Rc::new(Child {
                hub: RefCell::default(),
            })
        };
        let children = std::iter::repeat_with(child).take(FIVE_MILLION).collect();
        hub.children.replace(children);
        let id = objgraph::id(&hub);
        ask("hub", FIVE_MILLION + 1, 0, id);
        for child in &*hub.children.borrow() {
            child.hub.replace(Some(hub.clone()));
        }
        ask("held-hub", FIVE_MILLION + 1, 0, id);
        drop(hub);
        ask("leaked-hub", FIVE_MILLION + 1, FIVE_MILLION + 1, id);
        let hub = objgraph::at(id).and_then(|object| object.upgrade::<Hub>());
        let hub = hub.expect("it is of this thread");
        let children = hub.children.take();
        for child in &children {
            child.hub.take();
        }
    });
}
