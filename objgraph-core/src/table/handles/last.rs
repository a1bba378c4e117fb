//! The last drop of an owning handle to each object: by which thread, when about, and where the
//! handle was made.
//!
//! To read the clock takes longer than all else that a drop does, so a thread reads it for its
//! first drops and for one in 64 after these, and all threads share what was read last.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What an object's slot knows of the last drop. Threads that drop handles to one object at one
/// time may mix their words.
#[derive(Default)]
pub(crate) struct DropMark {
    /// 0 before the first drop.
    order: AtomicU64,
    origin: AtomicU32,
    site: AtomicU32,
}

/// What is known of the last drop of a handle to an object.
#[derive(Clone, Copy)]
pub(crate) struct HandleDrop {
    /// In the order of drops: of one thread exactly, of several as exact as the clock.
    pub(crate) order: u64,
    /// Where it was dropped.
    pub(crate) origin: u32,
    /// Where the handle was made.
    pub(crate) site: u32,
}

impl DropMark {
    /// An object is born.
    #[inline]
    pub(crate) fn clear(&self) {
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

    /// Where the last drop was, if there was one.
    pub(crate) fn origin(&self) -> Option<u32> {
        self.get().map(|dropped| dropped.origin)
    }
}

impl HandleDrop {
    /// How long ago it was, at most.
    pub(crate) fn age(self) -> Duration {
        since_begin().saturating_sub(Duration::from_nanos(self.order))
    }
}

/// So many drops of a thread share a reading of the clock, and so many read it at first.
const EACH: u64 = 64;

/// The time that was read last, in nanoseconds, a multiple of [`EACH`]. Each reading is later than
/// the one before.
static NOW: AtomicU64 = AtomicU64::new(0);

fn since_begin() -> Duration {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    BEGIN.get_or_init(Instant::now).elapsed()
}

/// Reads the clock.
#[cold]
#[inline(never)]
pub(crate) fn read_clock() {
    let now = u64::try_from(since_begin().as_nanos()).unwrap_or(u64::MAX / 2);
    let later = |before: u64| Some((before + EACH).max(now / EACH * EACH));
    // It cannot fail.
    let _ = NOW.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
}

/// Counts the drops of a thread.
pub(crate) struct DropClock {
    /// So many drops more share this reading.
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

    /// The order of a drop that happens now; `None` if the clock is to be read first.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        // After all drops of the reading before.
        Some(NOW.load(Ordering::Relaxed).wrapping_sub(self.left))
    }

    /// The clock is to be read before the next drop.
    pub(crate) fn read_next(&mut self) {
        self.left = 0;
    }

    /// The order of any drop: reads the clock if it is to be read.
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
