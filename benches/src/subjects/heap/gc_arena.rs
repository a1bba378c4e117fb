//! A cycle of gc-arena's collector, after the root released the graph.

use gc_arena::{Arena, Collect, Gc, Rootable, lock::RefLock};

use super::super::readings::Readings;
use crate::clock::Clock;
use crate::shape::Shape;

#[derive(Collect)]
#[collect(no_drop)]
struct Node<'gc> {
    _id: u64,
    edges: Gc<'gc, RefLock<Vec<Gc<'gc, Node<'gc>>>>>,
}

pub(crate) fn collect(n: usize) -> Readings {
    let shape = Shape::new(n);
    let mut arena = Arena::<Rootable![Vec<Gc<'_, Node<'_>>>]>::new(|mc| {
        let node = |id| {
            let edges = Gc::new(mc, RefLock::new(Vec::with_capacity(2)));
            Gc::new(mc, Node { _id: id, edges })
        };
        let nodes: Vec<_> = (0..n as u64).map(node).collect();
        for (from, targets) in shape.edges() {
            let targets = targets.map(|to| nodes[to]);
            nodes[from].edges.borrow_mut(mc).extend(targets);
        }
        nodes
    });
    arena.mutate_root(|_, nodes| nodes.clear());
    let clock = Clock::start();
    arena.finish_cycle();
    let seconds = clock.seconds();
    assert_eq!(arena.metrics().total_gc_count(), 0, "all of it is garbage");
    vec![("seconds", seconds)]
}
