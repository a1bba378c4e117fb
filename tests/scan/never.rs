//! Words that are no reference, and values that are not read.

use std::cell::RefCell;
use std::rc;
use std::sync::Mutex;

use objgraph::Tracked;
use objgraph::rc::Rc;
use objgraph::sync::Arc;

use crate::{Foreign, assert_ways};

#[derive(Tracked)]
struct Target(u8);

#[derive(Tracked)]
struct Owner {
    call: Box<dyn Fn() -> usize>,
}

/// The address of a value is not that of its allocation.
#[test]
fn a_plain_reference_owns_nothing() {
    let target = Rc::new(Target(1));
    let value: *const Target = &*target;
    let number = value.addr();
    let text = "dropped".to_owned();
    let owner = Rc::new(Owner {
        call: Box::new(move || value.addr() + number + text.len()),
    });
    assert_ways(&owner, &target, &[]);
}

/// A value that is aligned to more than two words is further from the start of its allocation.
#[derive(Tracked)]
#[repr(align(64))]
struct Aligned(u8);

#[test]
fn an_aligned_value_is_missed() {
    let target = Rc::new(Aligned(1));
    let held = target.clone();
    let owner = Rc::new(Owner {
        call: Box::new(move || held.0.into()),
    });
    assert_ways(&owner, &target, &[]);
}

#[derive(Tracked)]
struct Hidden {
    #[tracked(skip)]
    skipped: Foreign<Rc<Target>>,
    seen: Foreign<Rc<Target>>,
}

#[test]
fn a_skipped_field_is_not_read() {
    let target = Rc::new(Target(1));
    let owner = Rc::new(Hidden {
        skipped: Foreign(target.clone()),
        seen: Foreign(target.clone()),
    });
    assert_ways(&owner, &target, &["seen ?> 1"]);
}

#[derive(Tracked)]
struct GuardVisitor {
    cell: RefCell<Foreign<Rc<Target>>>,
    lock: Mutex<Foreign<Arc<Target>>>,
}

#[test]
fn a_busy_value_is_not_read() {
    let (target, shared) = (Rc::new(Target(1)), Arc::new(Target(2)));
    let owner = Rc::new(GuardVisitor {
        cell: RefCell::new(Foreign(target.clone())),
        lock: Mutex::new(Foreign(shared.clone())),
    });
    assert_ways(&owner, &target, &["cell ?> 1"]);
    assert_ways(&owner, &shared, &["lock ?> 1"]);
    let guards = (owner.cell.borrow_mut(), owner.lock.lock());
    assert_ways(&owner, &target, &[]);
    assert_ways(&owner, &shared, &[]);
    drop(guards);
}

#[repr(C, packed)]
#[derive(Tracked)]
struct Packed {
    number: u8,
    target: Rc<Target>,
}

#[test]
fn a_packed_field_is_not_read() {
    let target = Rc::new(Target(1));
    let owner = Rc::new(Packed {
        number: 1,
        target: target.clone(),
    });
    assert_ways(&owner, &target, &[]);
}

#[derive(Tracked)]
struct Nested {
    boxed: Foreign<Box<Rc<Target>>>,
    list: Foreign<Vec<Rc<Target>>>,
    shared: Foreign<rc::Rc<Rc<Target>>>,
}

/// A pointer to a block does not own what is in it, as far as its words show.
#[test]
fn no_pointer_is_followed() {
    let target = Rc::new(Target(1));
    let owner = Rc::new(Nested {
        boxed: Foreign(Box::new(target.clone())),
        list: Foreign(vec![target.clone()]),
        shared: Foreign(rc::Rc::new(target.clone())),
    });
    assert_ways(&owner, &target, &[]);
}

/// A visited value reports its references itself.
#[test]
fn a_visited_value_is_not_read() {
    #[derive(Tracked)]
    struct Exact {
        strong: Rc<Target>,
        weak: objgraph::rc::Weak<Target>,
        boxed: Box<Rc<Target>>,
    }
    let target = Rc::new(Target(1));
    let owner = Rc::new(Exact {
        strong: target.clone(),
        weak: Rc::downgrade(&target),
        boxed: Box::new(target.clone()),
    });
    assert_ways(&owner, &target, &["boxed ->", "strong ->", "weak ~>"]);
}
