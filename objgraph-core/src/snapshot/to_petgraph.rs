//! A snapshot as a graph of petgraph's own, with readable weights.

use std::fmt;
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};

use super::Snapshot;
use crate::object_id::ObjectId;
use crate::site::Site;
use crate::type_info::TypeInfo;

/// An object, as a node of petgraph's `DiGraph`. It displays as `Node #17`, with its label if it
/// has one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeWeight {
    /// The object's id.
    pub id: ObjectId,
    /// What is known of its type.
    pub type_info: Arc<TypeInfo>,
    /// A short text of the value, if labels were written.
    pub label: Option<String>,
    /// The name of the root, if it is one.
    pub root: Option<String>,
    /// The site that created it.
    pub site: Option<Site>,
    /// See [`Node::shallow_bytes`](super::Node::shallow_bytes).
    pub shallow_bytes: u64,
    /// See [`Node::heap_bytes`](super::Node::heap_bytes).
    pub heap_bytes: u64,
}

impl fmt::Display for NodeWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.type_info.short_name, self.id)?;
        match &self.label {
            Some(label) => write!(f, " {label}"),
            None => Ok(()),
        }
    }
}

/// A reference, as an edge of petgraph's `DiGraph`. It displays as its path, in parentheses if it
/// is weak, and with a question mark if it is inferred.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EdgeWeight {
    /// Where the reference is held: `children[3].1`.
    pub path: String,
    /// Whether the reference owns.
    pub is_strong: bool,
    /// Whether the reference is inferred; see [`Edge::is_inferred`](super::Edge::is_inferred).
    pub is_inferred: bool,
}

impl fmt::Display for EdgeWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_inferred {
            write!(f, "({}?)", self.path)
        } else if self.is_strong {
            f.write_str(&self.path)
        } else {
            write!(f, "({})", self.path)
        }
    }
}

impl Snapshot {
    /// Copies the snapshot into a graph of petgraph's own, to be changed, filtered and printed.
    /// Nodes and edges keep their numbers.
    ///
    /// Takes O(nodes + edges), with a text for each edge. Algorithms need no copy, since
    /// `&Snapshot` itself is a graph for petgraph.
    ///
    /// ```
    /// use objgraph_core::rc::Rc;
    ///
    /// let name = Rc::new("ann".to_owned());
    /// let graph = objgraph_core::snapshot().to_petgraph();
    /// # if objgraph_core::ENABLED {
    /// assert_eq!(graph.node_count(), 1);
    /// let dot = petgraph::dot::Dot::new(&graph).to_string();
    /// assert!(dot.contains("label = \"String #"));
    /// # }
    /// ```
    #[must_use]
    pub fn to_petgraph(&self) -> DiGraph<NodeWeight, EdgeWeight> {
        let mut graph = DiGraph::with_capacity(self.len(), self.edge_count());
        for node in self.nodes() {
            graph.add_node(NodeWeight {
                id: node.id(),
                type_info: Arc::clone(&self.types()[node.type_index()]),
                label: node.label().map(str::to_owned),
                root: node.root().map(str::to_owned),
                site: node.site().cloned(),
                shallow_bytes: node.shallow_bytes(),
                heap_bytes: node.heap_bytes(),
            });
        }
        for edge in self.nodes().flat_map(|node| self.edges(node.node_id())) {
            let (from, to) = (edge.source().index(), edge.target().index());
            let weight = EdgeWeight {
                path: edge.path(),
                is_strong: edge.is_strong(),
                is_inferred: edge.is_inferred(),
            };
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), weight);
        }
        graph
    }
}
