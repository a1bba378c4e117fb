//! The direction in which references are followed.

use objgraph_core::{Edge, NodeId, Snapshot};

/// The direction in which references are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From an object to those that it refers to.
    Refs,
    /// From an object to those that refer to it.
    Backrefs,
}

impl Direction {
    /// Returns the edges at a node in this direction, in the order of the snapshot.
    pub(crate) fn edges<'s>(
        self,
        snapshot: &'s Snapshot,
        node: NodeId,
    ) -> impl Iterator<Item = Edge<'s>> + Clone {
        let refs = (self == Self::Refs).then(|| snapshot.edges(node));
        let backrefs = (self == Self::Backrefs).then(|| snapshot.edges_to(node));
        refs.into_iter()
            .flatten()
            .chain(backrefs.into_iter().flatten())
    }

    /// Calls `visit` with each of [`Direction::edges`]; faster than iterating when there are many.
    pub(crate) fn for_each<'s>(
        self,
        snapshot: &'s Snapshot,
        node: NodeId,
        visit: impl FnMut(Edge<'s>),
    ) {
        match self {
            Self::Refs => snapshot.edges(node).for_each(visit),
            Self::Backrefs => snapshot.edges_to(node).for_each(visit),
        }
    }

    /// Announces that the edges at these nodes will be read.
    pub(crate) fn gather(self, snapshot: &Snapshot, nodes: &[NodeId]) {
        if self == Self::Backrefs {
            snapshot.gather_edges_to(nodes);
        }
    }

    /// Returns the end of an edge in this direction.
    pub(crate) fn far(self, edge: &Edge<'_>) -> NodeId {
        match self {
            Self::Refs => edge.target(),
            Self::Backrefs => edge.source(),
        }
    }
}
