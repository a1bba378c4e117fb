//! The objects that are not proven not to have leaked.

use std::sync::Arc;

use objgraph_core::{Node, NodeId, Snapshot, State, TypeInfo};

use super::possibly_leaked::may_own;
use super::remedies::{Remedy, is_plain, remedies_at, remedies_for_type};
use super::{Leaks, OpaqueValue, bytes_of, may_refer};

/// Objects that are alive and may have leaked, as far as the trace can prove: a verdict of "nothing
/// leaked" about them is not earned.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct UnprovenObjects {
    snapshot: Arc<Snapshot>,
    /// The possibly leaked objects, sorted.
    pub(crate) possibly: Vec<NodeId>,
    /// The opaque values that may hold them, sorted.
    pub(crate) suspects: Vec<OpaqueValue>,
    /// The objects that were not visited, sorted; what they refer to is not known.
    pub(crate) untraced: Vec<NodeId>,
    /// The types of which objects were left out by choice, and that may hold references: indexes into
    /// the types.
    pub(crate) left_out: Vec<u32>,
}

impl UnprovenObjects {
    /// Collects the unproven objects that `is_wanted` accepts; `None` if all of these are proven to
    /// be held. O(objects).
    pub fn among(leaks: &Leaks, is_wanted: impl Fn(Node<'_>) -> bool) -> Option<Self> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let snapshot = leaks.snapshot();
        let is_wanted = |node: &NodeId| is_wanted(snapshot.node(*node));
        let possibly: Vec<NodeId> = leaks
            .possibly_leaked()
            .map(|object| object.node_id())
            .filter(is_wanted)
            .collect();
        let untraced: Vec<NodeId> = snapshot
            .nodes()
            .filter(|node| {
                node.pointer_kind().counts()
                    && is_untraced(*node)
                    && leaks.nodes().binary_search(&node.node_id()).is_err()
                    && leaks.likely_nodes().binary_search(&node.node_id()).is_err()
                    && possibly.binary_search(&node.node_id()).is_err()
            })
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
            left_out: Vec::new(),
        })
    }

    /// Adds the types of which objects were left out by choice, that may hold references, and that
    /// `is_wanted` accepts.
    pub fn with_left_out(
        unproven: Option<Self>,
        snapshot: &Arc<Snapshot>,
        is_wanted: impl Fn(&TypeInfo) -> bool,
    ) -> Option<Self> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let types = snapshot.parts().left_out.iter().copied();
        let left_out = types.filter(|&of| {
            let info = snapshot.types().get(of as usize);
            info.is_some_and(|info| may_refer(info) && is_wanted(info))
        });
        let left_out: Vec<u32> = left_out.collect();
        if left_out.is_empty() {
            return unproven;
        }
        let unproven = unproven.unwrap_or_else(|| Self {
            snapshot: Arc::clone(snapshot),
            possibly: Vec::new(),
            suspects: Vec::new(),
            untraced: Vec::new(),
            left_out: Vec::new(),
        });
        Some(Self {
            left_out,
            ..unproven
        })
    }

    /// Returns the snapshot of the objects.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Returns what makes objects of a type visible, in the order in which to do it.
    pub(crate) fn remedies_for_type(&self, type_index: usize) -> Vec<Remedy> {
        remedies_for_type(&self.snapshot, type_index)
    }

    /// Returns what makes an opaque value visible, in the order in which to do it.
    pub(crate) fn remedies_at(&self, suspect: &OpaqueValue) -> Vec<Remedy> {
        let type_index = suspect.type_index as usize;
        match suspect.place {
            Some((path, _)) => remedies_at(&self.snapshot, path, type_index, suspect.kind),
            None => self.remedies_for_type(type_index),
        }
    }

    /// Returns whether some of them would have leaked if opaque values held their references.
    pub fn has_possibly_leaked(&self) -> bool {
        !self.possibly.is_empty()
    }

    /// Returns the size of all of them in bytes.
    pub fn bytes(&self) -> u64 {
        let nodes = self.nodes();
        nodes
            .map(|node| bytes_of(&self.snapshot, node.node_id()))
            .sum()
    }

    /// Returns all unproven objects.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let nodes = self.possibly.iter().chain(&self.untraced);
        nodes.map(|&node| self.snapshot.node(node))
    }
}

/// Returns whether the object may refer to something that the trace did not see.
fn is_untraced(node: Node<'_>) -> bool {
    match node.state() {
        State::Opaque => may_own(node.type_info()) && !is_plain(&node.type_info().name),
        State::OtherThread | State::Lent | State::Panicked => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
