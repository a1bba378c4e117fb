//! Handles are not known: the feature `owners` is off.

use std::any::TypeId;
use std::collections::HashSet;
use std::panic::Location;

use crate::capture::HandleListed;
use crate::follow::LastDrop;
use crate::object_id::ObjectId;

/// What names a handle: nothing.
pub(in super::super) struct Handle;

impl Handle {
    pub(in super::super) const NONE: Self = Self;

    #[inline(always)]
    pub(in super::super) fn strong(_: Option<ObjectId>) -> Self {
        Self
    }

    #[inline(always)]
    pub(in super::super) fn strong_at(_: Option<ObjectId>, _: &'static Location<'static>) -> Self {
        Self
    }

    #[inline(always)]
    pub(in super::super) fn weak(_: Option<ObjectId>) -> Self {
        Self
    }

    #[inline(always)]
    pub(in super::super) fn another_weak(&self) -> Self {
        Self
    }

    #[inline(always)]
    pub(in super::super) fn promised() -> Self {
        Self
    }

    #[inline(always)]
    pub(in super::super) fn keep_promise(&self, _: Option<ObjectId>) {}

    #[inline(always)]
    pub(in super::super) fn take(&mut self) -> Self {
        Self
    }

    #[inline(always)]
    pub(in super::super) fn number(&self) -> Option<u64> {
        None
    }
}

/// Nothing, for the handles that a thread makes next.
pub(in super::super) struct Spares;

impl Spares {
    pub(in super::super) const fn new() -> Self {
        Self
    }

    pub(in super::super) fn was_used(&self) -> bool {
        false
    }

    pub(in super::super) fn give_back(&mut self) {}
}

/// What an object's slot knows of the last drop of a handle to it: nothing.
#[derive(Default)]
pub(in super::super) struct Mark;

impl Mark {
    #[inline(always)]
    pub(in super::super) fn clear(&self) {}

    pub(in super::super) fn origin(&self) -> Option<u32> {
        None
    }
}

/// Weak handles to a value that is moved elsewhere.
#[inline(always)]
pub(in super::super) fn value_moved(_: Option<ObjectId>) {}

pub(in super::super) fn origins_of_living(_: &mut HashSet<u32>) {}

pub(crate) fn handles() -> Vec<HandleListed> {
    Vec::new()
}

pub(crate) fn handles_of(_: impl Iterator<Item = u64>) -> Vec<HandleListed> {
    Vec::new()
}

pub(crate) fn still_there(_: &HandleListed) -> bool {
    false
}

pub(crate) fn follow(_: TypeId) {}

pub(crate) fn last_drop(_: ObjectId) -> Option<LastDrop> {
    None
}
