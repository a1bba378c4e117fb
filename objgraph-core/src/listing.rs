//! The plain data that the table reports about objects and handles.

use std::any::TypeId;

use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::site::SiteRef;

/// In place of a number that is not known.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// The objects of one type that one site creates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) type_id: TypeId,
    pub(crate) name: fn() -> &'static str,
    pub(crate) size: usize,
    /// As [`TypeInfo::needs_drop`](crate::TypeInfo::needs_drop).
    pub(crate) needs_drop: bool,
    pub(crate) pointer_kind: PointerKind,
    pub(crate) site: SiteRef,
}

/// An object, as the table lists it without visiting its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListedObject {
    pub(crate) id: ObjectId,
    /// An index into the kinds.
    pub(crate) kind: u32,
    /// The number of the thread that created it; [`UNKNOWN`] if its part of the table was gone.
    pub(crate) thread: u32,
    /// The number of the scope it was created in, or 0.
    pub(crate) scope: u32,
    pub(crate) epoch: u32,
    pub(crate) pointer_kind: PointerKind,
    /// Whether only another thread may visit its value.
    pub(crate) elsewhere: bool,
}

/// A run: objects that the table lists one after the other, and that differ only in their ids.
/// Their places are in one page of 256.
#[allow(dead_code, reason = "where tracking is off, there are none")]
pub(crate) struct Run<'l> {
    /// The first of them.
    pub(crate) first: ListedObject,
    pub(crate) ids: &'l [ObjectId],
}

#[allow(dead_code, reason = "where tracking is off, there are none")]
impl Run<'_> {
    /// Lists the objects of the run.
    pub(crate) fn each(&self) -> impl Iterator<Item = ListedObject> + '_ {
        let first = self.first;
        self.ids.iter().map(move |&id| ListedObject { id, ..first })
    }
}

/// What became of the visit of an object.
#[allow(dead_code, reason = "where tracking is off, every object is gone")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VisitOutcome {
    Visited,
    /// Nothing may visit it now.
    Lent,
    Gone,
}

/// The number of objects of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KindCount {
    pub(crate) kind: Kind,
    pub(crate) alive: u64,
    pub(crate) born: u64,
}

/// Numbers of allocations that weak references keep after their values are dropped, each with the
/// type of the values and the site that created them.
pub(crate) type Zombies = Vec<(&'static str, SiteRef, u64)>;

/// One handle of the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListedHandle {
    /// A number that no other live handle has.
    pub(crate) number: u64,
    pub(crate) object: ObjectId,
    /// Whether it leads nowhere, because the value of the object was moved elsewhere.
    pub(crate) leads_nowhere: bool,
    /// The kind of the object, for a weak handle.
    pub(crate) kind: u32,
    pub(crate) strong: bool,
    pub(crate) site: SiteRef,
    /// The number of the thread that created it.
    pub(crate) thread: u32,
    /// The number of the scope it was created in, or 0.
    pub(crate) scope: u32,
    pub(crate) epoch: u32,
}

/// A type of which objects were left out of the table by choice.
#[allow(dead_code, reason = "where tracking is off, nothing is left out")]
pub(crate) struct LeftOutType {
    pub(crate) type_id: TypeId,
    pub(crate) name: &'static str,
    pub(crate) size: usize,
    pub(crate) needs_drop: bool,
}
