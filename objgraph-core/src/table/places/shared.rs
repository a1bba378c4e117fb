//! The handles to values of `Arc`, which any thread may make, look at and drop.

use crate::lock::{Mutex, patiently};
use crate::object_id::ObjectId;
use crate::table::places::chunks::{self, Chunk, Side};
use crate::table::places::handle_locks::{HandleGuard, HandleLock, SharedHandle};
use crate::table::places::magazine::{Hold, Store};
use crate::table::places::pool::Pool;
#[inline]
fn locked(chunk: &'static Chunk, place: u32) -> Option<&'static HandleLock> {
    match &chunk.side {
        Side::Shared(handles) => Some(&handles[usize::from(place as u8)]),
        Side::Local(_) | Side::Bare => None,
    }
}

/// The handle of an object that lives, for whoever has the object in hand: none else can take it
/// for good. It is locked, and no code of the user may run until it is dropped. `None` in the child
/// of a fork if another thread of the parent was about to copy the handle.
#[inline]
pub(crate) fn hold(chunk: &'static Chunk, place: u32) -> Option<HandleGuard> {
    let locked = locked(chunk, place)?;
    match locked.try_lock() {
        // Another thread copies the handle, or takes it: a few instructions.
        None => patiently(|| locked.try_lock()),
        held => held,
    }
}

/// The same, if no other thread is about to copy the handle.
#[inline]
pub(crate) fn try_hold(chunk: &'static Chunk, place: u32) -> Option<HandleGuard> {
    locked(chunk, place)?.try_lock()
}

/// Puts the handle to a new object in, and lets its lock go.
#[inline]
pub(crate) fn put(mut hold: HandleGuard, handle: SharedHandle) {
    // There is none in an unused place, so there is nothing to drop.
    std::mem::forget(std::mem::replace(&mut *hold, handle));
}

/// A copy of the handle of an object that may die at any time.
pub(crate) fn copy(id: ObjectId) -> SharedHandle {
    peek(id, Clone::clone)
}

/// Where the allocation of such an object is. No copy is made, which others would count.
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
    // It is locked for a moment, or else the object is dead by now.
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
        // Another thread may be about to find out that what it looks for is dead.
        hold(chunk, place)
    }

    fn store() -> &'static Store {
        static STORE: Store = Mutex::new(Vec::new());
        &STORE
    }
}
