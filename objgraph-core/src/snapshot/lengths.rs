//! How long the collections inside a node are.

use super::node::NodeId;
use super::paths::PathId;

/// How many items are at one path of one node: those of a collection, or, where the path stands
/// for many (`[*].items`), of all collections there together.
///
/// A collection without items has no row: what is not there has length 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LengthRow {
    /// The node that owns the collections.
    pub node: NodeId,
    /// Where in the node.
    pub path: PathId,
    /// How many collections there are, those without items not counted; at least 1.
    pub count: u32,
    /// The upper and the lower half, so that a row is no larger than what it holds.
    len: [u32; 2],
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
            len: halves(len),
        }
    }

    /// How many items there are in all of them.
    #[must_use]
    pub const fn len(&self) -> u64 {
        (self.len[0] as u64) << 32 | self.len[1] as u64
    }

    /// Whether there is no item.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds collections at the same path.
    pub(crate) fn add(&mut self, count: u32, len: u64) {
        self.count = self.count.saturating_add(count);
        self.len = halves(self.len().saturating_add(len));
    }
}

const fn halves(len: u64) -> [u32; 2] {
    [(len >> 32) as u32, len as u32]
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
