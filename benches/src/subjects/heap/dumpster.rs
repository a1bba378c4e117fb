//! dumpster's collector for one thread, which recurses as deep as the graph.

use std::cell::RefCell;

use dumpster::Trace;
use dumpster::unsync::{Gc, collect as collect_cycles, set_collect_condition};

use super::super::readings::Readings;
use super::deep_stack::on_a_deep_stack;
use crate::clock::Clock;
use crate::shape::Shape;

#[derive(Trace)]
struct Node {
    _id: u64,
    edges: RefCell<Vec<Gc<Node>>>,
}

pub(crate) fn collect(n: usize) -> Readings {
    on_a_deep_stack(n, 4096, |n| {
        set_collect_condition(|_| false);
        let shape = Shape::new(n);
        let node = |id| {
            let edges = RefCell::new(Vec::with_capacity(2));
            Gc::new(Node { _id: id, edges })
        };
        let nodes: Vec<Gc<Node>> = (0..n as u64).map(node).collect();
        for (from, targets) in shape.edges() {
            let targets = targets.map(|to| nodes[to].clone());
            nodes[from].edges.borrow_mut().extend(targets);
        }
        drop(nodes);
        let clock = Clock::start();
        collect_cycles();
        vec![("seconds", clock.seconds())]
    })
}
