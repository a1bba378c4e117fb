//! Finds similar objects, so that one node can represent all of them.

use std::collections::{HashMap, HashSet};

use objgraph_core::{Edge, NodeId, PathId, ReferenceKind, Snapshot};

use super::PictureOptions;
use crate::analysis::Direction;
use crate::order;

/// Maximum number of references of one object that are compared.
const MAX_COMPARED_EDGES: usize = 64;

/// What similar objects have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FoldKey {
    /// The path over which they were reached; `None` for starts.
    path: Option<PathId>,
    /// The kind of the reference over which they were reached.
    reference: Option<ReferenceKind>,
    type_index: usize,
    /// What they refer to in turn, or what refers to them: path, kind, type, and the node
    /// if it is drawn already. Empty if that is not drawn.
    onward: Vec<(PathId, ReferenceKind, usize, Option<usize>)>,
    /// Whether they have external references, if these are drawn.
    is_held: bool,
}

/// Decides which objects are similar.
pub(super) struct FoldRules<'s, 'f> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) options: &'s PictureOptions<'f>,
    pub(super) direction: Direction,
    /// The node of each object that is drawn.
    pub(super) drawn: &'s HashMap<NodeId, usize>,
    /// Whether what is behind the objects will be drawn.
    pub(super) is_expanded: bool,
}

impl FoldRules<'_, '_> {
    /// Groups objects that are not drawn yet into stacks of more than `over` similar ones. Returns
    /// the stack of each object, and the stacks, whose objects are in the order in which they were
    /// reached.
    pub(super) fn stacks(
        &self,
        reached: impl Iterator<Item = (NodeId, Option<(PathId, ReferenceKind)>)> + Clone,
        over: usize,
    ) -> (HashMap<NodeId, usize>, Vec<Vec<NodeId>>) {
        // Counts by a cheap key first, since most objects are not similar to many.
        let cheap_key = |node: NodeId, via: Option<(PathId, ReferenceKind)>| {
            (via, self.snapshot.node(node).type_index())
        };
        let mut seen = HashSet::new();
        let mut counts: HashMap<_, usize> = HashMap::new();
        for (node, via) in reached.clone() {
            if seen.insert(node) {
                *counts.entry(cheap_key(node, via)).or_default() += 1;
            }
        }
        let mut keys: HashMap<FoldKey, usize> = HashMap::new();
        let mut stacks: Vec<Vec<NodeId>> = Vec::new();
        seen.clear();
        for (node, via) in reached {
            if !seen.insert(node) || counts[&cheap_key(node, via)] <= over {
                continue;
            }
            if let Some(key) = self.key(node, via) {
                let stack = *keys.entry(key).or_insert_with(|| {
                    stacks.push(Vec::new());
                    stacks.len() - 1
                });
                stacks[stack].push(node);
            }
        }
        stacks.retain(|stack| stack.len() > over);
        let mut of = HashMap::new();
        for (number, stack) in stacks.iter().enumerate() {
            of.extend(stack.iter().map(|&node| (node, number)));
        }
        (of, stacks)
    }

    /// Returns the key that similar objects share; `None` if the object is to be drawn by itself.
    fn key(&self, node: NodeId, via: Option<(PathId, ReferenceKind)>) -> Option<FoldKey> {
        let object = self.snapshot.node(node);
        if object.root().is_some()
            || self.drawn.contains_key(&node)
            || self
                .options
                .separate
                .is_some_and(|separate| separate(object))
        {
            return None;
        }
        let mut key = FoldKey {
            path: via.map(|(path, _)| path),
            reference: via.map(|(_, kind)| kind),
            type_index: object.type_index(),
            onward: Vec::new(),
            is_held: false,
        };
        if self.is_expanded && !self.options.stops(object) {
            let shown = |edge: &Edge<'_>| {
                self.options.shows_edge(edge)
                    && self
                        .options
                        .shows(self.snapshot.node(self.direction.far(edge)))
            };
            let edges = self
                .direction
                .edges(self.snapshot, node)
                .take(MAX_COMPARED_EDGES)
                .filter(shown);
            key.onward = edges
                .map(|edge| {
                    let far = self.direction.far(&edge);
                    let type_index = self.snapshot.node(far).type_index();
                    let at = self.drawn.get(&far).copied();
                    (edge.path_id(), edge.reference_kind(), type_index, at)
                })
                .collect();
            order::sort(&mut key.onward);
            key.onward.dedup();
            key.is_held = self.direction == Direction::Backrefs
                && matches!(self.snapshot.external(node), Some(1..));
        }
        Some(key)
    }
}
