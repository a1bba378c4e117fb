//! A picture as plain data: what every format is written from.

use objgraph_core::ObjectId;

use crate::analysis::EdgeKind;

/// A picture as plain data: nodes with their texts and the edges between them.
///
/// Every format is written from this and nothing else. Where tracking is off, and without the feature
/// `save`, each format writes an empty picture.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Drawing {
    /// The nodes in the order of the search: breadth first from the starts.
    pub nodes: Vec<DrawnNode>,
    /// The edges in the order of the search.
    pub edges: Vec<DrawnEdge>,
    /// The sets of nodes that own each other in cycles: indices into `nodes`, sorted.
    pub cycles: Vec<Vec<usize>>,
    /// Whether it shows what refers to the starts, rather than what they refer to.
    pub is_backwards: bool,
    /// What the marks in this picture mean, one line each; empty if no legend is drawn.
    pub legend: Vec<String>,
    /// Whether it shows what has leaked, and why.
    pub is_of_leaks: bool,
}

impl Drawing {
    /// Returns the number of objects in it, including those in stacks.
    #[must_use]
    pub fn objects(&self) -> usize {
        self.nodes.iter().map(|node| node.objects.len()).sum()
    }
}

/// A node of a drawing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DrawnNode {
    /// What it represents.
    pub role: Role,
    /// The objects that it represents: one, several for a stack, none for a hint.
    pub objects: Vec<ObjectId>,
    /// The full name of their type; empty where there is none.
    pub type_name: String,
    /// Its text: lines, joined by `\n`.
    pub label: String,
    /// Number of references between it and the start.
    pub depth: usize,
    /// Its brightness, from 1 at the start to 0.3 at the maximum depth of the picture.
    pub brightness: f64,
    /// Whether the picture starts here.
    pub is_start: bool,
    /// Whether the user highlighted it.
    pub is_highlighted: bool,
    /// Whether the type implements `Drop`.
    pub implements_drop: bool,
    /// Whether the trace could not see into it.
    pub is_opaque: bool,
    /// Attributes of Graphviz that the user asked for, by name and value.
    pub attributes: Vec<(String, String)>,
}

impl DrawnNode {
    /// Returns a node without objects, at the start.
    #[must_use]
    pub fn new(role: Role, label: impl Into<String>) -> Self {
        Self {
            role,
            objects: Vec::new(),
            type_name: String::new(),
            label: label.into(),
            depth: 0,
            brightness: 1.0,
            is_start: false,
            is_highlighted: false,
            implements_drop: false,
            is_opaque: false,
            attributes: Vec::new(),
        }
    }
}

/// What a node of a drawing represents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// An object.
    Object,
    /// A root: a static, a thread-local or a scoped value that the user named.
    Root,
    /// Several similar objects of one type.
    Stack,
    /// External references, which no traced object holds: how many.
    Outside(u64),
    /// A value inside an object that the trace could not see into.
    Hidden,
    /// References from one object that are not drawn: how many.
    MoreReferences(usize),
    /// References to one object that are not drawn: how many.
    MoreBackreferences(usize),
    /// Objects that are not drawn: how many.
    MoreObjects(usize),
}

impl Role {
    /// Whether it counts what is not drawn.
    #[must_use]
    pub const fn is_more(self) -> bool {
        matches!(
            self,
            Self::MoreReferences(_) | Self::MoreBackreferences(_) | Self::MoreObjects(_)
        )
    }

    /// Returns its name in formats for programs, and its number.
    pub(super) const fn name(self) -> (&'static str, Option<u64>) {
        match self {
            Self::Object => ("object", None),
            Self::Root => ("root", None),
            Self::Stack => ("stack", None),
            Self::Outside(references) => ("outside", Some(references)),
            Self::Hidden => ("hidden", None),
            Self::MoreReferences(more) => ("more_references", Some(more as u64)),
            Self::MoreBackreferences(more) => ("more_backreferences", Some(more as u64)),
            Self::MoreObjects(more) => ("more_objects", Some(more as u64)),
        }
    }
}

/// An edge of a drawing: an arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DrawnEdge {
    /// Its source: an index into [`Drawing::nodes`].
    pub from: usize,
    /// Its target: an index into [`Drawing::nodes`].
    pub to: usize,
    /// The path that holds the reference; empty where there is none.
    pub label: String,
    /// What it represents.
    pub kind: EdgeKind,
    /// Number of references that it represents; more than one from and to stacks.
    pub references: usize,
    /// What to do about it: `make Weak` or `capture a Weak`, on the edge that closes a ring of leaked
    /// objects if the first fix changes its field; else empty.
    pub advice: String,
}

impl DrawnEdge {
    /// Returns an edge for one reference.
    #[must_use]
    pub fn new(from: usize, to: usize, label: impl Into<String>, kind: EdgeKind) -> Self {
        Self {
            from,
            to,
            label: label.into(),
            kind,
            references: 1,
            advice: String::new(),
        }
    }

    /// Returns the name of its kind in formats for programs.
    pub(super) const fn kind_name(&self) -> &'static str {
        match self.kind {
            EdgeKind::Strong => "strong",
            EdgeKind::Weak => "weak",
            EdgeKind::Cycle => "cycle",
            EdgeKind::Inferred => "inferred",
            EdgeKind::Hint => "hint",
        }
    }
}
