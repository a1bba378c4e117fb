//! Handles are not recorded: the feature `owners` is off.

use std::any::TypeId;
use std::collections::HashSet;
use std::panic::Location;

use crate::last_drop::LastDrop;
use crate::listing::ListedHandle;
use crate::object_id::ObjectId;

/// The record of a handle: nothing.
pub(crate) struct Handle;

impl Handle {
    pub(crate) const NONE: Self = Self;

    #[inline(always)]
    pub(crate) fn strong(_: impl FnOnce() -> Option<ObjectId>) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn strong_at(
        _: impl FnOnce() -> Option<ObjectId>,
        _: &'static Location<'static>,
    ) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn weak(_: Option<ObjectId>) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn another_weak(&self) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn promised() -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn keep_promise(&self, _: Option<ObjectId>) {}

    #[inline(always)]
    pub(crate) fn take(&mut self) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn number(&self) -> Option<u64> {
        None
    }
}

/// The spare entries of a thread: none.
pub(crate) struct SpareEntries;

impl SpareEntries {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn was_used(&self) -> bool {
        false
    }

    pub(crate) fn give_back(&mut self) {}
}

/// What a slot records of the last drop of a handle: nothing.
#[derive(Default)]
pub(crate) struct DropMark;

impl DropMark {
    pub(crate) const fn new() -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn clear(&self) {}

    pub(crate) fn origin(&self) -> Option<u32> {
        None
    }
}

/// Weak handles to a value that is moved elsewhere: nothing to record.
#[inline(always)]
pub(crate) fn record_move(_: Option<ObjectId>) {}

pub(crate) fn origins_of_living(_: &mut HashSet<u32>) {}

pub(crate) fn handles() -> Vec<ListedHandle> {
    Vec::new()
}

pub(crate) fn handles_of(_: impl Iterator<Item = u64>) -> Vec<ListedHandle> {
    Vec::new()
}

pub(crate) fn still_there(_: &ListedHandle) -> bool {
    false
}

pub(crate) fn follow(_: TypeId) {}

pub(crate) fn last_drop(_: ObjectId) -> Option<LastDrop> {
    None
}

/// The addresses of the records of handles: none.
#[allow(dead_code, reason = "used with the feature `scan`")]
pub(crate) struct HandleAddresses;

#[allow(dead_code, reason = "used with the feature `scan`")]
impl HandleAddresses {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn strong_handle_to(&self, _: ObjectId, _: usize) -> Option<u64> {
        None
    }
}
