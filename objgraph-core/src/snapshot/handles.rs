//! The handles of a snapshot: who holds each object, and where the handle was made.

use super::Snapshot;
use super::node::NodeId;
use super::paths::PathId;
use crate::object_id::ObjectId;

/// One handle of the program: an `Rc`, an `Arc`, or a `Weak` of one. Known with the feature
/// `owners` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandleRow {
    /// The object it leads to, or led to.
    pub object: ObjectId,
    /// The node of the object; `None` if its value is gone, and the handle, which does not own,
    /// only keeps the memory.
    pub target: Option<NodeId>,
    /// The type of the object: an index into the types.
    pub type_index: u32,
    /// Whether it owns.
    pub strong: bool,
    /// Where it was made, by `new`, `clone`, `upgrade`, `downgrade`, …: an index into the sites.
    pub site: u32,
    /// The thread that made it: an index into the threads, or
    /// [`NodeRow::UNKNOWN`](super::NodeRow::UNKNOWN).
    pub thread: u32,
    /// The number of the scope it was made in; 0 for none.
    pub scope: u32,
    /// The epoch it was made in, as [`NodeRow::epoch`](super::NodeRow::epoch).
    pub epoch: u32,
    /// A number that no other handle alive has.
    pub number: u64,
    /// Where it is held; `None` if the trace did not meet it: it is outside.
    pub held: Option<HandlePlace>,
}

/// A place in a node that holds a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandlePlace {
    /// The node.
    pub node: NodeId,
    /// Where in the node.
    pub path: PathId,
    /// The element's number, as in [`EdgeRow::index`](super::EdgeRow::index).
    pub index: u32,
}

impl HandleRow {
    /// The order of rows: by node, those that lead to none at the end; owning ones first; then by
    /// who holds it, outside last, and by where it was made.
    pub(crate) fn key(&self) -> impl Ord + use<> {
        (
            self.target.map_or(u64::MAX, |node| node.index() as u64),
            self.object.to_raw(),
            !self.strong,
            self.held.is_none(),
            self.held,
            (self.site, self.thread, self.scope, self.epoch, self.number),
        )
    }
}

impl Snapshot {
    /// Whether handles are known: tracking is on, with the feature `owners`, and the snapshot is not
    /// one of a few objects alone ([`snapshot_of`](crate::snapshot_of)).
    #[must_use]
    pub fn knows_handles(&self) -> bool {
        self.parts.knows_handles
    }

    /// The handles to a node, owning ones first; none where handles are not known. O(log handles).
    #[must_use]
    pub fn handles_to(&self, node: NodeId) -> &[HandleRow] {
        let handles = &self.parts.handles;
        let before = |row: &HandleRow| row.target.is_some_and(|target| target < node);
        let upto = |row: &HandleRow| row.target.is_some_and(|target| target <= node);
        &handles[handles.partition_point(before)..handles.partition_point(upto)]
    }

    /// The weak handles to values that are gone: each keeps the memory of an allocation.
    #[must_use]
    pub fn handles_to_nothing(&self) -> &[HandleRow] {
        let handles = &self.parts.handles;
        &handles[handles.partition_point(|row| row.target.is_some())..]
    }
}
