//! Places: a slot for each object, in chunks that any thread reads without a lock, and the free
//! lists of places for the next objects.
//!
//! `chunks` has the slots. `values`, `shared` and `bare` differ in where the weak handle of an
//! object is: in its thread, behind a lock of its own, nowhere. `magazine` holds the free places of
//! a thread, `left` the chunks of threads that ended.

pub(crate) mod bare;
pub(crate) mod chunks;
pub(crate) mod handle_locks;
pub(crate) mod left;
pub(crate) mod magazine;
pub(crate) mod pool;
pub(crate) mod segments;
pub(crate) mod shared;
pub(crate) mod values;

/// Number of slots of a chunk: as many as a `u8` distinguishes.
pub(crate) const CHUNK: u32 = 256;
