//! A cycle among the objects that an ended thread left behind has leaked, whoever held its last
//! handle.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::thread;

use objgraph::rc::Rc;
use objgraph::{Instance, Tracked, leaks::Leaks};

use crate::process;

#[derive(Tracked, Default)]
struct Ring {
    next: RefCell<Option<Rc<Self>>>,
    data: RefCell<Option<Rc<Data>>>,
}

#[derive(Tracked, Default)]
struct Data {
    data: RefCell<Option<Rc<Data>>>,
}

/// An object that refers to a ring and is on no cycle.
#[derive(Tracked)]
struct Owner {
    ring: Rc<Ring>,
}

fn ring(length: usize) -> Rc<Ring> {
    let all: Vec<Rc<Ring>> = (0..length).map(|_| Rc::default()).collect();
    for (one, next) in all.iter().zip(all.iter().cycle().skip(1)) {
        one.next.replace(Some(next.clone()));
    }
    all[0].clone()
}

thread_local! {
    /// In a thread that uses it before it creates an object, this is dropped after the last trace.
    static OLD: RefCell<Vec<Rc<Ring>>> = const { RefCell::new(Vec::new()) };
    static OLD_DATA: RefCell<Vec<Rc<Data>>> = const { RefCell::new(Vec::new()) };
    static OLD_OWNER: RefCell<Vec<Rc<Owner>>> = const { RefCell::new(Vec::new()) };
    /// This is never dropped.
    static NEVER: RefCell<ManuallyDrop<Vec<Rc<Ring>>>> =
        const { RefCell::new(ManuallyDrop::new(Vec::new())) };
    /// This is created later than the first object, and dropped before the last trace.
    static YOUNG: RefCell<Vec<Rc<Ring>>> = RefCell::default();
}

/// Returns what `run` leaks in a thread of its own.
fn leaks_of(run: fn()) -> Leaks {
    let _ = thread::spawn(run).join();
    objgraph::find_leaks()
}

/// Asserts, in a process of its own, that `run` leaks this number of objects and leaves nothing
/// else behind.
fn leaves(test: &str, run: fn(), leaked: usize) {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(test, || {
        let leaks = leaks_of(run);
        assert_eq!(leaks.len(), leaked, "{leaks}");
        let text = leaks.to_string();
        assert!(text.contains("Ring.next"), "{text}");
        assert!(text.contains("make `Ring.next` Weak"), "{text}");
        assert!(!text.contains("left behind"), "{text}");
        let id = leaks.ids().next().unwrap();
        let why = objgraph::why_alive(id).unwrap().to_string();
        assert!(why.contains("has leaked"), "{why}");
        let failed = std::panic::catch_unwind(|| objgraph::assert_no_leaks!());
        assert!(failed.is_err());
    });
}

#[test]
fn the_last_handle_was_in_an_older_thread_local() {
    let run = || OLD.with_borrow_mut(|old| old.push(ring(1)));
    leaves(
        "exact::left_behind::the_last_handle_was_in_an_older_thread_local",
        run,
        1,
    );
}

#[test]
fn two_objects_own_each_other() {
    let run = || OLD.with_borrow_mut(|old| old.extend([ring(2), ring(3)]));
    leaves("exact::left_behind::two_objects_own_each_other", run, 5);
}

/// So are objects with a handle of their own in a thread-local, or with a forgotten one.
#[test]
fn what_only_the_ring_owns_is_leaked() {
    let run = || {
        OLD_DATA.with(|_| ());
        OLD.with_borrow_mut(|old| old.push(ring(1)));
        let data = Rc::new(Data::default());
        let deep = data.data.borrow_mut().insert(Rc::default()).clone();
        OLD.with_borrow(|old| old[0].data.replace(Some(data.clone())));
        OLD_DATA.with_borrow_mut(|old| old.extend([data, deep.clone()]));
        std::mem::forget(deep);
    };
    leaves(
        "exact::left_behind::what_only_the_ring_owns_is_leaked",
        run,
        3,
    );
}

/// The owner of the ring is dropped with its thread-local.
#[test]
fn an_owner_in_an_older_thread_local() {
    let run = || OLD_OWNER.with_borrow_mut(|old| old.push(Rc::new(Owner { ring: ring(2) })));
    leaves(
        "exact::left_behind::an_owner_in_an_older_thread_local",
        run,
        2,
    );
}

#[test]
fn a_younger_thread_local() {
    let run = || {
        drop(Rc::new(1));
        YOUNG.with_borrow_mut(|young| young.push(ring(1)));
    };
    leaves("exact::left_behind::a_younger_thread_local", run, 1);
}

#[test]
fn a_thread_that_panics() {
    let run = || {
        OLD.with_borrow_mut(|old| old.push(ring(1)));
        panic!("this panic is meant");
    };
    leaves("exact::left_behind::a_thread_that_panics", run, 1);
}

#[test]
fn a_forgotten_handle() {
    let run = || {
        std::mem::forget(ring(2));
        let _ = Rc::into_raw(ring(1));
    };
    leaves("exact::left_behind::a_forgotten_handle", run, 3);
}

#[test]
fn a_thread_local_that_is_never_dropped() {
    let run = || NEVER.with_borrow_mut(|never| never.push(ring(1)));
    leaves(
        "exact::left_behind::a_thread_local_that_is_never_dropped",
        run,
        1,
    );
}

/// The ring has leaked, and its forgotten owner is listed as left behind.
#[test]
fn a_forgotten_owner_of_a_ring() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("exact::left_behind::a_forgotten_owner_of_a_ring", || {
        let leaks = leaks_of(|| std::mem::forget(Rc::new(Owner { ring: ring(2) })));
        assert_eq!((leaks.len(), leaks.left_behind().len()), (2, 1), "{leaks}");
        let text = leaks.to_string();
        assert!(text.contains("Ring.next"), "{text}");
        assert!(
            text.contains("1 object left behind by threads that ended"),
            "{text}"
        );
    });
}

/// A value in an `Rc` of std, and one that lives by value inside of another.
#[test]
fn rings_through_other_values() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked, Default)]
    struct Outer {
        parts: RefCell<BTreeMap<u8, Part>>,
        std: RefCell<Option<std::rc::Rc<SharedNode>>>,
    }
    #[derive(Tracked, Default)]
    struct Part {
        owner: RefCell<Option<Rc<Outer>>>,
        instance: Instance<Self>,
    }
    #[derive(Tracked, Default)]
    struct SharedNode {
        owner: RefCell<Option<Rc<Outer>>>,
    }
    thread_local! {
        static OLD: RefCell<Vec<Rc<Outer>>> = const { RefCell::new(Vec::new()) };
    }
    process::succeeds("exact::left_behind::rings_through_other_values", || {
        let leaks = leaks_of(|| {
            OLD.with_borrow_mut(|old| {
                let by_value = Rc::new(Outer::default());
                by_value.parts.borrow_mut().entry(1).or_default();
                by_value.parts.borrow()[&1]
                    .owner
                    .replace(Some(by_value.clone()));
                let shared = Rc::new(Outer::default());
                let by_std = std::rc::Rc::new(SharedNode::default());
                by_std.owner.replace(Some(shared.clone()));
                shared.std.replace(Some(by_std));
                old.extend([by_value, shared]);
            });
        });
        // The two objects, the part, and the value behind std's pointer.
        assert_eq!(leaks.len(), 4, "{leaks}");
    });
}

/// The thread-local breaks its rings only when it is dropped.
struct Graph(RefCell<Vec<Rc<Ring>>>);

impl Drop for Graph {
    fn drop(&mut self) {
        for _ in 0..1000 {
            thread::yield_now();
        }
        for ring in self.0.take() {
            ring.next.take();
        }
    }
}

/// A scope does not wait until the thread-locals of its threads are dropped.
#[test]
fn a_thread_that_still_drops_its_thread_locals_leaks_nothing() {
    if !objgraph::ENABLED {
        return;
    }
    thread_local! {
        static GRAPH: Graph = const { Graph(RefCell::new(Vec::new())) };
        static QUERY: LeakQuery = const { LeakQuery(Cell::new(false)) };
    }
    /// A value that finds leaks while its own thread ends.
    struct LeakQuery(Cell<bool>);
    impl Drop for LeakQuery {
        fn drop(&mut self) {
            assert!(self.0.get() && objgraph::find_leaks().is_empty());
        }
    }
    let test = "exact::left_behind::a_thread_that_still_drops_its_thread_locals_leaks_nothing";
    process::succeeds(test, || {
        for _ in 0..20 {
            thread::scope(|scope| {
                scope.spawn(|| GRAPH.with(|graph| graph.0.borrow_mut().push(ring(2))));
            });
            let leaks = objgraph::find_leaks();
            assert!(
                leaks.is_empty() && leaks.left_behind().len() == 0,
                "{leaks}"
            );
        }
        let query = thread::spawn(|| {
            GRAPH.with(|_| ());
            QUERY.with(|query| query.0.set(true));
            GRAPH.with(|graph| graph.0.borrow_mut().push(ring(1)));
        });
        query.join().unwrap();
        assert!(objgraph::find_leaks().is_empty());
    });
}
