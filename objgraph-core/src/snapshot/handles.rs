//! The handles of a snapshot: what holds each object, and where the handle was created.

use super::Snapshot;
use super::node::NodeId;
use super::paths::PathId;
use crate::object_id::ObjectId;

/// One handle of the program: an `Rc`, an `Arc`, or a `Weak` of one. Recorded only with the feature
/// `owners`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandleRow {
    /// The object that it leads to, or led to.
    pub object: ObjectId,
    /// The node of the object; `None` if its value is dropped, and the handle, which is weak, only
    /// keeps the memory.
    pub target: Option<NodeId>,
    /// The type of the object: an index into the types.
    pub type_index: u32,
    /// Whether it owns.
    pub strong: bool,
    /// Where it was created, by `new`, `clone`, `upgrade`, `downgrade`, …: an index into the sites.
    pub site: u32,
    /// The thread that created it: an index into the threads, or
    /// [`NodeRow::UNKNOWN`](super::NodeRow::UNKNOWN).
    pub thread: u32,
    /// The number of the scope it was created in; 0 for none.
    pub scope: u32,
    /// The epoch it was created in, as [`NodeRow::epoch`](super::NodeRow::epoch).
    pub epoch: u32,
    /// A number that no other live handle has.
    pub number: u64,
    /// Where it is held; `None` if the trace did not meet it, because it is outside.
    pub held: Option<HandlePlace>,
    /// Whether the place is inferred: that of a closure, a future or another opaque value whose memory
    /// contains the words of the handle. It may also be outside, if it was moved there.
    pub is_inferred: bool,
}

/// A place in a node that holds a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandlePlace {
    /// The node.
    pub node: NodeId,
    /// The path in the node.
    pub path: PathId,
    /// The element's number, as in [`EdgeRow::index`](super::EdgeRow::index).
    pub index: u32,
}

impl HandleRow {
    /// Returns the key that rows are sorted by: by node, those to nothing at the end; owning ones
    /// first; then by what holds them, outside last, and by where they were created.
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
    /// Whether handles are known: with tracking and the feature `owners`, unless the snapshot is
    /// one of a few objects ([`snapshot_of`](crate::snapshot_of)).
    #[must_use]
    pub fn knows_handles(&self) -> bool {
        self.parts.knows_handles
    }

    /// Returns the handles to a node, owning ones first; none where handles are not known. O(log
    /// handles).
    #[must_use]
    pub fn handles_to(&self, node: NodeId) -> &[HandleRow] {
        let handles = &self.parts.handles;
        let before = |row: &HandleRow| row.target.is_some_and(|target| target < node);
        let upto = |row: &HandleRow| row.target.is_some_and(|target| target <= node);
        &handles[handles.partition_point(before)..handles.partition_point(upto)]
    }

    /// Returns the weak handles to values that are dropped. Each keeps the memory of an allocation.
    #[must_use]
    pub fn handles_to_nothing(&self) -> &[HandleRow] {
        let handles = &self.parts.handles;
        &handles[handles.partition_point(|row| row.target.is_some())..]
    }
}
