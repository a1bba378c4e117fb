//! The lengths of the collections inside a node.

use std::cmp::Ordering;

use super::node::NodeId;
use super::paths::PathId;

/// The number of items at one path of one node: of one collection, or of all collections together
/// if the path stands for many (`[*].items`).
///
/// A collection without items has no row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LengthRow {
    /// The node that owns the collections.
    pub node: NodeId,
    /// The path in the node.
    pub path: PathId,
    /// Number of collections, without empty ones; at least 1.
    pub count: u32,
    /// The bytes of the number, lowest first. A row of 16 bytes has room for five.
    len: [u8; 5],
}

impl LengthRow {
    /// Makes a row of one collection.
    #[must_use]
    pub const fn new(node: NodeId, path: PathId, len: u64) -> Self {
        Self::many(node, path, 1, len)
    }

    /// Makes a row of `count` collections.
    #[must_use]
    pub const fn many(node: NodeId, path: PathId, count: u32, len: u64) -> Self {
        Self {
            node,
            path,
            count,
            len: bytes(len),
        }
    }

    /// Returns the number of items in all of them, or 2<sup>40</sup> - 1 if there are more.
    #[must_use]
    pub const fn len(&self) -> u64 {
        let [a, b, c, d, e] = self.len;
        u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
    }

    /// Whether there are no items.
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
    fn a_row_is_small_and_holds_large_lengths() {
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
