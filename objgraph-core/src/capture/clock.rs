//! The clock of the process: it counts how often what is alive was asked for.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::object_id::ObjectId;

static EPOCH: AtomicU32 = AtomicU32::new(0);

/// The epoch that objects made now are born in.
#[inline]
pub(crate) fn epoch() -> u32 {
    EPOCH.load(Ordering::Relaxed)
}

/// Begins a new epoch and gives it: objects born in it or later are new since.
pub(crate) fn advance_epoch() -> u32 {
    EPOCH.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
}

/// A name for a value that is not in the table.
pub(crate) fn next_outside_id() -> ObjectId {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    ObjectId::outside_table(NEXT.fetch_add(1, Ordering::Relaxed))
}
