//! A set of nodes of one snapshot.

use std::fmt;

use fixedbitset::FixedBitSet;
use objgraph_core::NodeId;

/// A set of nodes of one snapshot, with a bit for each node.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeSet {
    bits: FixedBitSet,
}

impl NodeSet {
    /// Creates an empty set, for a snapshot of this many nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self {
            bits: FixedBitSet::with_capacity(nodes),
        }
    }

    /// Creates the set of these nodes, for a snapshot of this many nodes.
    ///
    /// # Panics
    ///
    /// Panics if a node belongs to a larger snapshot.
    #[must_use]
    pub fn of(nodes: usize, members: impl IntoIterator<Item = NodeId>) -> Self {
        let mut set = Self::new(nodes);
        members.into_iter().for_each(|node| {
            set.insert(node);
        });
        set
    }

    /// Returns the number of nodes in the set. O(nodes of the snapshot / 64).
    #[must_use]
    pub fn len(&self) -> usize {
        self.bits.count_ones(..)
    }

    /// Returns whether the set is empty. O(nodes of the snapshot / 64).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.is_clear()
    }

    /// Returns whether the node is in the set; false for a node of a larger snapshot.
    #[must_use]
    pub fn contains(&self, node: NodeId) -> bool {
        self.bits.contains(node.index())
    }

    /// Adds the node, and returns whether it was not in the set before.
    ///
    /// # Panics
    ///
    /// Panics if the node belongs to a larger snapshot.
    pub fn insert(&mut self, node: NodeId) -> bool {
        !self.bits.put(node.index())
    }

    /// Returns the nodes of this set that are not in `other`, a set of the same snapshot.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut bits = self.bits.clone();
        bits.difference_with(&other.bits);
        Self { bits }
    }

    /// Returns the nodes, sorted.
    pub fn iter(&self) -> impl Iterator<Item = NodeId> {
        self.bits.ones().map(NodeId::new)
    }
}

impl fmt::Debug for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(NodeId::index))
            .finish()
    }
}
