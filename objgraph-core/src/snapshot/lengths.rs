//! How long the collections inside a node are.

use std::cmp::Ordering;

use super::node::NodeId;
use super::paths::PathId;

/// How many items are at one path of one node: those of a collection, or, where the path stands
/// for many (`[*].items`), of all collections there together.
///
/// A collection without items has no row: what is not there has length 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LengthRow {
    /// The node that owns the collections.
    pub node: NodeId,
    /// Where in the node.
    pub path: PathId,
    /// How many collections there are, those without items not counted; at least 1.
    pub count: u32,
    /// The bytes of the number, lowest first: as many as a row of 16 bytes has room for.
    len: [u8; 5],
}

impl LengthRow {
    /// A row of one collection.
    #[must_use]
    pub const fn new(node: NodeId, path: PathId, len: u64) -> Self {
        Self::many(node, path, 1, len)
    }

    /// A row of `count` collections.
    #[must_use]
    pub const fn many(node: NodeId, path: PathId, count: u32, len: u64) -> Self {
        Self {
            node,
            path,
            count,
            len: bytes(len),
        }
    }

    /// How many items there are in all of them; 2<sup>40</sup> - 1 stands for more too.
    #[must_use]
    pub const fn len(&self) -> u64 {
        let [a, b, c, d, e] = self.len;
        u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
    }

    /// Whether there is no item.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds collections at the same path.
    pub(crate) fn add(&mut self, count: u32, len: u64) {
        self.count = self.count.saturating_add(count);
        self.len = bytes(self.len().saturating_add(len));
    }
}

impl Ord for LengthRow {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |row: &Self| (row.node, row.path, row.count, row.len());
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for LengthRow {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

const fn bytes(len: u64) -> [u8; 5] {
    let most = (1 << 40) - 1;
    let [a, b, c, d, e, ..] = if len < most { len } else { most }.to_le_bytes();
    [a, b, c, d, e]
}

impl std::fmt::Debug for LengthRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LengthRow")
            .field("node", &self.node)
            .field("path", &self.path)
            .field("count", &self.count)
            .field("len", &self.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::PathTable;

    #[test]
    fn a_row_is_small_and_holds_what_there_can_be() {
        assert_eq!(size_of::<LengthRow>(), 16);
        let path = PathTable::default().start(0);
        let most = (1 << 40) - 1;
        for len in [1, 255, 1 << 32, most] {
            let mut row = LengthRow::new(NodeId::new(1), path, len);
            assert_eq!((row.len(), row.count), (len, 1));
            row.add(2, 7);
            assert_eq!((row.len(), row.count), ((len + 7).min(most), 3));
        }
        assert_eq!(LengthRow::new(NodeId::new(1), path, u64::MAX).len(), most);
    }
}
