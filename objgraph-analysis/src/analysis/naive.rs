//! A naive model of reference counting, the oracle of property tests.

use std::collections::BTreeSet;
use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot};
use proptest::prelude::*;

use super::testkit::Kit;

/// Objects with external references, and the fields that hold the others.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// The type and the number of external references of each object.
    pub(crate) nodes: Vec<(usize, u32)>,
    /// Holder, field, target, and whether the reference is strong.
    pub(crate) edges: Vec<(usize, usize, usize, bool)>,
}

pub(crate) const TYPES: [&str; 3] = ["app::A", "app::B", "app::C"];
pub(crate) const FIELDS: [&str; 3] = ["one", "two", "three"];

/// A field: an index into `TYPES` and one into `FIELDS`.
pub(crate) type TypeAndField = (usize, usize);

pub(crate) fn model(nodes: usize, edges: usize) -> impl Strategy<Value = Model> {
    let external = prop_oneof![7 => Just(0u32), 2 => 1u32..3];
    let node = (0..TYPES.len(), external);
    prop::collection::vec(node, 1..=nodes).prop_flat_map(move |nodes| {
        let end = 0..nodes.len();
        let edge = (end.clone(), 0..FIELDS.len(), end, prop::bool::weighted(0.9));
        prop::collection::vec(edge, 0..=edges).prop_map(move |edges| Model {
            nodes: nodes.clone(),
            edges,
        })
    })
}

impl Model {
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.kit(|_| 0).snapshot()
    }

    /// Returns the graph; `unseen` adds external references to an object.
    pub(crate) fn kit(&self, unseen: impl Fn(usize) -> i64) -> Kit {
        let mut kit = Kit::new();
        for name in TYPES {
            kit.type_index(name);
        }
        for (node, &(of, external)) in self.nodes.iter().enumerate() {
            kit.node(TYPES[of], i64::from(external) + unseen(node));
        }
        for &(from, field, to, strong) in &self.edges {
            let (from, to) = (NodeId::new(from), NodeId::new(to));
            if strong {
                kit.edge(from, FIELDS[field], to);
            } else {
                kit.weak(from, FIELDS[field], to);
            }
        }
        kit
    }

    /// Returns the strong edges.
    pub(crate) fn owning(&self) -> Vec<(usize, TypeAndField, usize)> {
        let strong = self.edges.iter().filter(|edge| edge.3);
        strong
            .map(|&(from, field, to, _)| (from, (self.nodes[from].0, field), to))
            .collect()
    }

    /// Returns everything reachable from the starts over these edges, the starts included.
    pub(crate) fn reach(
        edges: &[(usize, TypeAndField, usize)],
        starts: &BTreeSet<usize>,
    ) -> BTreeSet<usize> {
        let mut reached = starts.clone();
        loop {
            let more: Vec<usize> = edges
                .iter()
                .filter(|edge| reached.contains(&edge.0) && !reached.contains(&edge.2))
                .map(|edge| edge.2)
                .collect();
            if more.is_empty() {
                return reached;
            }
            reached.extend(more);
        }
    }

    /// Returns what is not reachable from objects with external references. Objects without any
    /// reference count as held, because a program would have dropped them.
    pub(crate) fn leaked(&self) -> BTreeSet<usize> {
        let edges = self.owning();
        let is_held =
            |node: &usize| self.nodes[*node].1 > 0 || !edges.iter().any(|edge| edge.2 == *node);
        let held = (0..self.nodes.len()).filter(is_held).collect();
        let alive = Self::reach(&edges, &held);
        (0..self.nodes.len())
            .filter(|node| !alive.contains(node))
            .collect()
    }

    /// Counts references down until nothing changes, after all strong edges that `keeps` rejects
    /// were dropped, and all external references but these.
    pub(crate) fn freed(
        &self,
        keeps: impl Fn(&(usize, TypeAndField, usize)) -> bool,
        external: impl Fn(usize) -> u32,
    ) -> BTreeSet<usize> {
        let all = self.owning();
        let counted = |node: usize| self.nodes[node].1 > 0 || all.iter().any(|edge| edge.2 == node);
        let mut freed = BTreeSet::new();
        loop {
            let next = (0..self.nodes.len()).find(|&node| {
                let held = all
                    .iter()
                    .filter(|edge| edge.2 == node && keeps(edge) && !freed.contains(&edge.0))
                    .count();
                !freed.contains(&node) && counted(node) && held == 0 && external(node) == 0
            });
            match next {
                Some(node) => freed.insert(node),
                None => return freed,
            };
        }
    }
}
