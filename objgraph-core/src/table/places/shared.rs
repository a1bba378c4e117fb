//! The handles to values of `Arc`, which any thread may make, look at and drop.
//!
//! Each handle has a lock of its own. While a place is unused, whoever has it to make an object
//! in holds the lock: to put a handle in is then a plain store, and so is to let the lock go. The
//! thread that drops the object takes the lock and keeps it for the object that it makes next, so
//! a life costs one atomic exchange. (Where many more are dropped than made, the locks are let go,
//! and taken again with the places.)
//!
//! The lock is spin's, not parking_lot's as elsewhere: parking_lot unlocks by a second atomic
//! exchange, since threads may be parked, and made an `Arc` that lives for a moment 2.6 instead of
//! 2.3 times as slow as std's. Nobody waits for these locks for longer than a few instructions.

use std::sync::Weak;

use crate::lock::{Mutex, patiently};
use crate::object_id::ObjectId;
use crate::table::erased::SharedErased;
use crate::table::places::chunks::{self, CHUNK, Chunk, Side};
use crate::table::places::magazine::{Hold, Store};
use crate::table::places::pool::Pool;
use spin::mutex::{SpinMutex, SpinMutexGuard};

/// The handles to the values of a chunk.
pub(crate) type Handles = [Locked; CHUNK as usize];

type Locked = SpinMutex<Handle>;

/// A handle to a value. `None` where nothing may look at what lives here.
pub(crate) type Handle = Option<Weak<dyn SharedErased>>;

/// A handle whose lock is held.
pub(crate) type Held = SpinMutexGuard<'static, Handle>;

#[inline]
fn locked(chunk: &'static Chunk, place: u32) -> Option<&'static Locked> {
    match &chunk.side {
        Side::Shared(handles) => Some(&handles[usize::from(place as u8)]),
        Side::Local(_) | Side::Bare => None,
    }
}

/// The handle of an object that lives, for whoever has the object in hand: none else can take it
/// for good. It is locked, and no code of the user may run until it is dropped. `None` in the child
/// of a fork if another thread of the parent was about to copy the handle.
#[inline]
pub(crate) fn hold(chunk: &'static Chunk, place: u32) -> Option<Held> {
    let locked = locked(chunk, place)?;
    match locked.try_lock() {
        // Another thread copies the handle, or takes it: a few instructions.
        None => patiently(|| locked.try_lock()),
        held => held,
    }
}

/// The same, if no other thread is about to copy the handle.
#[inline]
pub(crate) fn try_hold(chunk: &'static Chunk, place: u32) -> Option<Held> {
    locked(chunk, place)?.try_lock()
}

/// Puts the handle to a new object in, and lets its lock go.
#[inline]
pub(crate) fn put(mut hold: Held, handle: Handle) {
    // There is none in an unused place, so there is nothing to drop.
    std::mem::forget(std::mem::replace(&mut *hold, handle));
}

/// A copy of the handle of an object that may die at any time.
pub(crate) fn copy(id: ObjectId) -> Handle {
    peek(id, Clone::clone)
}

/// Where the allocation of such an object is. No copy is made, which others would count.
pub(crate) fn address(id: ObjectId) -> Option<usize> {
    peek(id, |handle| {
        let handle = handle.as_ref()?;
        Some(handle.as_ptr().cast::<()>().addr())
    })
}

fn peek<R>(id: ObjectId, see: impl Fn(&Handle) -> Option<R>) -> Option<R> {
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

impl Hold for Held {
    fn side() -> Side {
        static HANDLES: Mutex<Pool<Locked>> = Mutex::new(Pool::new());
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
