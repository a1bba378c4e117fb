//! The locks of the handles to values of `Arc`.
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

use spin::mutex::{SpinMutex, SpinMutexGuard};

use super::CHUNK;
use crate::table::erased::SharedErased;

/// The handles to the values of a chunk.
pub(crate) type HandleLocks = [HandleLock; CHUNK as usize];

pub(crate) type HandleLock = SpinMutex<SharedHandle>;

/// A handle to a value. `None` where nothing may look at what lives here.
pub(crate) type SharedHandle = Option<Weak<dyn SharedErased>>;

/// A handle whose lock is held.
pub(crate) type HandleGuard = SpinMutexGuard<'static, SharedHandle>;
