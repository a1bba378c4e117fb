//! `find_leaks`, and the memory of a snapshot.

use std::cell::RefCell;

use objgraph::Tracked;
use objgraph::rc::Rc;

use super::super::readings::Readings;
use crate::clock::Clock;
use crate::memory;
use crate::shape::Shape;

/// A node of the graph.
#[derive(Tracked)]
pub(crate) struct Node {
    _id: u64,
    /// The nodes that it refers to.
    pub(crate) edges: RefCell<Vec<Rc<Node>>>,
}

/// Creates the graph of `n` nodes, all of which are held.
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

/// Measures finding that everything leaked: the first call of the process, with cold caches, like a
/// user's.
pub(crate) fn leaks(n: usize) -> Readings {
    drop(grow(n));
    let clock = Clock::start();
    let leaks = objgraph::find_leaks();
    let seconds = clock.seconds();
    assert_eq!(leaks.len(), n, "all of it leaked");
    vec![("seconds", seconds)]
}

/// Size of the two edges of a node in a snapshot.
const EDGES: f64 = 2.0 * size_of::<objgraph::core::EdgeRow>() as f64;

/// Measures by how much memory grows while a snapshot is taken, at most, for each node without its
/// edges.
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

/// Measures the snapshot, and then the division of what leaked into kinds, with fingerprints,
/// retained sizes and fixes.
pub(crate) fn kinds(n: usize) -> Readings {
    drop(grow(n));
    let clock = Clock::start();
    let snapshot = std::sync::Arc::new(objgraph::snapshot());
    let of_snapshot = clock.seconds();
    let leaks = objgraph::leaks::find_leaks_in(&snapshot);
    let clock = Clock::start();
    let kinds = leaks.kinds().all().len();
    let of_kinds = clock.seconds();
    assert_eq!(kinds, 1, "all of it is of one kind");
    vec![("snapshot", of_snapshot), ("seconds", of_kinds)]
}

/// Measures a trace, and saving and loading what it found; the size of the file for each node; and by how
/// much memory grows while it is saved.
pub(crate) fn saved(n: usize) -> Readings {
    drop(grow(n));
    let clock = Clock::start();
    let snapshot = objgraph::snapshot();
    let trace = clock.seconds();
    let name = format!("objgraph-bench-{}.objgraph", std::process::id());
    let path = std::env::temp_dir().join(name);
    let is_measured = memory::forget_peak();
    let before = memory::resident();
    let clock = Clock::start();
    let saved = snapshot.save(&path);
    let save = clock.seconds();
    let peak = memory::peak() - before;
    let clock = Clock::start();
    let loaded = saved.map(|()| objgraph::Snapshot::load(&path));
    let load = clock.seconds();
    let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
    // A file that stays behind does no harm.
    let _ = std::fs::remove_file(&path);
    let loaded = loaded.expect("the temporary folder takes the file");
    assert_eq!(
        loaded.expect("it was just saved").len(),
        n,
        "all of it is there"
    );
    let mut readings = vec![
        ("trace", trace),
        ("save", save),
        ("load", load),
        ("bytes", bytes as f64 / n as f64),
    ];
    if is_measured {
        readings.push(("peak", peak));
    }
    readings
}

/// Measures writing everything as a `.heapsnapshot`, with the trace and the search for leaks; and the
/// size of the file for each node.
pub(crate) fn heapsnapshot(n: usize) -> Readings {
    drop(grow(n));
    let name = format!("objgraph-bench-{}.heapsnapshot", std::process::id());
    let path = std::env::temp_dir().join(name);
    let clock = Clock::start();
    let written = objgraph::write_heapsnapshot(&path);
    let seconds = clock.seconds();
    let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
    // A file that stays behind does no harm.
    let _ = std::fs::remove_file(&path);
    written.expect("the temporary folder takes the file");
    vec![("seconds", seconds), ("bytes", bytes as f64 / n as f64)]
}

/// Measures the search for the chain from a node to the one that the root holds.
pub(crate) fn hub(n: usize) -> Readings {
    let nodes = grow(n);
    let (hub, start) = (nodes[0].clone(), nodes[n / 2].clone());
    drop(nodes);
    objgraph::snapshot::with_root("hub", &hub, || {
        let clock = Clock::start();
        let chain = objgraph::find_backref_chain(&start, objgraph::is_root);
        let seconds = clock.seconds();
        assert!(chain.is_some(), "the root leads to every node");
        vec![("chain", seconds)]
    })
}
