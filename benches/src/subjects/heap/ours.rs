//! `find_leaks`, and the memory of a snapshot.

use std::cell::RefCell;

use objgraph::Tracked;
use objgraph::rc::Rc;

use super::super::Readings;
use crate::clock::Clock;
use crate::memory;
use crate::shape::Shape;

/// A node of the graph.
#[derive(Tracked)]
pub(crate) struct Node {
    _id: u64,
    /// What it refers to.
    pub(crate) edges: RefCell<Vec<Rc<Node>>>,
}

/// The graph of `n` nodes, each of them held.
pub(crate) fn grow(n: usize) -> Vec<Rc<Node>> {
    let shape = Shape::new(n);
    let node = |id| {
        let edges = RefCell::new(Vec::with_capacity(2));
        Rc::new(Node { _id: id, edges })
    };
    let nodes: Vec<Rc<Node>> = (0..n as u64).map(node).collect();
    for (from, targets) in shape.edges() {
        let targets = targets.map(|to| nodes[to].clone());
        nodes[from].edges.borrow_mut().extend(targets);
    }
    nodes
}

/// How long it takes to find that all of it leaked. The first call of the process, with nothing
/// warm, as a user's is.
pub(crate) fn leaks(n: usize) -> Readings {
    drop(grow(n));
    let clock = Clock::start();
    let leaks = objgraph::find_leaks();
    let seconds = clock.seconds();
    assert_eq!(leaks.len(), n, "all of it leaked");
    vec![("seconds", seconds)]
}

/// What the two edges of a node take in a snapshot.
const EDGES: f64 = 2.0 * size_of::<objgraph::core::EdgeRow>() as f64;

/// How much more memory there is while a snapshot is taken than before, at most, for each node;
/// its edges are not counted.
pub(crate) fn memory(n: usize) -> Readings {
    drop(grow(n));
    if !memory::forget_peak() {
        return Vec::new();
    }
    let before = memory::resident();
    let snapshot = objgraph::snapshot();
    let peak = memory::peak() - before;
    let kept = memory::resident() - before;
    assert_eq!(snapshot.len(), n, "each node is in the snapshot");
    let each = |bytes: f64| bytes / n as f64 - EDGES;
    vec![("peak", each(peak)), ("kept", each(kept))]
}

/// How long the snapshot takes, and how long it takes to tell what leaked in kinds, with their
/// fingerprints, what each retains, and the fixes.
pub(crate) fn kinds(n: usize) -> Readings {
    drop(grow(n));
    let clock = Clock::start();
    let snapshot = std::sync::Arc::new(objgraph::snapshot());
    let of_snapshot = clock.seconds();
    let leaks = objgraph::leaks_in(&snapshot);
    let clock = Clock::start();
    let kinds = leaks.kinds().all().len();
    let of_kinds = clock.seconds();
    assert_eq!(kinds, 1, "all of it is of one kind");
    vec![("snapshot", of_snapshot), ("seconds", of_kinds)]
}

/// How long the way takes from a node to the one that the root holds.
pub(crate) fn hub(n: usize) -> Readings {
    let nodes = grow(n);
    let (hub, start) = (nodes[0].clone(), nodes[n / 2].clone());
    drop(nodes);
    objgraph::with_root("hub", &hub, || {
        let clock = Clock::start();
        let chain = objgraph::find_backref_chain(&start, objgraph::is_root);
        let seconds = clock.seconds();
        assert!(chain.is_some(), "the root leads to every node");
        vec![("chain", seconds)]
    })
}
