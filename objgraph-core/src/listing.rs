//! What the table tells of its objects.

use std::any::TypeId;
use std::panic::Location;

use crate::holder::Holder;
use crate::object_id::ObjectId;

/// In place of a number that is not known.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// Objects of one type made at one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) type_id: TypeId,
    pub(crate) name: fn() -> &'static str,
    pub(crate) size: usize,
    /// As [`TypeInfo::needs_drop`](crate::TypeInfo::needs_drop).
    pub(crate) needs_drop: bool,
    pub(crate) site: &'static Location<'static>,
}

/// One object, as the table lists it without looking at its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListedObject {
    pub(crate) id: ObjectId,
    /// An index into the kinds.
    pub(crate) kind: u32,
    /// The number of the thread that made it; [`UNKNOWN`] if it
    /// was nearly gone.
    pub(crate) thread: u32,
    /// The number of the scope it was made in, or 0.
    pub(crate) scope: u32,
    pub(crate) epoch: u32,
    pub(crate) holder: Holder,
    /// Whether it is a value that only another thread may look at.
    pub(crate) elsewhere: bool,
}

/// Objects that the table lists one after the other, and that differ in their ids alone. Their
/// places are in one page of 256.
#[allow(dead_code, reason = "where tracking is off, there are none")]
pub(crate) struct Run<'l> {
    /// The first of them.
    pub(crate) first: ListedObject,
    pub(crate) ids: &'l [ObjectId],
}

#[allow(dead_code, reason = "where tracking is off, there are none")]
impl Run<'_> {
    /// Each of them.
    pub(crate) fn each(&self) -> impl Iterator<Item = ListedObject> + '_ {
        let first = self.first;
        self.ids.iter().map(move |&id| ListedObject { id, ..first })
    }
}

/// How a look at an object went.
#[allow(dead_code, reason = "where tracking is off, every object is gone")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VisitOutcome {
    Visited,
    /// Nothing may look at it now.
    Lent,
    Gone,
}

/// How many objects of a kind there are, and were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KindCount {
    pub(crate) kind: Kind,
    pub(crate) alive: u64,
    pub(crate) born: u64,
}

/// The numbers of allocations that weak references keep after their values are gone, each with the
/// type of the values and the site that made them.
pub(crate) type Zombies = Vec<(&'static str, &'static Location<'static>, u64)>;

/// One handle of the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListedHandle {
    /// A number that no other handle alive has.
    pub(crate) number: u64,
    pub(crate) object: ObjectId,
    /// Whether it does not lead to the object any more, whose value was moved elsewhere.
    pub(crate) leads_nowhere: bool,
    /// The kind of the object, for a handle that does not own.
    pub(crate) kind: u32,
    pub(crate) strong: bool,
    pub(crate) site: &'static Location<'static>,
    /// The number of the thread that made it.
    pub(crate) thread: u32,
    /// The number of the scope it was made in, or 0.
    pub(crate) scope: u32,
    pub(crate) epoch: u32,
}
