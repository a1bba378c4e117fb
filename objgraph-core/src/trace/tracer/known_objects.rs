//! Objects that an earlier trace visited, and that are looked at again.

use std::sync::Arc;

use crate::object_id::ObjectId;
use crate::snapshot::{NodeId, Snapshot};

/// In place of the target of a reference that leads to none of the objects.
pub(in crate::trace) const STRANGER: u32 = u32::MAX - 2;

/// Objects of a snapshot, by their positions among those that are looked at again.
///
/// The rows of the tracer are then those of a few objects at a time, and the references that it
/// finds lead to positions.
pub(in crate::trace) struct KnownObjects {
    pub(in crate::trace) snapshot: Arc<Snapshot>,
    /// Sorted.
    pub(in crate::trace) nodes: Arc<[NodeId]>,
    /// Whether something was found that a comparison of rows cannot decide.
    pub(in crate::trace) differ: bool,
}

impl KnownObjects {
    pub(in crate::trace) fn id(&self, position: u32) -> ObjectId {
        let node = self.nodes[position as usize];
        self.snapshot.parts().nodes[node.index()].id
    }
}
