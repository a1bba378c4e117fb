//! bacon_rajan_cc's collector, which recurses as deep as the graph.

use std::cell::RefCell;

use bacon_rajan_cc::{Cc, Trace, Tracer, collect_cycles, number_of_roots_buffered};

use super::super::readings::Readings;
use super::deep_stack::on_a_deep_stack;
use crate::clock::Clock;
use crate::shape::Shape;

struct Node {
    _id: u64,
    edges: RefCell<Vec<Cc<Node>>>,
}

impl Trace for Node {
    fn trace(&self, tracer: &mut Tracer) {
        self.edges.trace(tracer);
    }
}

pub(crate) fn collect(n: usize) -> Readings {
    on_a_deep_stack(n, 4096, |n| {
        let shape = Shape::new(n);
        let node = |id| {
            let edges = RefCell::new(Vec::with_capacity(2));
            Cc::new(Node { _id: id, edges })
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
        assert_eq!(number_of_roots_buffered(), 0, "all was looked through");
        vec![("seconds", seconds)]
    })
}
