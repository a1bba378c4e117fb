use std::sync::{Arc as Shared, Mutex};

use super::SecondLook;
use crate::snapshot::NodeId;
use crate::sync::{Arc, Weak};
use crate::{ObjectId, Visit, Visitor, id, register, snapshot};

/// Refers to others, and reports the references in reverse on demand.
#[derive(Default)]
struct Link {
    to: Mutex<Vec<Arc<Link>>>,
    other: Mutex<Option<Arc<Link>>>,
    weak: Mutex<Weak<Link>>,
    is_reversed: Mutex<bool>,
}

impl Visit for Link {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if *self.is_reversed.lock().expect("no test panics with it") {
            visitor.field("other", &self.other);
            visitor.field("to", &self.to);
        } else {
            visitor.field("to", &self.to);
            visitor.field("other", &self.other);
        }
        visitor.field("weak", &self.weak);
    }
}

fn link(from: &Arc<Link>, to: &Arc<Link>) {
    let mut list = from.to.lock().expect("no test panics with it");
    list.push(to.clone());
}

/// More objects than are compared together, each with references to the next and to one further on;
/// and a stranger to which one of them refers.
fn ring() -> (Vec<Arc<Link>>, Arc<Link>) {
    register::<Link>();
    let ring: Vec<Arc<Link>> = (0..100).map(|_| Arc::default()).collect();
    let stranger = Arc::default();
    for (at, from) in ring.iter().enumerate() {
        link(from, &ring[(at + 1) % 100]);
        link(from, &ring[(at + 40) % 100]);
        *from.weak.lock().expect("no test panics with it") = Arc::downgrade(&ring[at / 2]);
    }
    *ring[7].other.lock().expect("no test panics with it") = Some(Arc::clone(&stranger));
    (ring, stranger)
}

fn look_at(ids: &[ObjectId]) -> SecondLook {
    let snapshot = Shared::new(snapshot());
    let nodes = ids.iter().map(|&id| snapshot.find(id));
    let mut nodes: Vec<NodeId> = nodes.map(|node| node.expect("it is alive")).collect();
    nodes.sort_unstable();
    SecondLook::of(&snapshot, &nodes).expect("all are `Arc`s that were visited")
}

fn ids(ring: &[Arc<Link>]) -> Vec<ObjectId> {
    ring.iter().map(id).collect()
}

/// Breaks the ring, so that nothing leaks.
fn clear(ring: &[Arc<Link>]) {
    for link in ring {
        link.to.lock().expect("no test panics with it").clear();
    }
}

#[test]
fn what_does_not_change_is_found_again() {
    let (ring, _stranger) = ring();
    let mut look = look_at(&ids(&ring));
    for _ in 0..3 {
        assert!(look.finds_the_same());
    }
    clear(&ring);
}

#[test]
fn the_order_in_which_fields_are_reported_does_not_matter() {
    let (ring, _stranger) = ring();
    let mut look = look_at(&ids(&ring));
    *ring[7].is_reversed.lock().expect("no test panics with it") = true;
    assert!(look.finds_the_same());
    clear(&ring);
}

/// Calls `change` with the ring, and asserts that a look finds something else afterwards.
fn assert_is_noticed(change: impl FnOnce(&[Arc<Link>], &Arc<Link>) -> Option<Arc<Link>>) {
    let (ring, stranger) = ring();
    let mut look = look_at(&ids(&ring));
    assert!(look.finds_the_same());
    let kept = change(&ring, &stranger);
    assert!(!look.finds_the_same());
    drop(kept);
    clear(&ring);
}

#[test]
fn a_new_handle_is_noticed() {
    assert_is_noticed(|ring, _| Some(ring[99].clone()));
}

#[test]
fn a_reference_that_moved_to_another_object_is_noticed() {
    assert_is_noticed(|ring, _| {
        let moved = ring[50].to.lock().expect("no test panics with it").pop();
        let moved = moved.expect("it has two");
        ring[3]
            .to
            .lock()
            .expect("no test panics with it")
            .push(moved);
        None
    });
}

#[test]
fn a_reference_that_was_exchanged_for_another_is_noticed() {
    assert_is_noticed(|ring, stranger| {
        let mut list = ring[50].to.lock().expect("no test panics with it");
        // Held further on, so that all counts but the stranger's are as before.
        Some(std::mem::replace(&mut list[0], stranger.clone()))
    });
}

#[test]
fn a_lock_that_is_held_is_noticed() {
    let (ring, _stranger) = ring();
    let mut look = look_at(&ids(&ring));
    let held = ring[64].to.lock().expect("no test panics with it");
    assert!(!look.finds_the_same());
    drop(held);
    assert!(look.finds_the_same());
    clear(&ring);
}

#[test]
fn an_object_that_died_is_noticed() {
    let (mut ring, stranger) = ring();
    let single = Arc::<Link>::default();
    ring.push(single);
    let mut look = look_at(&ids(&ring));
    assert!(look.finds_the_same());
    ring.pop();
    assert!(!look.finds_the_same());
    clear(&ring);
    drop(stranger);
}
