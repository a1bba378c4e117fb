//! Simulates reference counting on a snapshot: what would be freed if some references were dropped.

use objgraph_core::{Node, NodeId, PathId, PointerKind, Snapshot};

use super::balance::{Balance, Reported};
use super::{NodeSet, reach, rows};

/// The reference counts of a snapshot, which can be changed.
///
/// A count that is unknown or contradicts what was reported never reaches 0, so that the object
/// stays alive.
#[derive(Clone)]
pub(super) struct Simulation<'s> {
    snapshot: &'s Snapshot,
    /// The remaining strong references to each node.
    references: Vec<u32>,
    /// Whether references at each path have become weak.
    weakened: Vec<bool>,
    freed: NodeSet,
    /// Freed nodes whose own references are still to be dropped.
    to_drop: Vec<NodeId>,
}

/// A count that never decreases.
const IMMORTAL: u32 = u32::MAX;

impl<'s> Simulation<'s> {
    /// Reads the counts of a snapshot. O(nodes + edges).
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        let reported = Reported::of(snapshot);
        let references = |node: Node<'_>| {
            let reported = reported.to(node.node_id());
            match Balance::of(node, reported) {
                Balance::Owned => reported,
                Balance::Counted(references) => references,
                Balance::InPlace | Balance::OverReported(_) | Balance::Unknown => IMMORTAL,
            }
        };
        let references = snapshot.nodes().map(references).collect();
        Self {
            snapshot,
            references,
            weakened: Vec::new(),
            freed: NodeSet::new(snapshot.len()),
            to_drop: Vec::new(),
        }
    }

    /// Returns the number of external references to a node; `None` if it is not known.
    pub(super) fn external(&self, node: NodeId) -> Option<u32> {
        let references = self.references[node.index()];
        let internal = self
            .snapshot
            .edges_to(node)
            .filter(|edge| edge.is_strong() && self.owns(edge.source(), edge.path_id().index()))
            .count() as u32;
        (references != IMMORTAL).then(|| references.saturating_sub(internal))
    }

    /// Drops this many external references to a node.
    pub(super) fn drop_external(&mut self, node: NodeId, references: u32) {
        for _ in 0..references {
            self.drop_one(node);
        }
        self.run();
    }

    /// Makes all references weak at paths that `is_weakened` accepts. An object that is part of its
    /// holder remains so.
    pub(super) fn weaken(&mut self, is_weakened: impl Fn(PathId) -> bool) {
        let before = self.freed.clone();
        let parts = self.snapshot.parts();
        // Edges are many and paths few, so each path is decided once. Plain loops, because an
        // unoptimised build spends most of a report here.
        let mut decided: Vec<Option<bool>> = Vec::new();
        for edge in &parts.edges {
            if !edge.strong {
                continue;
            }
            let path = edge.path.index();
            if decided.len() <= path {
                decided.resize(path + 1, None);
            }
            let becomes_weak = match decided[path] {
                Some(known) => known,
                None => *decided[path].insert(is_weakened(edge.path)),
            };
            if !becomes_weak
                || parts.nodes[edge.target.index()].pointer_kind == PointerKind::Instance
            {
                continue;
            }
            if self.weakened.len() <= path {
                self.weakened.resize(path + 1, false);
            }
            self.weakened[path] = true;
            self.drop_one(edge.target);
        }
        // Sorted, so that their edges are read in order.
        let freed = self.freed.iter();
        self.to_drop.clear();
        self.to_drop
            .extend(freed.filter(|&node| !before.contains(node)));
        self.run();
    }

    /// Returns what has been freed.
    pub(super) fn freed(&self) -> &NodeSet {
        &self.freed
    }

    /// Returns what is left, and reachable from an object with external references.
    pub(super) fn alive(&self) -> NodeSet {
        let mut internal = vec![0u32; self.snapshot.len()];
        for source in (0..self.snapshot.len()).map(NodeId::new) {
            if self.freed.contains(source) {
                continue;
            }
            for edge in rows(self.snapshot, source) {
                if edge.strong && self.owns(source, edge.path.index()) {
                    internal[edge.target.index()] += 1;
                }
            }
        }
        let held = (0..self.snapshot.len()).map(NodeId::new).filter(|&node| {
            !self.freed.contains(node) && self.references[node.index()] > internal[node.index()]
        });
        if self.weakened.is_empty() {
            return reach(self.snapshot, held);
        }
        let mut alive = NodeSet::new(self.snapshot.len());
        let mut queue: Vec<NodeId> = held.filter(|&node| alive.insert(node)).collect();
        while let Some(node) = queue.pop() {
            for edge in rows(self.snapshot, node) {
                let owns = edge.strong && self.owns(node, edge.path.index());
                if owns && alive.insert(edge.target) {
                    queue.push(edge.target);
                }
            }
        }
        alive
    }

    /// Returns whether a strong reference at this path in this node still exists.
    pub(super) fn owns(&self, source: NodeId, path: usize) -> bool {
        !self.weakened.get(path).copied().unwrap_or(false) && !self.freed.contains(source)
    }

    fn drop_one(&mut self, node: NodeId) {
        let references = &mut self.references[node.index()];
        if *references == IMMORTAL || *references == 0 {
            return;
        }
        *references -= 1;
        if *references == 0 && self.freed.insert(node) {
            self.to_drop.push(node);
        }
    }

    fn run(&mut self) {
        while let Some(node) = self.to_drop.pop() {
            for edge in rows(self.snapshot, node) {
                let path = edge.path.index();
                let is_weak = path < self.weakened.len() && self.weakened[path];
                if edge.strong && !is_weak {
                    self.drop_one(edge.target);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Simulation;
    use crate::analysis::testkit::Kit;

    #[test]
    fn every_object_of_a_weakened_ring_is_freed() {
        let mut kit = Kit::new();
        let one = kit.node("app::Node", 0);
        let two = kit.node("app::Node", 0);
        kit.edge(one, "next", two);
        kit.edge(two, "next", one);
        let snapshot = kit.snapshot();
        let base = Simulation::new(&snapshot);
        let mut simulation = base.clone();
        simulation.weaken(|_| true);
        let freed = simulation.freed();
        assert_eq!((freed.len(), freed.iter().count()), (2, 2));
    }
}
