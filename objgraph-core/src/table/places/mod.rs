//! Places: a slot for each object, in chunks that any thread reads without a lock, and the unused
//! ones that wait for the next object.

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
