//! Objects that are opaque as a whole.

use std::cell::RefCell;
use std::thread;

use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;
use objgraph::{Tracked, unsize};

use crate::{Foreign, OWNERS, assert_ways, is_found, ways, ways_between};

#[derive(Tracked)]
struct Target(u8);

#[test]
fn objects_without_a_derive() {
    let target = Rc::new(Target(0));
    let foreign = Rc::new(Foreign(target.clone()));
    assert_ways(&foreign, &target, &[" ?> 1"]);

    let held = target.clone();
    let closure: Rc<dyn Fn() -> u8> = unsize!(Rc::new(move || held.0) => dyn Fn() -> u8);
    assert_ways(&closure, &target, &[" ?> 1"]);
    let shared = Arc::new(Target(1));
    let held = shared.clone();
    let closure = Arc::new(move || held.0);
    assert_ways(&closure, &shared, &[" ?> 1"]);
}

#[derive(Tracked)]
struct StdOwner {
    first: RefCell<Option<std::rc::Weak<Foreign<Rc<Target>>>>>,
    shared: std::rc::Rc<Foreign<Rc<Target>>>,
    again: std::rc::Rc<Foreign<Rc<Target>>>,
}

/// The value is scanned once, however many pointers lead to it.
#[test]
fn values_behind_pointers_of_std() {
    let target = Rc::new(Target(0));
    let shared = std::rc::Rc::new(Foreign(target.clone()));
    let owner = Rc::new(StdOwner {
        first: RefCell::new(Some(std::rc::Rc::downgrade(&shared))),
        again: shared.clone(),
        shared,
    });
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&owner)).expect("it is known");
    let mut edges = snapshot.edges(node);
    let value = edges.next().expect("it holds references").target();
    let target = snapshot.find(objgraph::id(&target)).expect("it is known");
    let found = ways_between(&snapshot, value, target);
    assert!(found == [" ?> 1"] || !is_found("?>"), "{found:?}");
}

#[derive(Tracked)]
struct Listener {
    call: RefCell<Option<Box<dyn Fn() -> u8>>>,
}

/// Watched objects behind std's pointers are known by their addresses.
#[test]
fn watched_objects() {
    let target = std::rc::Rc::new(Target(0));
    let shared = std::sync::Arc::new(Target(1));
    let ids = [objgraph::watch(&target), objgraph::watch(&shared)];
    let (one, two) = (target.clone(), std::sync::Arc::downgrade(&shared));
    let listener = std::rc::Rc::new(Listener {
        call: RefCell::new(Some(Box::new(move || {
            one.0 + two.upgrade().map_or(0, |two| two.0)
        }))),
    });
    let owner = objgraph::watch(&listener);
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    let node = |id| snapshot.find(id).expect("it is watched");
    for id in ids {
        let found = ways_between(&snapshot, node(owner), node(id));
        assert!(found == ["call ?> 1"] || !is_found("?>"), "{found:?}");
    }
}

/// What a thread left behind is traced when it ends, and adopted later.
#[test]
fn objects_of_ended_threads() {
    let ids = thread::spawn(|| {
        let target = Rc::new(Target(0));
        let (held, weak) = (target.clone(), Rc::downgrade(&target));
        let listener = Rc::new(Listener {
            call: RefCell::new(Some(Box::new(move || held.0 + weak.strong_count() as u8))),
        });
        let ids = (objgraph::id(&listener), objgraph::id(&target));
        std::mem::forget((listener, target));
        ids
    });
    let (listener, target) = ids.join().expect("the thread does not panic");
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    let node = |id| snapshot.find(id).expect("it is alive");
    let found = ways_between(&snapshot, node(listener), node(target));
    let expected = ["call ?> 2", "call ?> 1"][usize::from(OWNERS)];
    assert!(found == [expected] || !is_found("?>"), "{found:?}");
}

/// A snapshot of a few objects finds the same references among them.
#[test]
fn snapshots_of_a_part() {
    let target = Rc::new(Target(0));
    let other = Rc::new(Target(1));
    let held = [target.clone(), other.clone()];
    let listener = Rc::new(Listener {
        call: RefCell::new(Some(Box::new(move || held[0].0))),
    });
    if !objgraph::ENABLED {
        return;
    }
    let ids = [objgraph::id(&listener), objgraph::id(&target)];
    let snapshot = objgraph::core::snapshot_of(ids);
    let found = ways(&snapshot, &listener, &target);
    assert!(found == ["call ?> 1"] || !is_found("?>"), "{found:?}");
    assert!(snapshot.find(objgraph::id(&other)).is_none());
}

/// A handle that only a closure has keeps the address of what is dead.
#[test]
fn dead_objects() {
    let target = Rc::new(Target(0));
    let weak: Weak<Target> = Rc::downgrade(&target);
    let listener = Rc::new(Listener {
        call: RefCell::new(Some(Box::new(move || weak.strong_count() as u8))),
    });
    let expected = if OWNERS { None } else { Some("call ?> 1") };
    assert_ways(&listener, &target, expected.as_slice());
    drop(target);
    if objgraph::ENABLED {
        let snapshot = objgraph::snapshot();
        let node = snapshot.find(objgraph::id(&listener)).expect("it is alive");
        assert_eq!(snapshot.edges(node).len(), 0);
    }
}
