//! Rings: shortest cycles through a reference.

use objgraph_core::{NodeId, PathId, Snapshot};

use super::{Components, rows};

/// A reference of a cycle or of a retaining path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The object that holds the reference.
    pub node: NodeId,
    /// The number of the edge in the snapshot.
    pub edge: usize,
    /// The path of the field that holds the reference.
    pub path: PathId,
    /// The index of the element; see [`PathTable::show`](objgraph_core::PathTable::show).
    pub index: u32,
}

/// Searches for rings inside components.
pub(super) struct Rings<'s> {
    snapshot: &'s Snapshot,
    components: &'s Components,
    /// The source and the number of the edge by which each node was reached, in the search with the
    /// number in `reached_in`.
    reached_by: Vec<(u32, u32)>,
    reached_in: Vec<u32>,
    searches: u32,
}

impl<'s> Rings<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, components: &'s Components) -> Self {
        Self {
            snapshot,
            components,
            reached_by: vec![(0, 0); snapshot.len()],
            reached_in: vec![0; snapshot.len()],
            searches: 0,
        }
    }

    /// Returns a shortest cycle through the strong edge number `edge` of `source`, which is inside
    /// a component, beginning at its target.
    pub(super) fn through(&mut self, source: NodeId, edge: usize) -> Vec<Reference> {
        let start = self.snapshot.parts().edges[edge].target;
        let component = self.components.of(source);
        self.searches += 1;
        self.reached_in[start.index()] = self.searches;
        let mut queue = vec![start];
        let mut next = 0;
        while self.reached_in[source.index()] != self.searches {
            // The component is strongly connected, so the search finds the source before the queue
            // ends.
            let node = queue[next];
            next += 1;
            let first = self.snapshot.parts().edge_starts[node.index()];
            for (number, edge) in rows(self.snapshot, node).iter().enumerate() {
                let target = edge.target.index();
                if edge.strong
                    && self.components.of(edge.target) == component
                    && self.reached_in[target] != self.searches
                {
                    self.reached_in[target] = self.searches;
                    self.reached_by[target] = (node.index() as u32, first + number as u32);
                    queue.push(edge.target);
                }
            }
        }
        let mut ring = vec![self.step(source, edge)];
        let mut node = source;
        while node != start {
            let (from, edge) = self.reached_by[node.index()];
            node = NodeId::new(from as usize);
            ring.push(self.step(node, edge as usize));
        }
        ring.reverse();
        ring
    }

    fn step(&self, node: NodeId, edge: usize) -> Reference {
        let row = &self.snapshot.parts().edges[edge];
        Reference {
            node,
            edge,
            path: row.path,
            index: row.index,
        }
    }
}
