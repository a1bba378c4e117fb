//! References that are inferred from the words of opaque values, with the feature `scan`; without it
//! there are none. The opaque values themselves are reported in both cases.

#![allow(
    clippy::redundant_allocation,
    unused_qualifications,
    reason = "where tracking is off, the pointers of objgraph are those of std"
)]
#![allow(
    dead_code,
    reason = "the fields are there to hold, and nothing else reads them"
)]

mod boxes;
mod handles;
mod inferred;
mod likely;
mod names;
mod never;
mod values;
mod wakers;
mod whole_objects;

use objgraph::alive::HasId;
use objgraph::core::SCANS;
use objgraph::snapshot::NodeId;
use objgraph::{Snapshot, snapshot};

/// Whether handles can be distinguished, so that a weak one is no inferred reference.
pub const OWNERS: bool = cfg!(feature = "owners");

/// A generic type without a derive, whose instances are opaque.
#[derive(Debug)]
pub struct Foreign<T>(pub T);

/// A trait whose objects nothing knows.
pub trait Plain {}

impl<T> Plain for Foreign<T> {}

/// Returns the references of an object that lead to `target`, sorted: `path -> `, `path ~>`, or
/// `path ?>` and the number of words of an inferred one.
pub fn ways(snapshot: &Snapshot, owner: &impl HasId, target: &impl HasId) -> Vec<String> {
    let from = snapshot
        .find(objgraph::id(owner))
        .expect("the owner is known");
    let to = snapshot
        .find(objgraph::id(target))
        .expect("the target is known");
    ways_between(snapshot, from, to)
}

/// Returns the references from one node to another, as [`ways`].
pub fn ways_between(snapshot: &Snapshot, from: NodeId, to: NodeId) -> Vec<String> {
    let edges = snapshot.edges(from).filter(|edge| edge.target() == to);
    let mut ways: Vec<String> = edges
        .map(|edge| match edge.words() {
            0 if edge.is_strong() => format!("{} ->", edge.path()),
            0 => format!("{} ~>", edge.path()),
            words => format!("{} ?> {words}", edge.path()),
        })
        .collect();
    ways.sort();
    ways
}

/// Asserts which references of the object lead to `target`. Inferred ones are expected only where
/// values are scanned.
#[track_caller]
pub fn assert_ways(owner: &impl HasId, target: &impl HasId, expected: &[&str]) {
    if objgraph::ENABLED {
        let expected: Vec<&str> = expected
            .iter()
            .copied()
            .filter(|way| is_found(way))
            .collect();
        assert_eq!(ways(&snapshot(), owner, target), expected);
    }
}

/// Whether a reference is found with the features of this build.
pub fn is_found(way: &str) -> bool {
    SCANS || !way.contains("?>")
}
