//! Which way references are followed.

use objgraph_core::{Edge, NodeId, Snapshot};

/// Which way references are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From an object to those it refers to.
    Refs,
    /// From an object to those that refer to it.
    Backrefs,
}

impl Way {
    /// The edges at a node that lead this way, in the order of the snapshot.
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

    /// The end of an edge that lies this way.
    pub(crate) fn far(self, edge: &Edge<'_>) -> NodeId {
        match self {
            Self::Refs => edge.target(),
            Self::Backrefs => edge.source(),
        }
    }
}
