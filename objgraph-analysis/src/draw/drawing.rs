//! A picture as plain data: what every format is written from.

use objgraph_core::ObjectId;

use crate::analysis::EdgeKind;

/// A picture as plain data: nodes with their texts, the arrows between them, and what each is.
///
/// Every format is written from this and nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Drawing {
    /// The nodes, in the order in which they were met, the starts first.
    pub nodes: Vec<DrawnNode>,
    /// The arrows, in the order in which they were met.
    pub edges: Vec<DrawnEdge>,
    /// The sets of nodes that own each other in cycles: indices into `nodes`, sorted.
    pub cycles: Vec<Vec<usize>>,
    /// Whether it goes from the starts to what refers to them, not to what they refer to.
    pub is_backwards: bool,
    /// What the marks in this picture mean, a line each; empty if no legend is drawn.
    pub legend: Vec<String>,
}

impl Drawing {
    /// How many objects it stands for, those in stacks included.
    #[must_use]
    pub fn objects(&self) -> usize {
        self.nodes.iter().map(|node| node.objects.len()).sum()
    }
}

/// A node of a drawing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DrawnNode {
    /// What it stands for.
    pub role: Role,
    /// The objects it stands for: one, several if it is a stack, none if it is a hint.
    pub objects: Vec<ObjectId>,
    /// The full name of their type; empty where there is none.
    pub type_name: String,
    /// What is written in it: lines, joined by `\n`.
    pub label: String,
    /// How many references it is from the start.
    pub depth: usize,
    /// How bright it is, from 1 at the start to 0.3 at the greatest depth that was asked for.
    pub brightness: f64,
    /// Whether the picture starts here.
    pub is_start: bool,
    /// Whether it was asked to stand out.
    pub is_highlighted: bool,
    /// Whether the type implements `Drop`.
    pub implements_drop: bool,
    /// Whether the trace could not look into it.
    pub is_opaque: bool,
    /// Attributes of Graphviz that were asked for, by name and value.
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

/// What a node of a drawing stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// An object.
    Object,
    /// A root: a static, a thread-local or a scoped value that the user named.
    Root,
    /// Several objects of one type that are alike.
    Stack,
    /// So many references that are held by nothing the trace saw.
    Outside(u64),
    /// A value inside an object that the trace could not look into.
    Hidden,
    /// So many references from one object that are not drawn.
    MoreReferences(usize),
    /// So many references to one object that are not drawn.
    MoreBackreferences(usize),
    /// So many objects that are not drawn.
    MoreObjects(usize),
}

impl Role {
    /// Whether it tells that something is not drawn.
    #[must_use]
    pub const fn is_more(self) -> bool {
        matches!(
            self,
            Self::MoreReferences(_) | Self::MoreBackreferences(_) | Self::MoreObjects(_)
        )
    }

    /// Its name in formats for programs, and the number that goes with it.
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

/// An arrow of a drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DrawnEdge {
    /// Where it begins: an index into [`Drawing::nodes`].
    pub from: usize,
    /// Where it ends: an index into [`Drawing::nodes`].
    pub to: usize,
    /// The path that holds the reference; empty where there is none.
    pub label: String,
    /// What it stands for.
    pub kind: EdgeKind,
    /// How many references it stands for; more than one from and to stacks.
    pub references: usize,
}

impl DrawnEdge {
    /// Returns an arrow for one reference.
    #[must_use]
    pub fn new(from: usize, to: usize, label: impl Into<String>, kind: EdgeKind) -> Self {
        Self {
            from,
            to,
            label: label.into(),
            kind,
            references: 1,
        }
    }

    /// The name of its kind in formats for programs.
    pub(super) const fn kind_name(&self) -> &'static str {
        match self.kind {
            EdgeKind::Strong => "strong",
            EdgeKind::Weak => "weak",
            EdgeKind::Cycle => "cycle",
            EdgeKind::Hint => "hint",
        }
    }
}
