//! The clock of the process: it counts how often what is alive was asked for.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::lock::Mutex;

use crate::object_id::ObjectId;

static EPOCH: AtomicU32 = AtomicU32::new(0);

/// The epoch that objects made now are born in.
#[inline]
pub(crate) fn epoch() -> u32 {
    EPOCH.load(Ordering::Relaxed)
}

/// When epochs began, sorted. Of many, those further back are thinned out.
static BEGUN: Mutex<Vec<(u32, Instant)>> = Mutex::new(Vec::new());

/// So many beginnings are remembered.
const REMEMBERED: usize = 512;

/// Begins a new epoch and gives it: objects born in it or later are new since.
pub(crate) fn advance_epoch() -> u32 {
    let mut begun = BEGUN.lock();
    let epoch = EPOCH.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    begun.push((epoch, Instant::now()));
    if begun.len() > REMEMBERED {
        let mut number = 0;
        begun.retain(|_| {
            number += 1;
            number > REMEMBERED / 2 || number % 2 == 1
        });
    }
    epoch
}

/// How long ago epochs began, as far as it is remembered, sorted by epoch. Epoch 0 is not among
/// them: it began with the process.
pub(crate) fn epochs() -> Vec<(u32, Duration)> {
    let now = Instant::now();
    let begun = BEGUN.lock();
    begun
        .iter()
        .map(|&(epoch, begun)| (epoch, now.duration_since(begun)))
        .collect()
}

/// A name for a value that is not in the table.
pub(crate) fn next_outside_id() -> ObjectId {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    ObjectId::outside_table(NEXT.fetch_add(1, Ordering::Relaxed))
}
