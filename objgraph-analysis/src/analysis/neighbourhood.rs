//! What a picture shows: some objects and what is near them.

mod builder;
mod cyclic_edges;
mod fold;
mod leaked;

#[cfg(test)]
mod fold_tests;
#[cfg(test)]
mod tests;

use std::fmt;

use objgraph_core::{Edge, Node, NodeId, PlaceKind, Snapshot};

use super::{Direction, Leaks};

/// Some objects and what is near them: what a picture shows.
///
/// Plain data, in the order of drawing, without texts and colours; a drawing has those.
#[derive(Clone, Debug, Default)]
pub struct Neighbourhood {
    /// What is drawn, in the order in which it was met.
    pub nodes: Vec<PictureNode>,
    /// The arrows, in the order in which they were met.
    pub edges: Vec<PictureEdge>,
    /// The sets of nodes that own each other in cycles: indices into `nodes`.
    pub cycles: Vec<Vec<usize>>,
    /// The greatest depth that a node may have; shades are relative to it.
    pub max_depth: usize,
    /// Whether it goes from the starts to what refers to them.
    pub is_backwards: bool,
}

/// A node of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureNode {
    /// What it stands for.
    pub subject: Subject,
    /// How many references it is from the start.
    pub depth: usize,
    /// Whether the picture starts here.
    pub is_start: bool,
}

/// What a node of a picture stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An object.
    Object(NodeId),
    /// Several objects of one type that are alike: at least two.
    Stack(Vec<NodeId>),
    /// So many references from one object that are not drawn.
    MoreReferences(usize),
    /// So many references to one object that are not drawn.
    MoreBackreferences(usize),
    /// So many objects that are not drawn.
    MoreObjects(usize),
    /// So many references to one object that are held by nothing the trace saw.
    External(u64),
    /// So many of them whose handles were made at one place, on threads of one name.
    ExternalAt {
        /// The place: an index into the sites.
        site: u32,
        /// One of the threads: an index into their names; none of these if it is not known.
        thread: u32,
        /// How many.
        references: u64,
    },
    /// A value inside an object that the trace could not look into.
    OpaqueValue {
        /// The type of the value: an index into [`Snapshot::types`].
        type_index: u32,
        /// Why not.
        kind: PlaceKind,
    },
}

impl Subject {
    /// The objects that it stands for.
    pub fn objects(&self) -> &[NodeId] {
        match self {
            Self::Object(node) => std::slice::from_ref(node),
            Self::Stack(nodes) => nodes,
            _ => &[],
        }
    }
}

/// An arrow of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureEdge {
    /// Where it begins: an index into [`Neighbourhood::nodes`].
    pub from: usize,
    /// Where it ends: an index into [`Neighbourhood::nodes`].
    pub to: usize,
    /// The path of the reference; empty where there is none.
    pub label: String,
    /// How it is drawn.
    pub kind: EdgeKind,
    /// How many references it stands for.
    pub references: usize,
}

/// What an arrow of a picture stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EdgeKind {
    /// A reference that owns.
    Strong,
    /// A weak reference.
    Weak,
    /// A reference that owns and is part of a cycle.
    Cycle,
    /// To or from something that is not an object: references not drawn, held from outside, or
    /// a value that could not be looked into.
    Hint,
}

/// Which objects a picture shows.
#[derive(Clone, Copy)]
pub struct PictureOptions<'f> {
    /// How many references to go from the start; 3 if not set.
    pub max_depth: usize,
    /// How many references of one object to draw; 10 if not set.
    pub too_many: usize,
    /// How many objects to draw in a picture of leaks, or stacks of them; 40 if not set.
    pub max_objects: usize,
    /// A picture that would have more nodes is refused; 1,000 if not set.
    pub max_nodes: usize,
    /// More objects than this that are alike are drawn as one; never if not set.
    pub fold_over: Option<usize>,
    /// Draws the objects for which this holds only; starts are drawn in any case.
    pub filter: Option<&'f dyn Fn(Node<'_>) -> bool>,
    /// Draws the references for which this holds only.
    pub edges: Option<&'f dyn Fn(&Edge<'_>) -> bool>,
    /// Draws objects for which this holds, but not what is behind them.
    pub stop: Option<&'f dyn Fn(Node<'_>) -> bool>,
    /// Objects for which this holds are drawn each by itself.
    pub apart: Option<&'f dyn Fn(Node<'_>) -> bool>,
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
            apart: None,
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
            .field("apart", &self.apart.is_some())
            .finish()
    }
}

/// A picture would be too large to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// How many objects are within its reach.
    pub objects: usize,
    /// How many nodes it may have.
    pub max_nodes: usize,
}

impl Neighbourhood {
    /// What the starts refer to, or what refers to them, breadth first.
    ///
    /// # Errors
    ///
    /// If it would have more nodes than the options allow.
    pub fn around(
        snapshot: &Snapshot,
        starts: &[NodeId],
        direction: Direction,
        options: &PictureOptions<'_>,
    ) -> Result<Self, TooLarge> {
        builder::around(snapshot, starts, direction, options)
    }

    /// A readable part of what has leaked: an example of each kind of cycle, and what is near.
    ///
    /// # Errors
    ///
    /// If it would have more nodes than the options allow.
    pub fn leaks(leaks: &Leaks, options: &PictureOptions<'_>) -> Result<Self, TooLarge> {
        leaked::leaks(leaks, options)
    }

    /// Adds a node and tells its index.
    fn add_node(&mut self, subject: Subject, depth: usize, is_start: bool) -> usize {
        self.nodes.push(PictureNode {
            subject,
            depth,
            is_start,
        });
        self.nodes.len() - 1
    }

    /// Adds an arrow.
    fn add_edge(&mut self, from: usize, to: usize, label: String, kind: EdgeKind) {
        self.edges.push(PictureEdge {
            from,
            to,
            label,
            kind,
            references: 1,
        });
    }

    /// Draws the values inside a drawn node that could not be looked into, at most `too_many`;
    /// tells how many are left.
    fn add_opaque_values(&mut self, snapshot: &Snapshot, at: usize, too_many: usize) -> usize {
        let node = &self.nodes[at];
        let depth = node.depth + 1;
        let is_stack = node.subject.objects().len() > 1;
        let mut met = std::collections::HashSet::new();
        let mut hidden = Vec::new();
        for &object in node.subject.objects() {
            for place in snapshot.places_of(object) {
                if !is_stack {
                    let path = snapshot.parts().paths.show(place.path, place.index);
                    hidden.push((place, path));
                } else if met.insert((place.path, place.type_index, place.kind)) {
                    hidden.push((place, snapshot.parts().paths.show_field(place.path)));
                }
            }
        }
        let more = hidden.len().saturating_sub(too_many);
        hidden.truncate(too_many);
        for (place, path) in hidden {
            let subject = Subject::OpaqueValue {
                type_index: place.type_index,
                kind: place.kind,
            };
            let to = self.add_node(subject, depth, false);
            self.add_edge(at, to, path, EdgeKind::Hint);
        }
        more
    }
}
