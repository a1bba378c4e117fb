//! Of which objects no proof says that they have not leaked.

use std::sync::Arc;

use objgraph_core::{Node, NodeId, Snapshot, State};

use super::possibly_leaked::may_own;
use super::remedies::{Remedy, is_plain, remedies_at, remedies_for_type};
use super::{Leaks, OpaqueValue};

/// Objects that are alive and may have leaked, for all that the trace can prove: a verdict of
/// "nothing leaked" about them is not earned.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct UnprovenObjects {
    snapshot: Arc<Snapshot>,
    /// Those that are possibly leaked, sorted.
    pub(crate) possibly: Vec<NodeId>,
    /// The opaque values that may hold them, sorted.
    pub(crate) suspects: Vec<OpaqueValue>,
    /// Those that were not visited, sorted: what they refer to is not known.
    pub(crate) untraced: Vec<NodeId>,
}

impl UnprovenObjects {
    /// Those among the wanted objects; `None` if all of them are known to be held. O(objects).
    pub fn among(leaks: &Leaks, is_wanted: impl Fn(Node<'_>) -> bool) -> Option<Self> {
        let snapshot = leaks.snapshot();
        let is_wanted = |node: &NodeId| is_wanted(snapshot.node(*node));
        let possibly = leaks.possibly_leaked().map(|object| object.node_id());
        let possibly: Vec<NodeId> = possibly.filter(is_wanted).collect();
        let untraced = snapshot.nodes().filter(|node| {
            node.holder().counts()
                && is_untraced(*node)
                && leaks.nodes().binary_search(&node.node_id()).is_err()
                && possibly.binary_search(&node.node_id()).is_err()
        });
        let untraced: Vec<NodeId> = untraced
            .map(|node| node.node_id())
            .filter(is_wanted)
            .collect();
        if possibly.is_empty() && untraced.is_empty() {
            return None;
        }
        let suspects = match possibly.is_empty() {
            true => Vec::new(),
            false => leaks.suspects().to_vec(),
        };
        Some(Self {
            snapshot: Arc::clone(snapshot),
            possibly,
            suspects,
            untraced,
        })
    }

    /// The snapshot that they are nodes of.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// What opens objects of a type, in order.
    pub(crate) fn remedies_for_type(&self, type_index: usize) -> Vec<Remedy> {
        remedies_for_type(&self.snapshot, type_index)
    }

    /// What opens the value that a suspect is, in order.
    pub(crate) fn remedies_at(&self, suspect: &OpaqueValue) -> Vec<Remedy> {
        let type_index = suspect.type_index as usize;
        match suspect.place {
            Some((path, _)) => remedies_at(&self.snapshot, path, type_index),
            None => self.remedies_for_type(type_index),
        }
    }

    /// All of them.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let nodes = self.possibly.iter().chain(&self.untraced);
        nodes.map(|&node| self.snapshot.node(node))
    }
}

/// Whether the trace does not know what the object refers to, and it may refer to something.
fn is_untraced(node: Node<'_>) -> bool {
    match node.state() {
        State::Opaque => may_own(node.type_info()) && !is_plain(&node.type_info().name),
        State::OtherThread | State::Lent | State::Panicked => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
