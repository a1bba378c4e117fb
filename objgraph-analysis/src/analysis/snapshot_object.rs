//! An object of a snapshot, as findings show it.

use std::fmt;

use objgraph_core::{Node, NodeId, ObjectId, Site, public_name, shown_name};

/// An object of a snapshot: what was known of it when the snapshot was taken.
#[derive(Clone, Copy)]
pub struct SnapshotObject<'s> {
    node: Node<'s>,
}

impl<'s> SnapshotObject<'s> {
    pub(crate) fn new(node: Node<'s>) -> Self {
        Self { node }
    }

    /// Returns the id of the object.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.node.id()
    }

    /// Returns the index of the object's node in the snapshot.
    #[must_use]
    pub fn node_id(&self) -> NodeId {
        self.node.node_id()
    }

    /// Returns the object's node in the snapshot, with everything that is known of it.
    #[must_use]
    pub fn node(&self) -> Node<'s> {
        self.node
    }

    /// Returns the full name of the type: `app::dom::Node`.
    #[must_use]
    pub fn type_name(&self) -> &'s str {
        &self.node.type_info().name
    }

    /// Returns the name of the type without modules: `Node`.
    #[must_use]
    pub fn short_name(&self) -> &'s str {
        &self.node.type_info().short_name
    }

    /// Returns the creation site; `None` for values behind std's own pointers.
    #[must_use]
    pub fn site(&self) -> Option<&'s Site> {
        self.node.site()
    }

    /// Returns the name of the thread that created the object.
    #[must_use]
    pub fn thread(&self) -> Option<&'s str> {
        self.node.thread()
    }

    /// Returns a short text of the value, if labels were taken and its type has one.
    #[must_use]
    pub fn label(&self) -> Option<&'s str> {
        self.node.label()
    }
}

impl fmt::Debug for SnapshotObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            shown_name(&public_name(self.type_name())),
            self.id()
        )
    }
}

/// Prints as `Node #17`.
impl fmt::Display for SnapshotObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", shown_name(self.short_name()), self.id())
    }
}
