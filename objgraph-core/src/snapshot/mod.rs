//! A snapshot: what was alive at one moment, and what referred to what, as plain data.
//!
//! A [`Snapshot`] consists of columns of numbers and tables of names. It is `Send + Sync`, has no
//! pointer into the program, and never changes: every analysis is a function of it.

mod by_id;
mod by_target;
mod check;
mod concrete_types;
mod edge;
mod field_name;
mod handles;
mod lengths;
mod node;
mod parts;
mod paths;
mod petgraph_impls;
#[cfg(feature = "save")]
mod save;
mod to_petgraph;

pub use concrete_types::ConcreteTypes;
pub use edge::{Edge, Edges, ReferenceKind};
pub use field_name::FieldName;
pub use handles::{HandlePlace, HandleRow};
pub use lengths::LengthRow;
pub use node::{Node, NodeId, State};
pub use parts::{EdgeRow, Family, NodeRow, Place, PlaceKind, SnapshotParts};
pub use paths::{PathId, PathTable, Segment, steps_text};
pub use petgraph_impls::{EdgeId, EdgeReferences, Neighbors, VisitMap};
#[cfg(feature = "save")]
pub use save::LoadError;
pub use to_petgraph::{EdgeWeight, NodeWeight};

pub use crate::pointer_kind::PointerKind;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use self::by_id::ById;
use self::by_target::ByTarget;
use crate::object_id::ObjectId;
use crate::type_info::TypeInfo;

/// What was alive at one moment, and what referred to what.
///
/// Nodes are numbered from 0: first objects, in the order of the table, then everything else, in
/// the order in which the trace met it: roots, the values that the call was given, and values
/// behind std's own pointers. The edges of a node are sorted by path and target.
///
/// It implements petgraph's visit traits (`&Snapshot` is a graph), so every algorithm of petgraph
/// runs on it without a copy.
pub struct Snapshot {
    parts: SnapshotParts,
    /// The index by ids, made when it is first needed.
    by_id: OnceLock<ById>,
    /// The index by targets, made as far as it is needed.
    by_target: ByTarget,
}

/// Writes a summary; [`Snapshot::parts`] has the columns.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("nodes", &self.len())
            .field("edges", &self.edge_count())
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Makes a snapshot from these parts, for analyses of data that does not come from this
    /// process. Where tracking is off, analyses need the feature `save`; without it they find nothing.
    ///
    /// # Panics
    ///
    /// If the columns do not fit each other: an edge to a node that does not exist, starts that are
    /// not sorted, an unknown type or path.
    #[must_use]
    pub fn from_parts(parts: SnapshotParts) -> Self {
        if let Err(reason) = parts.check() {
            panic!("the columns do not fit each other: {reason}");
        }
        Self::of(parts)
    }

    /// Makes a snapshot from the parts of a trace, which fit each other.
    pub(crate) fn assembled(parts: SnapshotParts) -> Self {
        // The check reads every row once more, which an unoptimised build would make users pay for. It is
        // on in the tests of this crate, and where counters are recounted.
        if cfg!(any(test, objgraph_recount)) {
            assert_eq!(parts.check(), Ok(()));
        }
        Self::of(parts)
    }

    fn of(mut parts: SnapshotParts) -> Self {
        // The end, of no nodes too.
        if parts.edge_starts.is_empty() {
            parts.edge_starts.push(0);
        }
        Self {
            parts,
            by_id: OnceLock::new(),
            by_target: ByTarget::default(),
        }
    }

    /// Makes an empty snapshot, as is taken where tracking is off.
    #[must_use]
    pub fn empty() -> Self {
        Self::from_parts(SnapshotParts::default())
    }

    /// Returns the columns.
    #[must_use]
    pub fn parts(&self) -> &SnapshotParts {
        &self.parts
    }

    /// Returns how long ago an epoch was, at least, and at most if that is known; see
    /// [`Node::age`].
    #[must_use]
    pub fn age_of(&self, epoch: u32) -> (Duration, Option<Duration>) {
        crate::epochs::age_in(&self.parts.epochs, epoch)
    }

    /// Whether this process took the snapshot, so that objects can be [looked up](crate::at) by its ids:
    /// false for one from a file or from other data.
    #[must_use]
    pub fn is_of_this_process(&self) -> bool {
        self.parts.process == crate::process::number()
    }

    /// Whether one process took both snapshots, so that equal ids are the same object.
    #[must_use]
    pub fn is_of_same_process(&self, other: &Self) -> bool {
        self.parts.process == other.parts.process
    }

    /// Returns what the snapshot is tagged with, by name; see [`with_tag`](Self::with_tag).
    #[must_use]
    pub fn tags(&self) -> &[(String, String)] {
        &self.parts.tags
    }

    /// Adds a tag, which [`save`](crate::Snapshot) keeps: the version of the program, the host, the
    /// job. A tag of the same name is replaced.
    ///
    /// ```
    /// let snapshot = objgraph_core::snapshot().with_tag("version", "1.4.2");
    /// assert_eq!(snapshot.tags(), [("version".to_owned(), "1.4.2".to_owned())]);
    /// ```
    #[must_use]
    pub fn with_tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        let tags = &mut self.parts.tags;
        match tags.binary_search_by(|tag| tag.0.cmp(&name)) {
            Ok(at) => tags[at].1 = value,
            Err(at) => tags.insert(at, (name, value)),
        }
        self
    }

    pub(crate) fn set_label(&mut self, node: NodeId, label: String) {
        let labels = &mut self.parts.labels;
        match labels.binary_search_by_key(&node, |label| label.0) {
            Ok(at) => labels[at].1 = label,
            Err(at) => labels.insert(at, (node, label)),
        }
    }

    /// Returns the number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.nodes.len()
    }

    /// Whether nothing was alive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.nodes.is_empty()
    }

    /// Returns the number of edges, including weak and inferred ones.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.parts.edges.len()
    }

    /// Lists all nodes in their order.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = Node<'_>> + Clone {
        (0..self.len()).map(|index| self.node(NodeId::new(index)))
    }

    /// Returns the node with this number.
    ///
    /// # Panics
    ///
    /// If the number is from another, larger snapshot.
    #[must_use]
    pub fn node(&self, node: NodeId) -> Node<'_> {
        Node::new(self, node)
    }

    /// Returns the node of this object. O(log nodes), after one pass over the nodes at the first
    /// call.
    #[must_use]
    pub fn find(&self, id: ObjectId) -> Option<NodeId> {
        let nodes = &self.parts.nodes;
        self.by_id.get_or_init(|| ById::of(nodes)).find(nodes, id)
    }

    /// Lists the references that the node holds, including weak and inferred ones, in the order of their paths.
    #[must_use]
    pub fn edges(&self, node: NodeId) -> Edges<'_> {
        let starts = &self.parts.edge_starts;
        Edges::range(self, node, starts[node.index()]..starts[node.index() + 1])
    }

    /// Lists the references that lead to the node, including weak and inferred ones, in the order of their
    /// sources.
    ///
    /// O(references to the node), after all references were sorted by target at the first call.
    pub fn edges_to(&self, node: NodeId) -> impl ExactSizeIterator<Item = Edge<'_>> + Clone {
        let incoming = self.by_target.to(&self.parts, node);
        incoming.iter().map(|from| {
            let source = NodeId::new(from.source as usize);
            Edge::new(self, source, from.edge)
        })
    }

    /// Prepares calls of [`edges_to`](Self::edges_to) for these nodes. For a few nodes, and the
    /// first few times, one pass over all references finds what leads to them: less work than
    /// sorting all, and less memory.
    ///
    /// The results are the same. A search that walks backwards from a node should call this for
    /// each layer.
    pub fn gather_edges_to(&self, nodes: &[NodeId]) {
        self.by_target.gather(&self.parts, nodes);
    }

    /// Returns the number of external references of the node: strong references that no traced
    /// value holds, because they are on the stack, in statics, or in code that the trace cannot
    /// visit.
    ///
    /// `None` if the number of references could not be read (a value of another thread). Negative
    /// if visits reported more references than exist.
    #[must_use]
    pub fn external(&self, node: NodeId) -> Option<i64> {
        let strong = self.node(node).strong()?;
        let inside = self.edges_to(node).filter(Edge::is_strong).count();
        Some(strong as i64 - inside as i64)
    }

    /// Returns the types of the nodes, and all others that were known, sorted by name.
    #[must_use]
    pub fn types(&self) -> &[Arc<TypeInfo>] {
        &self.parts.types
    }

    /// Returns the places that the trace met and could not visit, sorted by node and path.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.parts.places
    }

    /// Returns the places of one node that the trace could not visit.
    #[must_use]
    pub fn places_of(&self, node: NodeId) -> &[Place] {
        let places = &self.parts.places;
        let start = places.partition_point(|place| place.node < node);
        let end = places.partition_point(|place| place.node <= node);
        &places[start..end]
    }

    /// Returns the lengths of the collections that the nodes own, sorted by node and path.
    ///
    /// ```
    /// use objgraph_core::{Visit, Visitor, rc::Rc};
    ///
    /// struct Cache(Vec<u64>);
    ///
    /// impl Visit for Cache {
    ///     fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
    ///         visitor.field("entries", &self.0);
    ///     }
    /// }
    ///
    /// # objgraph_core::register::<Cache>();
    /// let cache = Rc::new(Cache(vec![1, 2, 3]));
    /// let snapshot = objgraph_core::snapshot();
    /// # if objgraph_core::ENABLED {
    /// let row = snapshot.lengths()[0];
    /// assert_eq!(snapshot.parts().paths.show_field(row.path), "entries");
    /// assert_eq!((row.len(), row.count), (3, 1));
    /// # }
    /// ```
    #[must_use]
    pub fn lengths(&self) -> &[LengthRow] {
        &self.parts.lengths
    }

    /// Returns the lengths of the collections that a node owns, sorted by path. O(log rows).
    #[must_use]
    pub fn lengths_of(&self, node: NodeId) -> &[LengthRow] {
        let rows = &self.parts.lengths;
        let start = rows.partition_point(|row| row.node < node);
        let own = rows[start..].partition_point(|row| row.node == node);
        &rows[start..start + own]
    }
}
