//! Which objects met at a node are alike, so that one node can stand for them all.

use std::collections::{HashMap, HashSet};

use objgraph_core::{Edge, NodeId, PathId, Snapshot};

use super::PictureOptions;
use crate::analysis::Direction;

/// At most so many references of one object are looked at to tell whether it is like others.
const LOOK: usize = 64;

/// What alike objects have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FoldKey {
    /// The path they were met over; none for starts.
    path: Option<PathId>,
    is_strong: bool,
    type_index: usize,
    /// What they refer to in turn (or are referred to by): path, whether strong, type, and which
    /// node it is if it is drawn already. Empty where that is not drawn.
    onward: Vec<(PathId, bool, usize, Option<usize>)>,
    /// Whether something outside refers to them, where that is drawn.
    is_held: bool,
}

/// What decides whether objects are alike.
pub(super) struct FoldRules<'s, 'f> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) options: &'s PictureOptions<'f>,
    pub(super) direction: Direction,
    /// Where each object is drawn.
    pub(super) drawn: &'s HashMap<NodeId, usize>,
    /// Whether what is behind the objects will be drawn.
    pub(super) is_expanded: bool,
}

impl FoldRules<'_, '_> {
    /// Of the objects that were not drawn yet, those of which more than `over` are alike: which
    /// stack each belongs to, and the stacks. The objects of a stack are in the order they were
    /// met.
    pub(super) fn stacks(
        &self,
        met: impl Iterator<Item = (NodeId, Option<(PathId, bool)>)> + Clone,
        over: usize,
    ) -> (HashMap<NodeId, usize>, Vec<Vec<NodeId>>) {
        // By what costs nothing first: most objects are not one of many.
        let rough =
            |node: NodeId, by: Option<(PathId, bool)>| (by, self.snapshot.node(node).type_index());
        let mut seen = HashSet::new();
        let mut numbers: HashMap<_, usize> = HashMap::new();
        for (node, by) in met.clone() {
            if seen.insert(node) {
                *numbers.entry(rough(node, by)).or_default() += 1;
            }
        }
        let mut keys: HashMap<FoldKey, usize> = HashMap::new();
        let mut stacks: Vec<Vec<NodeId>> = Vec::new();
        seen.clear();
        for (node, by) in met {
            if !seen.insert(node) || numbers[&rough(node, by)] <= over {
                continue;
            }
            if let Some(key) = self.key(node, by) {
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

    /// What the object has in common with those like it; `None` if it is to stand by itself.
    fn key(&self, node: NodeId, by: Option<(PathId, bool)>) -> Option<FoldKey> {
        let object = self.snapshot.node(node);
        if object.root().is_some()
            || self.drawn.contains_key(&node)
            || self.options.apart.is_some_and(|apart| apart(object))
        {
            return None;
        }
        let mut key = FoldKey {
            path: by.map(|(path, _)| path),
            is_strong: by.is_none_or(|(_, is_strong)| is_strong),
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
                .take(LOOK)
                .filter(shown);
            key.onward = edges
                .map(|edge| {
                    let far = self.direction.far(&edge);
                    let type_index = self.snapshot.node(far).type_index();
                    let at = self.drawn.get(&far).copied();
                    (edge.path_id(), edge.is_strong(), type_index, at)
                })
                .collect();
            key.onward.sort_unstable();
            key.onward.dedup();
            key.is_held = self.direction == Direction::Backrefs
                && matches!(self.snapshot.external(node), Some(1..));
        }
        Some(key)
    }
}
