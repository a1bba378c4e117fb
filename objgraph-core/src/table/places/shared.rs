//! The weak handles to the values of `Arc`, which any thread may create, visit and drop.

use std::sync::Arc;

use crate::lock::{Mutex, patiently};
use crate::object_id::ObjectId;
use crate::table::erased::ArcValue;
use crate::table::places::chunks::{self, CHUNK, Chunk, Side};
use crate::table::places::handle_locks::{HandleGuard, HandleLock, SharedHandle};
use crate::table::places::magazine::{Hold, Store};
use crate::table::places::pool::Pool;

#[inline(always)]
fn locked(chunk: &'static Chunk, place: u32) -> Option<&'static HandleLock> {
    match &chunk.side {
        Side::Shared(handles) => Some(&handles[(place % CHUNK) as usize]),
        Side::Local(_) | Side::Bare => None,
    }
}

/// Locks the handle of an object to which the caller has the last pointer, or a place that only the
/// caller has. No code of the user may run until the guard is dropped. `None` in the child of a
/// fork, if another thread of the parent held the lock.
#[inline]
pub(crate) fn hold(chunk: &'static Chunk, place: u32) -> Option<HandleGuard> {
    let locked = locked(chunk, place)?;
    match locked.try_lock() {
        // Another thread copies the handle: a few instructions.
        None => patiently(|| locked.try_lock()),
        held => held,
    }
}

/// As [`hold`], but `None` if another thread copies the handle just now.
#[inline(always)]
pub(crate) fn try_hold(chunk: &'static Chunk, place: u32) -> Option<HandleGuard> {
    match locked(chunk, place) {
        Some(locked) => locked.try_lock(),
        None => None,
    }
}

/// Stores the handle to a new object, and releases its lock.
#[inline(always)]
pub(crate) fn put(mut hold: HandleGuard, handle: SharedHandle) {
    // A free place has no handle, so there is nothing to drop.
    std::mem::forget(std::mem::replace(&mut *hold, handle));
}

/// Copies the handle of an object that may die at any time.
pub(crate) fn copy(id: ObjectId) -> SharedHandle {
    peek(id, Clone::clone)
}

/// Returns a strong handle to the value of an object that may die at any time, and the number of weak
/// handles that are not the table's. The caller hides the strong handle from the program.
pub(crate) fn upgrade(id: ObjectId) -> Option<(Arc<dyn ArcValue>, usize)> {
    peek(id, |handle| {
        let handle = handle.as_ref()?;
        let weak = handle.weak_count().saturating_sub(1);
        Some((handle.upgrade()?, weak))
    })
}

/// Returns the address of the allocation of an object that may die at any time. Makes no copy of
/// the handle, since the program could see it in a count.
pub(crate) fn address(id: ObjectId) -> Option<usize> {
    peek(id, |handle| {
        let handle = handle.as_ref()?;
        Some(handle.as_ptr().cast::<()>().addr())
    })
}

fn peek<R>(id: ObjectId, see: impl Fn(&SharedHandle) -> Option<R>) -> Option<R> {
    let chunk = chunks::of_place(id.place())?;
    let slot = chunk.slot(id.place());
    let locked = locked(chunk, id.place())?;
    // If the lock is held, it is for a few instructions, or the object is dead by the next turn.
    patiently(|| {
        if !slot.lives(id) {
            return Some(None);
        }
        let held = locked.try_lock()?;
        Some(if slot.lives(id) { see(&held) } else { None })
    })
    .flatten()
}

impl Hold for HandleGuard {
    fn side() -> Side {
        static HANDLES: Mutex<Pool<HandleLock>> = Mutex::new(Pool::new());
        Side::Shared(HANDLES.lock().cut())
    }

    fn of(chunk: &'static Chunk, place: u32) -> Option<Self> {
        // Another thread may hold the lock until it sees that its object is dead.
        hold(chunk, place)
    }

    fn store() -> &'static Store {
        static STORE: Store = Mutex::new(Vec::new());
        &STORE
    }
}
