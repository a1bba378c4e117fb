//! rust-cc's collector. Its finalization is a feature of the crate.

use std::cell::RefCell;

use rust_cc::state::allocated_bytes;
use rust_cc::{Cc, Finalize, Trace, collect_cycles};

use crate::clock::Clock;
use crate::shape::Shape;

#[derive(Trace, Finalize)]
struct Node {
    edges: RefCell<Vec<Cc<Node>>>,
    _id: u64,
}

/// Creates the graph, releases it and collects.
pub(crate) fn collect(n: usize) -> Vec<(&'static str, f64)> {
    let shape = Shape::new(n);
    let node = |id| {
        let edges = RefCell::new(Vec::with_capacity(2));
        Cc::new(Node { edges, _id: id })
    };
    let nodes: Vec<Cc<Node>> = (0..n as u64).map(node).collect();
    for (from, targets) in shape.edges() {
        let targets = targets.map(|to| nodes[to].clone());
        nodes[from].edges.borrow_mut().extend(targets);
    }
    drop(nodes);
    let clock = Clock::start();
    collect_cycles();
    let seconds = clock.seconds();
    assert_eq!(allocated_bytes().ok(), Some(0), "all of it is garbage");
    vec![("seconds", seconds)]
}
