//! Epochs: the clock of the process, which advances with each query for what is alive.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::lock::Mutex;
use crate::platform::Instant;

use crate::object_id::ObjectId;

static EPOCH: AtomicU32 = AtomicU32::new(0);

/// Returns the epoch that objects are born in now.
#[inline(always)]
pub(crate) fn epoch() -> u32 {
    // Relaxed: pairs with the addition of `advance_epoch`. An object that another thread creates at
    // that moment may be of either epoch; one that is created after a signal from this thread is of
    // the new one, because the signal orders both.
    EPOCH.load(Ordering::Relaxed)
}

/// When epochs began, sorted. Older ones are thinned out.
static BEGUN: Mutex<Vec<(u32, Instant)>> = Mutex::new(Vec::new());

/// Maximum number of beginnings that are remembered.
const REMEMBERED: usize = 512;

/// Begins a new epoch, and returns it. Objects born in it or later are new since this call.
pub(crate) fn advance_epoch() -> u32 {
    let mut begun = BEGUN.lock();
    // Relaxed: see `epoch`. The lock orders those who advance.
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

/// Returns how long ago epochs began, as far as that is remembered, sorted by epoch. Epoch 0 is not
/// included: it began with the process.
pub(crate) fn epochs() -> Vec<(u32, Duration)> {
    let now = Instant::now();
    let begun = BEGUN.lock();
    begun
        .iter()
        .map(|&(epoch, begun)| (epoch, now.duration_since(begun)))
        .collect()
}

/// Returns how long ago an epoch was, at least, and at most if that is known, given how long ago epochs
/// began.
pub(crate) fn age_in(epochs: &[(u32, Duration)], epoch: u32) -> (Duration, Option<Duration>) {
    let next = epochs.partition_point(|begun| begun.0 <= epoch);
    let before = next.checked_sub(1).and_then(|at| epochs.get(at));
    (
        epochs.get(next).map_or(Duration::ZERO, |begun| begun.1),
        before.map(|begun| begun.1),
    )
}

/// Returns a new id for a value that is not in the table.
pub(crate) fn next_outside_id() -> ObjectId {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    // Relaxed: the number only has to be unique.
    ObjectId::outside_table(NEXT.fetch_add(1, Ordering::Relaxed))
}
