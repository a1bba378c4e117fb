//! With the feature `owners`, a word names one handle: what it leads to, whether it is strong, and
//! whether it is alive.

use std::cell::RefCell;
use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::task::{Context, Waker};

use objgraph::core::SCANS;
use objgraph::leaks::SnapshotObject;
use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;
use objgraph::{ObjectId, Tracked, unsize};

use crate::{OWNERS, assert_ways, ways};

#[derive(Tracked)]
struct Target(u8);

#[derive(Tracked, Default)]
struct Owner {
    call: RefCell<Option<Box<dyn Fn() -> usize>>>,
    task: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    list: RefCell<Vec<Rc<Target>>>,
}

fn poll_task(owner: &Owner) {
    let mut task = owner.task.borrow_mut();
    let task = task.as_mut().expect("there is a task");
    let mut context = Context::from_waker(Waker::noop());
    assert!(task.as_mut().poll(&mut context).is_pending());
}

/// Returns the number of captured handles, where they can be distinguished.
fn captured(id: ObjectId) -> Option<u32> {
    let snapshot = objgraph::snapshot();
    snapshot.node(snapshot.find(id)?).captured()
}

/// Whether handles are scanned and recorded.
const KNOWN: bool = SCANS && OWNERS && objgraph::ENABLED;

#[test]
fn an_object_that_is_captured_twice() {
    let target = Rc::new(Target(0));
    let owner = Rc::new(Owner::default());
    let (one, two, weak) = (target.clone(), target.clone(), Rc::downgrade(&target));
    owner.call.replace(Some(Box::new(move || {
        usize::from(one.0 + two.0) + weak.strong_count()
    })));
    let words = ["call ?> 3", "call ?> 2"][usize::from(OWNERS)];
    assert_ways(&owner, &target, &[words]);
    if objgraph::ENABLED {
        assert_eq!(captured(objgraph::id(&target)), KNOWN.then_some(2));
        assert_eq!(captured(objgraph::id(&owner)), KNOWN.then_some(0));
    }
}

/// The pointer has three words.
#[test]
fn a_pointer_to_an_unsized_value() {
    trait Shape {
        fn size(&self) -> usize;
    }
    impl Shape for Target {
        fn size(&self) -> usize {
            self.0.into()
        }
    }
    let target = Arc::new(Target(0));
    let shape: Arc<dyn Shape> = unsize!(target.clone() => dyn Shape);
    let weak: objgraph::sync::Weak<dyn Shape> = Arc::downgrade(&shape);
    let owner = Rc::new(Owner::default());
    owner
        .call
        .replace(Some(Box::new(move || shape.size() + weak.strong_count())));
    let words = ["call ?> 2", "call ?> 1"][usize::from(OWNERS)];
    assert_ways(&owner, &target, &[words]);
}

/// A value that was moved inside a future has its words in both places.
#[test]
fn a_handle_that_was_moved_counts_once() {
    let target = Rc::new(Target(0));
    let owner = Rc::new(Owner::default());
    let handle = target.clone();
    owner.task.replace(Some(Box::pin(async move {
        let held = handle;
        ready(()).await;
        let moved = held;
        pending::<()>().await;
        drop(moved);
    })));
    poll_task(&owner);
    if OWNERS {
        assert_ways(&owner, &target, &["task ?> 1"]);
    }
    if objgraph::ENABLED {
        assert_eq!(captured(objgraph::id(&target)), KNOWN.then_some(1));
    }
}

/// It was moved from a future to a closure: each may have it.
#[test]
fn a_handle_with_words_in_two_places_counts_once() {
    let target = Rc::new(Target(0));
    let owner = Rc::new(Owner::default());
    let (handle, weak) = (target.clone(), Rc::downgrade(&owner));
    owner.task.replace(Some(Box::pin(async move {
        let held = handle;
        ready(()).await;
        let owner = weak.upgrade().expect("it is alive");
        owner
            .call
            .replace(Some(Box::new(move || usize::from(held.0))));
        drop(owner);
        pending::<()>().await;
    })));
    poll_task(&owner);
    if OWNERS {
        assert_ways(&owner, &target, &["call ?> 1", "task ?> 1"]);
    }
    if objgraph::ENABLED {
        assert_eq!(captured(objgraph::id(&target)), KNOWN.then_some(1));
    }
}

/// A handle that was dropped, and one that was moved to where the trace meets it.
#[test]
fn words_that_handles_left_behind() {
    let (dropped, moved) = (Rc::new(Target(0)), Rc::new(Target(1)));
    let owner = Rc::new(Owner::default());
    let weak: Weak<Owner> = Rc::downgrade(&owner);
    let (one, two) = (dropped.clone(), moved.clone());
    owner.task.replace(Some(Box::pin(async move {
        let (held, given) = (one, two);
        ready(()).await;
        drop(held);
        let owner = weak.upgrade().expect("it is alive");
        owner.list.borrow_mut().push(given);
        drop(owner);
        pending::<()>().await;
    })));
    poll_task(&owner);
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    let is_named = |found: Vec<String>| found.iter().any(|way| way.contains("?>"));
    assert_eq!(
        is_named(ways(&snapshot, &owner, &dropped)),
        SCANS && !OWNERS
    );
    assert_eq!(is_named(ways(&snapshot, &owner, &moved)), SCANS && !OWNERS);
}

/// The record of a handle is used again, for a handle to something else.
#[test]
fn a_record_of_another_object() {
    let target = Rc::new(Target(0));
    let owner = Rc::new(Owner::default());
    let handle = target.clone();
    owner.task.replace(Some(Box::pin(async move {
        let held = handle;
        ready(()).await;
        drop(held);
        pending::<()>().await;
    })));
    poll_task(&owner);
    let others: Vec<Rc<Target>> = (1..4).map(|number| Rc::new(Target(number))).collect();
    if KNOWN {
        assert_ways(&owner, &target, &[]);
        for other in &others {
            assert_ways(&owner, other, &[]);
        }
    }
}

/// Returns whether a type has likely leaked, or possibly.
fn verdicts(name: &str) -> (bool, bool) {
    let leaks = objgraph::find_leaks();
    let is_among = |mut objects: objgraph::leaks::Objects<'_>| {
        objects.any(|object: SnapshotObject<'_>| object.short_name() == name)
    };
    (
        is_among(leaks.likely_leaked()),
        is_among(leaks.possibly_leaked()),
    )
}

#[derive(Tracked, Default)]
struct CapturedTwice {
    call: RefCell<Option<Box<dyn Fn() -> usize>>>,
}

#[test]
fn an_object_that_captures_itself_twice_has_likely_leaked() {
    if !objgraph::ENABLED {
        return;
    }
    let owner = Rc::new(CapturedTwice::default());
    let (one, two) = (owner.clone(), owner.clone());
    let call = move || Rc::strong_count(&one) + Rc::strong_count(&two);
    owner.call.replace(Some(Box::new(call)));
    let id = objgraph::id(&owner);
    drop(owner);
    assert_eq!(verdicts("CapturedTwice"), (KNOWN, !KNOWN));
    let owner = objgraph::at(id).and_then(|object| object.upgrade::<CapturedTwice>());
    drop(owner.expect("it has leaked").call.take());
}

#[derive(Tracked, Default)]
struct Observed {
    call: RefCell<Option<Box<dyn Fn() -> usize + Send + Sync>>>,
}

#[derive(Tracked, Default)]
struct Shared {
    call: std::sync::Mutex<Option<Box<dyn Fn() -> usize + Send + Sync>>>,
}

/// A `Weak` on the stack could be the word in the closure, if handles could not be distinguished.
#[test]
fn a_weak_outside_hides_no_likely_leak() {
    if !objgraph::ENABLED {
        return;
    }
    let owner = Arc::new(Shared::default());
    let captured = owner.clone();
    let call = Box::new(move || Arc::strong_count(&captured));
    *owner.call.lock().expect("it is not poisoned") = Some(call);
    let weak = Arc::downgrade(&owner);
    drop(owner);
    assert_eq!(verdicts("Shared"), (KNOWN, !KNOWN));
    let owner = weak.upgrade().expect("it has leaked");
    let call = owner.call.lock().expect("it is not poisoned").take();
    drop(call);
}

/// The cure of such a leak is never blamed, whatever else is held.
#[test]
fn an_object_whose_closure_captures_a_weak_has_not_likely_leaked() {
    let target = Arc::new(Target(0));
    let owner = Rc::new(Observed::default());
    let weak = Arc::downgrade(&target);
    owner
        .call
        .replace(Some(Box::new(move || weak.strong_count())));
    if objgraph::ENABLED && SCANS {
        assert!(!verdicts("Observed").0);
        assert_ways(
            &owner,
            &target,
            [&["call ?> 1"][..], &[]][usize::from(OWNERS)],
        );
    }
}

#[test]
fn what_holds_it_is_listed() {
    let target = Rc::new(Target(0));
    let owner = Rc::new(Owner::default());
    let (held, line) = (target.clone(), line!());
    let call = move || usize::from(held.0);
    owner.call.replace(Some(Box::new(call)));
    let owners = objgraph::owners::owners(objgraph::id(&target));
    assert_eq!(owners.is_some(), objgraph::ENABLED);
    let Some(owners) = owners.filter(objgraph::owners::Owners::are_known) else {
        return;
    };
    let text = owners.to_string();
    let captured = format!(
        "1 is likely held by opaque values, as their memory shows: captured by Owner.call of {}, \
         made at tests/scan/handles.rs:{line}:",
        objgraph::id(&owner)
    );
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words.contains(&captured), SCANS, "{text}");
    assert_eq!(owners.counts(true), if SCANS { (1, 1) } else { (0, 2) });
    let inferred = owners.internal().iter().filter(|one| one.is_inferred);
    assert_eq!(inferred.count(), usize::from(SCANS));
}

/// What a thread left behind keeps the places of its handles.
#[test]
fn handles_of_ended_threads() {
    let thread = std::thread::spawn(|| {
        let target = Rc::new(Target(0));
        let owner = Rc::new(Owner::default());
        let (one, two) = (target.clone(), target.clone());
        owner
            .call
            .replace(Some(Box::new(move || usize::from(one.0 + two.0))));
        let id = objgraph::id(&target);
        std::mem::forget(owner);
        id
    });
    let id = thread.join().expect("the thread does not panic");
    if !objgraph::ENABLED {
        return;
    }
    assert_eq!(captured(id), KNOWN.then_some(2));
    let owners = objgraph::owners::owners(id).expect("it is alive");
    if owners.are_known() {
        assert_eq!(owners.counts(true), if SCANS { (2, 0) } else { (0, 2) });
    }
}

/// A trace of a few objects tells handles apart too.
#[test]
fn snapshots_of_a_part() {
    let target = Arc::new(Target(0));
    let owner = Rc::new(Owner::default());
    let (one, two) = (target.clone(), target.clone());
    owner
        .call
        .replace(Some(Box::new(move || usize::from(one.0 + two.0))));
    if objgraph::ENABLED {
        let ids = [objgraph::id(&owner), objgraph::id(&target)];
        let snapshot = objgraph::core::snapshot_of(ids);
        let node = snapshot.find(ids[1]).expect("it is traced");
        assert_eq!(snapshot.node(node).captured(), KNOWN.then_some(2));
    }
}
