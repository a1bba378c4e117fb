//! The last drop of an owning handle to each object: on which thread, at about which time, and
//! where the handle was created.
//!
//! Reading the clock takes longer than the rest of a drop, so a thread reads it for its first 64
//! drops and for one in 64 afterwards, and all threads share the time that was read last.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::lock::Mutex;
use crate::platform::Instant;

/// What a slot records of the last drop. If several threads drop handles to one object at the same
/// time, the words of their drops may mix.
#[derive(Default)]
pub(crate) struct DropMark {
    /// 0 before the first drop.
    order: AtomicU64,
    origin: AtomicU32,
    site: AtomicU32,
}

/// The last drop of a handle to an object.
#[derive(Clone, Copy)]
pub(crate) struct HandleDrop {
    /// Orders drops: exactly those of one thread, and as exactly as the clock those of several.
    pub(crate) order: u64,
    /// The number of the thread and scope that dropped it.
    pub(crate) origin: u32,
    /// The number of the site that created the handle.
    pub(crate) site: u32,
}

impl DropMark {
    pub(crate) const fn new() -> Self {
        Self {
            order: AtomicU64::new(0),
            origin: AtomicU32::new(0),
            site: AtomicU32::new(0),
        }
    }

    /// Clears the mark for a new object.
    #[inline]
    pub(crate) fn clear(&self) {
        // Relaxed, here and below: no word of the mark is published with another. Readers tolerate
        // a mix, and `Slot::birth` publishes the cleared mark with the object.
        self.order.store(0, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn set(&self, dropped: HandleDrop) {
        self.order.store(dropped.order, Ordering::Relaxed);
        self.origin.store(dropped.origin, Ordering::Relaxed);
        self.site.store(dropped.site, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<HandleDrop> {
        let order = self.order.load(Ordering::Relaxed);
        (order != 0).then(|| HandleDrop {
            order,
            origin: self.origin.load(Ordering::Relaxed),
            site: self.site.load(Ordering::Relaxed),
        })
    }

    /// Returns the origin of the last drop, if there was one.
    pub(crate) fn origin(&self) -> Option<u32> {
        self.get().map(|dropped| dropped.origin)
    }
}

impl HandleDrop {
    /// Returns how long ago it was, at most.
    pub(crate) fn age(self) -> Duration {
        since_begin().saturating_sub(Duration::from_nanos(self.order))
    }
}

/// Number of drops of a thread that share a reading of the clock, and number of its first drops
/// that do not.
const EACH: u64 = 64;

/// The time that was read last, in nanoseconds, a multiple of [`EACH`]. Each reading is later than
/// the one before.
static NOW: AtomicU64 = AtomicU64::new(0);

fn since_begin() -> Duration {
    static BEGIN: Mutex<Option<Instant>> = Mutex::new(None);
    BEGIN.lock().get_or_insert_with(Instant::now).elapsed()
}

/// Reads the clock.
#[cold]
#[inline(never)]
pub(crate) fn read_clock() {
    let now = u64::try_from(since_begin().as_nanos()).unwrap_or(u64::MAX / 2);
    let later = |before: u64| Some((before + EACH).max(now / EACH * EACH));
    // It cannot fail: `later` always returns a value. Relaxed: pairs with the load of `next`. Only
    // the order of the readings matters, and all changes of one word have one order.
    let _ = NOW.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
}

/// Orders the drops of a thread.
pub(crate) struct DropClock {
    /// Number of drops that still share this reading.
    left: u64,
    readings: u64,
}

impl DropClock {
    pub(crate) const fn new() -> Self {
        Self {
            left: 0,
            readings: 0,
        }
    }

    /// Returns the order of a drop that happens now; `None` if the clock must be read first.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        // Later than all drops of the reading before. Relaxed: an older reading orders this drop
        // before those of other threads, no worse than the clock.
        Some(NOW.load(Ordering::Relaxed).wrapping_sub(self.left))
    }

    /// Makes the next drop read the clock.
    pub(crate) fn read_next(&mut self) {
        self.left = 0;
    }

    /// Returns the order of any drop, and reads the clock if it must.
    pub(crate) fn next_slowly(&mut self) -> u64 {
        if self.left == 0 {
            read_clock();
            self.readings += 1;
            self.left = if self.readings <= EACH { 1 } else { EACH };
        }
        self.next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_drops_of_a_thread_are_later() {
        let mut counter = DropClock::new();
        let orders: Vec<u64> = (0..1000).map(|_| counter.next_slowly()).collect();
        assert!(orders.is_sorted_by(|one, next| one < next));
        assert!(orders[0] > 0);
    }

    #[test]
    fn a_drop_after_those_of_another_thread_is_later_if_it_reads_the_clock() {
        let mut counter = DropClock::new();
        let first = counter.next_slowly();
        let another = std::thread::spawn(|| DropClock::new().next_slowly());
        let another = another.join().expect("it ends");
        assert!(first < another && another < counter.next_slowly());
    }
}
