//! petgraph's visit traits for [`&Snapshot`](Snapshot): strong and weak edges alike.
//!
//! The complexity is that of a compressed sparse row matrix: O(neighbours) for the neighbours of a
//! node, and for incoming ones too, after one pass over all edges at the first call.

use std::fmt;

use fixedbitset::FixedBitSet;
use petgraph::Direction;
use petgraph::visit::{
    Data, EdgeRef, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected,
    IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences,
    NodeCompactIndexable, NodeCount, NodeIndexable, VisitMap as PetVisitMap, Visitable,
};

use super::{Edge, Node, NodeId, NodeRow, Snapshot};
use crate::snapshot::EdgeRow;

/// The number of an edge in its snapshot, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeId(u32);

impl EdgeId {
    /// Returns the number.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for EdgeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EdgeId({})", self.0)
    }
}

/// The nodes that an algorithm has visited: a bit for each.
#[derive(Clone, Debug, Default)]
pub struct VisitMap(FixedBitSet);

impl PetVisitMap<NodeId> for VisitMap {
    fn visit(&mut self, node: NodeId) -> bool {
        !self.0.put(node.index())
    }

    fn is_visited(&self, node: &NodeId) -> bool {
        self.0.contains(node.index())
    }

    fn unvisit(&mut self, node: NodeId) -> bool {
        let was_visited = self.0.contains(node.index());
        self.0.remove(node.index());
        was_visited
    }
}

impl GraphBase for Snapshot {
    type NodeId = NodeId;
    type EdgeId = EdgeId;
}

impl Data for Snapshot {
    type NodeWeight = NodeRow;
    type EdgeWeight = EdgeRow;
}

impl GraphProp for Snapshot {
    type EdgeType = petgraph::Directed;
}

impl NodeCount for Snapshot {
    fn node_count(&self) -> usize {
        self.len()
    }
}

impl petgraph::visit::EdgeCount for Snapshot {
    fn edge_count(&self) -> usize {
        Snapshot::edge_count(self)
    }
}

impl NodeIndexable for Snapshot {
    fn node_bound(&self) -> usize {
        self.len()
    }

    fn to_index(&self, node: NodeId) -> usize {
        node.index()
    }

    fn from_index(&self, index: usize) -> NodeId {
        NodeId::new(index)
    }
}

impl NodeCompactIndexable for Snapshot {}

impl Visitable for Snapshot {
    type Map = VisitMap;

    fn visit_map(&self) -> VisitMap {
        VisitMap(FixedBitSet::with_capacity(self.len()))
    }

    fn reset_map(&self, map: &mut VisitMap) {
        map.0.clear();
        map.0.grow(self.len());
    }
}

impl EdgeRef for Edge<'_> {
    type NodeId = NodeId;
    type EdgeId = EdgeId;
    type Weight = EdgeRow;

    fn source(&self) -> NodeId {
        Edge::source(self)
    }

    fn target(&self) -> NodeId {
        Edge::target(self)
    }

    fn weight(&self) -> &EdgeRow {
        self.row()
    }

    fn id(&self) -> EdgeId {
        EdgeId(self.number() as u32)
    }
}

/// All edges of a snapshot, by source.
#[derive(Clone, Debug)]
pub struct EdgeReferences<'s> {
    snapshot: &'s Snapshot,
    source: usize,
    next: u32,
}

impl<'s> Iterator for EdgeReferences<'s> {
    type Item = Edge<'s>;

    fn next(&mut self) -> Option<Edge<'s>> {
        if self.next as usize >= self.snapshot.edge_count() {
            return None;
        }
        while self.snapshot.parts.edge_starts[self.source + 1] <= self.next {
            self.source += 1;
        }
        let edge = Edge::new(self.snapshot, NodeId::new(self.source), self.next);
        self.next += 1;
        Some(edge)
    }
}

impl IntoNodeIdentifiers for &Snapshot {
    type NodeIdentifiers = std::iter::Map<std::ops::Range<usize>, fn(usize) -> NodeId>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        (0..self.len()).map(NodeId::new as fn(usize) -> NodeId)
    }
}

/// A node with its row, as petgraph requires.
impl<'s> petgraph::visit::NodeRef for Node<'s> {
    type NodeId = NodeId;
    type Weight = NodeRow;

    fn id(&self) -> NodeId {
        self.node_id()
    }

    fn weight(&self) -> &NodeRow {
        self.row()
    }
}

impl<'s> IntoNodeReferences for &'s Snapshot {
    type NodeRef = Node<'s>;
    type NodeReferences = Box<dyn Iterator<Item = Node<'s>> + 's>;

    fn node_references(self) -> Self::NodeReferences {
        Box::new(self.nodes())
    }
}

impl<'s> IntoEdgeReferences for &'s Snapshot {
    type EdgeRef = Edge<'s>;
    type EdgeReferences = EdgeReferences<'s>;

    fn edge_references(self) -> EdgeReferences<'s> {
        EdgeReferences {
            snapshot: self,
            source: 0,
            next: 0,
        }
    }
}

impl<'s> IntoEdges for &'s Snapshot {
    type Edges = super::Edges<'s>;

    fn edges(self, node: NodeId) -> Self::Edges {
        Snapshot::edges(self, node)
    }
}

impl<'s> IntoEdgesDirected for &'s Snapshot {
    type EdgesDirected = Box<dyn Iterator<Item = Edge<'s>> + 's>;

    fn edges_directed(self, node: NodeId, direction: Direction) -> Self::EdgesDirected {
        match direction {
            Direction::Outgoing => Box::new(Snapshot::edges(self, node)),
            Direction::Incoming => Box::new(self.edges_to(node)),
        }
    }
}

/// The targets of the edges of a node.
#[derive(Clone, Debug)]
pub struct Neighbors<'s>(super::Edges<'s>);

impl Iterator for Neighbors<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        self.0.next().map(|edge| edge.target())
    }
}

impl<'s> IntoNeighbors for &'s Snapshot {
    type Neighbors = Neighbors<'s>;

    fn neighbors(self, node: NodeId) -> Neighbors<'s> {
        Neighbors(Snapshot::edges(self, node))
    }
}

impl<'s> IntoNeighborsDirected for &'s Snapshot {
    type NeighborsDirected = Box<dyn Iterator<Item = NodeId> + 's>;

    fn neighbors_directed(self, node: NodeId, direction: Direction) -> Self::NeighborsDirected {
        Box::new(
            self.edges_directed(node, direction)
                .map(move |edge| match direction {
                    Direction::Outgoing => edge.target(),
                    Direction::Incoming => edge.source(),
                }),
        )
    }
}
