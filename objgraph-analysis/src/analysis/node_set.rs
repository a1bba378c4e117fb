//! A set of nodes of one snapshot.

use std::fmt;

use objgraph_core::NodeId;

/// A set of nodes of one snapshot: a bit for each node.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeSet {
    bits: Vec<u64>,
    len: usize,
}

impl NodeSet {
    /// The empty set, for a snapshot of this many nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self {
            bits: vec![0; nodes.div_ceil(64)],
            len: 0,
        }
    }

    /// How many nodes are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no node is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the node is in it; false for a node of a larger snapshot.
    #[must_use]
    pub fn contains(&self, node: NodeId) -> bool {
        let word = self.bits.get(node.index() / 64).copied().unwrap_or(0);
        word & (1 << (node.index() % 64)) != 0
    }

    /// Adds the node; tells whether it was not in the set before.
    ///
    /// # Panics
    ///
    /// If the node is of a larger snapshot.
    pub fn insert(&mut self, node: NodeId) -> bool {
        let word = &mut self.bits[node.index() / 64];
        let bit = 1 << (node.index() % 64);
        // A branch, not `len += usize::from(new)`: rustc 1.95.0 with optimisation leaves `len` at 0
        // for that.
        if *word & bit != 0 {
            return false;
        }
        *word |= bit;
        self.len += 1;
        true
    }

    /// The nodes of this set that are not in `other`, a set of the same snapshot.
    pub(super) fn without(&self, other: &Self) -> Self {
        let words = self.bits.iter().zip(&other.bits);
        let bits: Vec<u64> = words.map(|(these, others)| these & !others).collect();
        let len = bits.iter().map(|word| word.count_ones() as usize).sum();
        Self { bits, len }
    }

    /// The nodes, in their order.
    pub fn iter(&self) -> impl Iterator<Item = NodeId> + Clone {
        self.bits.iter().enumerate().flat_map(|(word, &bits)| {
            std::iter::successors((bits != 0).then_some(bits), |&bits| {
                let rest = bits & (bits - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |bits| NodeId::new(word * 64 + bits.trailing_zeros() as usize))
        })
    }
}

impl fmt::Debug for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(NodeId::index))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use objgraph_core::NodeId;

    use super::NodeSet;

    #[test]
    fn as_many_as_were_inserted() {
        let mut set = NodeSet::new(200);
        for at in [0, 63, 64, 199, 63] {
            set.insert(NodeId::new(at));
        }
        assert_eq!(
            (set.len(), set.clone().len(), set.iter().count()),
            (4, 4, 4)
        );
    }
}
