//! Which way references are followed.

use objgraph_core::{Edge, NodeId, Snapshot};

/// Which way references are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From an object to those it refers to.
    Refs,
    /// From an object to those that refer to it.
    Backrefs,
}

impl Direction {
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

    /// The same, where all of them are looked at, and there are many.
    pub(crate) fn for_each<'s>(
        self,
        snapshot: &'s Snapshot,
        node: NodeId,
        look: impl FnMut(Edge<'s>),
    ) {
        match self {
            Self::Refs => snapshot.edges(node).for_each(look),
            Self::Backrefs => snapshot.edges_to(node).for_each(look),
        }
    }

    /// Says that the edges at these nodes will be asked for.
    pub(crate) fn gather(self, snapshot: &Snapshot, nodes: &[NodeId]) {
        if self == Self::Backrefs {
            snapshot.gather_edges_to(nodes);
        }
    }

    /// The end of an edge that lies this way.
    pub(crate) fn far(self, edge: &Edge<'_>) -> NodeId {
        match self {
            Self::Refs => edge.target(),
            Self::Backrefs => edge.source(),
        }
    }
}
