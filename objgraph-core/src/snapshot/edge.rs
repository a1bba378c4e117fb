//! An edge of a snapshot.

use std::fmt;
use std::ops::Range;

use super::node::NodeId;
use super::{EdgeRow, PathId, Snapshot};

/// Whether a reference owns, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReferenceKind {
    /// An `Rc` or `Arc`.
    Strong,
    /// A `Weak`.
    Weak,
    /// Inferred from the memory of an opaque value: strong, weak or stale.
    Inferred,
}

impl ReferenceKind {
    /// Returns the name of the kind in formats for programs: `strong`, `weak` or `inferred`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Weak => "weak",
            Self::Inferred => "inferred",
        }
    }
}

/// A reference from one object to another.
#[derive(Clone, Copy)]
pub struct Edge<'s> {
    snapshot: &'s Snapshot,
    source: NodeId,
    number: u32,
    row: &'s EdgeRow,
}

impl<'s> Edge<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, source: NodeId, number: u32) -> Self {
        let row = &snapshot.parts.edges[number as usize];
        Self {
            snapshot,
            source,
            number,
            row,
        }
    }

    pub(crate) fn row(&self) -> &'s EdgeRow {
        self.row
    }

    /// Returns the number of the edge in its snapshot, from 0.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number as usize
    }

    /// Returns the object that holds the reference.
    #[must_use]
    pub fn source(&self) -> NodeId {
        self.source
    }

    /// Returns the object that the edge leads to.
    #[must_use]
    pub fn target(&self) -> NodeId {
        self.row.target
    }

    /// Whether the reference owns: an `Rc` or `Arc`, not a `Weak`, and not an inferred reference,
    /// which may be either.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        self.row.strong
    }

    /// Whether the reference is a `Weak` that a visit reported.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.reference_kind() == ReferenceKind::Weak
    }

    /// Whether the reference is inferred: a closure, a future or another opaque value at the path
    /// has a word that equals the address of the target's allocation. It is an `Rc` or `Arc`, a
    /// `Weak`, or a remnant of either in memory that is no longer in use. With the feature `owners`
    /// it is an `Rc` or `Arc`, or the remnant of one that was moved elsewhere, if the target is behind
    /// a pointer of objgraph.
    #[must_use]
    pub fn is_inferred(&self) -> bool {
        self.row.words > 0
    }

    /// Returns whether the reference owns, as far as that is known.
    #[must_use]
    pub fn reference_kind(&self) -> ReferenceKind {
        if self.is_inferred() {
            ReferenceKind::Inferred
        } else if self.row.strong {
            ReferenceKind::Strong
        } else {
            ReferenceKind::Weak
        }
    }

    /// For an inferred reference, returns the number of words of the opaque value that equal the
    /// address of the target's allocation; 0 for any other. Where handles can be distinguished, the
    /// number of handles that the words name: see [`Node::captured`](super::Node::captured). A waker of
    /// the target counts as a word.
    #[must_use]
    pub fn words(&self) -> u16 {
        self.row.words
    }

    /// Returns the path without element numbers, which is equal for the same field of many objects.
    #[must_use]
    pub fn path_id(&self) -> PathId {
        self.row.path
    }

    /// Returns where the reference is held: `children[3].1`.
    #[must_use]
    pub fn path(&self) -> String {
        self.snapshot
            .parts
            .paths
            .show(self.row.path, self.row.index)
    }

    /// Returns the number of the element that holds it, for a path through exactly one container
    /// that numbers its elements.
    #[must_use]
    pub fn element(&self) -> Option<u32> {
        self.snapshot
            .parts
            .paths
            .element(self.row.path, self.row.index)
    }

    /// Whether the field is marked `#[tracked(back)]`.
    #[must_use]
    pub fn is_back(&self) -> bool {
        self.snapshot.parts.paths.is_back(self.row.path)
    }
}

impl fmt::Debug for Edge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = match self.reference_kind() {
            ReferenceKind::Strong => "->",
            ReferenceKind::Weak => "~>",
            ReferenceKind::Inferred => "?>",
        };
        write!(
            f,
            "{:?}.{} {arrow} {:?}",
            self.source,
            self.path(),
            self.target()
        )
    }
}

/// The edges of one node, or of all nodes.
#[derive(Clone, Debug)]
pub struct Edges<'s> {
    snapshot: &'s Snapshot,
    source: NodeId,
    range: Range<u32>,
}

impl<'s> Edges<'s> {
    pub(super) fn range(snapshot: &'s Snapshot, source: NodeId, range: Range<u32>) -> Self {
        Self {
            snapshot,
            source,
            range,
        }
    }
}

impl<'s> Iterator for Edges<'s> {
    type Item = Edge<'s>;

    fn next(&mut self) -> Option<Edge<'s>> {
        let number = self.range.next()?;
        Some(Edge::new(self.snapshot, self.source, number))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl ExactSizeIterator for Edges<'_> {}
