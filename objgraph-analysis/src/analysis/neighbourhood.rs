//! The objects that a picture shows, and what is near them.

mod builder;
mod cyclic_edges;
mod fold;
mod leaked;
mod opaque_values;

#[cfg(test)]
mod fold_tests;
#[cfg(test)]
mod tests;

use std::fmt;

use objgraph_core::{Edge, Node, NodeId, PlaceKind, Snapshot};

use super::{Direction, Fix, Leaks};

/// Some objects and what is near them: the part of a snapshot that a picture shows.
///
/// Plain data in the order of drawing, without texts and colours, which a drawing adds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Neighbourhood {
    /// The nodes, in the order in which the search found them.
    pub nodes: Vec<PictureNode>,
    /// The edges, in the order in which the search found them.
    pub edges: Vec<PictureEdge>,
    /// The sets of nodes that own each other in cycles: indices into `nodes`.
    pub cycles: Vec<Vec<usize>>,
    /// Maximum depth of a node; shades are relative to it.
    pub max_depth: usize,
    /// Whether the search goes from the starts to what refers to them.
    pub is_backwards: bool,
    /// Whether the picture shows what has leaked.
    pub is_of_leaks: bool,
    /// The first fix of each kind of leak that is drawn.
    pub fixes: Vec<Fix>,
}

/// A node of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PictureNode {
    /// What the node represents.
    pub subject: Subject,
    /// Number of references between the node and the nearest start.
    pub depth: usize,
    /// Whether the picture starts here.
    pub is_start: bool,
}

/// What a node of a picture represents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// An object.
    Object(NodeId),
    /// Two or more similar objects of one type.
    Stack(Vec<NodeId>),
    /// The number of references from one object that are not drawn.
    MoreReferences(usize),
    /// The number of references to one object that are not drawn.
    MoreBackreferences(usize),
    /// The number of objects that are not drawn.
    MoreObjects(usize),
    /// Objects of a kind of leak that are not drawn.
    MoreLeaks {
        /// Number of leaks of this kind beside the one that is drawn.
        leaks: usize,
        /// Number of objects.
        objects: usize,
    },
    /// The number of external references to one object.
    External(u64),
    /// External references whose handles were created at one site, on threads of one name.
    ExternalAt {
        /// The site: an index into the sites of the snapshot.
        site: u32,
        /// One of the threads: an index into the thread names of the snapshot; out of range if it
        /// is not known.
        thread: u32,
        /// Number of references.
        references: u64,
    },
    /// An opaque or busy value inside an object; or several that are similar, such as those of a list.
    OpaqueValue {
        /// Number of values.
        values: usize,
        /// The type of the value: an index into [`Snapshot::types`].
        type_index: u32,
        /// Why the trace could not see into it.
        kind: PlaceKind,
        /// The concrete type of a value behind `dyn`: its number in the snapshot; `None` if it is not
        /// known, or differs between the values of a stack.
        concrete: Option<u32>,
    },
}

impl Subject {
    /// Returns the objects that the node represents.
    pub fn objects(&self) -> &[NodeId] {
        match self {
            Self::Object(node) => std::slice::from_ref(node),
            Self::Stack(nodes) => nodes,
            _ => &[],
        }
    }
}

/// An edge of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PictureEdge {
    /// The node at which it begins: an index into [`Neighbourhood::nodes`].
    pub from: usize,
    /// The node at which it ends: an index into [`Neighbourhood::nodes`].
    pub to: usize,
    /// The path of the reference; empty if it is not a reference.
    pub label: String,
    /// What the edge represents.
    pub kind: EdgeKind,
    /// Number of references that the edge represents.
    pub references: usize,
    /// Whether the edge closes a ring of leaked objects, and the first fix makes its field `Weak`.
    pub is_fix: bool,
}

/// What an edge of a picture represents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EdgeKind {
    /// A strong reference.
    Strong,
    /// A weak reference.
    Weak,
    /// A strong reference on a cycle.
    Cycle,
    /// An inferred reference, on a cycle or not: strong, weak or stale. See
    /// [`Edge::is_inferred`].
    Inferred,
    /// An edge to or from something that is not an object: references that are not drawn, external
    /// references, or an opaque value.
    Hint,
}

/// Which objects a picture shows.
#[derive(Clone, Copy)]
pub struct PictureOptions<'f> {
    /// Maximum number of references from a start; 3 by default.
    pub max_depth: usize,
    /// Maximum number of references of one object that are drawn; 10 by default.
    pub too_many: usize,
    /// Maximum number of objects, or stacks of them, in a picture of leaks; 40 by default.
    pub max_objects: usize,
    /// Maximum number of nodes, beyond which the picture is refused; 1,000 by default.
    pub max_nodes: usize,
    /// Draws more than this number of similar objects as one; never by default.
    pub fold_over: Option<usize>,
    /// Draws only objects that this accepts; starts are always drawn.
    pub filter: Option<&'f dyn Fn(Node<'_>) -> bool>,
    /// Draws only references that this accepts.
    pub edges: Option<&'f dyn Fn(&Edge<'_>) -> bool>,
    /// Draws objects that this accepts, but nothing behind them.
    pub stop: Option<&'f dyn Fn(Node<'_>) -> bool>,
    /// Draws each object that this accepts by itself.
    pub separate: Option<&'f dyn Fn(Node<'_>) -> bool>,
}

impl Default for PictureOptions<'_> {
    fn default() -> Self {
        Self {
            max_depth: 3,
            too_many: 10,
            max_objects: 40,
            max_nodes: 1000,
            fold_over: None,
            filter: None,
            edges: None,
            stop: None,
            separate: None,
        }
    }
}

impl PictureOptions<'_> {
    fn shows(&self, node: Node<'_>) -> bool {
        self.filter.is_none_or(|filter| filter(node))
    }

    fn shows_edge(&self, edge: &Edge<'_>) -> bool {
        self.edges.is_none_or(|shows| shows(edge))
    }

    fn stops(&self, node: Node<'_>) -> bool {
        self.stop.is_some_and(|stop| stop(node))
    }
}

impl fmt::Debug for PictureOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PictureOptions")
            .field("max_depth", &self.max_depth)
            .field("too_many", &self.too_many)
            .field("max_objects", &self.max_objects)
            .field("max_nodes", &self.max_nodes)
            .field("fold_over", &self.fold_over)
            .field("filter", &self.filter.is_some())
            .field("edges", &self.edges.is_some())
            .field("stop", &self.stop.is_some())
            .field("separate", &self.separate.is_some())
            .finish()
    }
}

/// Returns the text of a path below which all elements of a list are, as a range if there are no gaps:
/// `children[0..=9]`.
fn path_of_elements(path: &str, mut elements: Vec<u32>) -> String {
    elements.sort_unstable();
    match elements[..] {
        [first, .., last] | [first @ last] if elements.iter().copied().eq(first..=last) => {
            path.replacen("[_]", &format!("[{first}..={last}]"), 1)
        }
        _ => path.to_owned(),
    }
}

/// The error for a picture that would be too large to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooLarge {
    /// Number of objects within reach.
    pub objects: usize,
    /// Maximum number of nodes.
    pub max_nodes: usize,
}

impl Neighbourhood {
    /// Selects what the starts refer to, or what refers to them, breadth first.
    ///
    /// # Errors
    ///
    /// Fails if the picture would have more nodes than the options allow.
    pub fn around(
        snapshot: &Snapshot,
        starts: &[NodeId],
        direction: Direction,
        options: &PictureOptions<'_>,
    ) -> Result<Self, TooLarge> {
        if !crate::HAS_OBJECTS {
            return Ok(crate::nothing());
        }
        builder::around(snapshot, starts, direction, options)
    }

    /// Selects a readable part of what has leaked: an example of each kind of cycle, and what is
    /// near it.
    ///
    /// # Errors
    ///
    /// Fails if the picture would have more nodes than the options allow.
    pub fn leaks(leaks: &Leaks, options: &PictureOptions<'_>) -> Result<Self, TooLarge> {
        if !crate::HAS_OBJECTS {
            return Ok(crate::nothing());
        }
        leaked::leaks(leaks, options)
    }

    /// Adds a node and returns its index.
    fn add_node(&mut self, subject: Subject, depth: usize, is_start: bool) -> usize {
        self.nodes.push(PictureNode {
            subject,
            depth,
            is_start,
        });
        self.nodes.len() - 1
    }

    /// Adds an edge that represents one reference.
    fn add_edge(&mut self, from: usize, to: usize, label: String, kind: EdgeKind) {
        self.edges.push(PictureEdge {
            from,
            to,
            label,
            kind,
            references: 1,
            is_fix: false,
        });
    }
}
