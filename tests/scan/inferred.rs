//! What an inferred reference is: one for each opaque value and target, and neither strong nor weak,
//! unless handles can be distinguished.

use std::cell::RefCell;
use std::future::{Future, pending, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use objgraph::Tracked;
use objgraph::rc::Rc;
use objgraph::snapshot::ReferenceKind;

use crate::{OWNERS, assert_ways};

#[derive(Tracked)]
struct Target(u8);

#[derive(Tracked, Default)]
struct Owner {
    calls: RefCell<Vec<Box<dyn Fn() -> usize>>>,
    tasks: RefCell<Vec<Pin<Box<dyn Future<Output = ()>>>>>,
}

#[test]
fn one_for_each_value_and_target() {
    let (one, two) = (Rc::new(Target(1)), Rc::new(Target(2)));
    let owner = Rc::new(Owner::default());
    let (a, b, c) = (one.clone(), Rc::downgrade(&one), two.clone());
    owner
        .calls
        .borrow_mut()
        .push(Box::new(move || usize::from(a.0 + c.0) + b.strong_count()));
    let held = one.clone();
    owner
        .calls
        .borrow_mut()
        .push(Box::new(move || usize::from(held.0)));
    let both = ["calls[0] ?> 2", "calls[0] ?> 1"][usize::from(OWNERS)];
    assert_ways(&owner, &one, &[both, "calls[1] ?> 1"]);
    assert_ways(&owner, &two, &["calls[0] ?> 1"]);
}

#[test]
fn neither_strong_nor_weak() {
    let target = Rc::new(Target(1));
    let owner = Rc::new(Owner::default());
    let weak = Rc::downgrade(&target);
    let call = Box::new(move || weak.strong_count());
    owner.calls.borrow_mut().push(call);
    if OWNERS || !objgraph::ENABLED {
        return assert_ways(&owner, &target, &[]);
    }
    assert_ways(&owner, &target, &["calls[0] ?> 1"]);
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&owner)).expect("it is known");
    for edge in snapshot.edges(node) {
        assert_eq!(edge.reference_kind(), ReferenceKind::Inferred);
        assert!(!edge.is_strong() && !edge.is_weak() && edge.is_inferred());
    }
    let target = snapshot.find(objgraph::id(&target)).expect("it is known");
    assert_eq!(snapshot.node(target).strong(), Some(1));
    assert_eq!(snapshot.node(target).weak(), Some(1));
}

/// What a future captures, and what it holds while it waits.
#[test]
fn futures() {
    let (held, dropped) = (Rc::new(Target(1)), Rc::new(Target(2)));
    let owner = Rc::new(Owner::default());
    let (one, two) = (held.clone(), dropped.clone());
    owner.tasks.borrow_mut().push(Box::pin(async move {
        ready(()).await;
        drop(two);
        pending::<()>().await;
        drop(one);
    }));
    assert_ways(&owner, &held, &["tasks[0] ?> 1"]);
    assert_ways(&owner, &dropped, &["tasks[0] ?> 1"]);
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut tasks = owner.tasks.borrow_mut();
        assert!(pin!(&mut tasks[0]).poll(&mut context).is_pending());
    }
    assert_eq!(Rc::strong_count(&dropped), 1);
    if objgraph::core::SCANS && objgraph::ENABLED {
        let snapshot = objgraph::snapshot();
        // Moved values leave their words behind, so there may be more than one.
        let found = crate::ways(&snapshot, &owner, &held);
        assert!(
            found.len() == 1 && found[0].starts_with("tasks[0] ?> "),
            "{found:?}"
        );
    }
    owner.tasks.borrow_mut().clear();
    assert_ways(&owner, &held, &[]);
}
