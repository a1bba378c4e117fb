//! Traces that run at the same time, in other threads or inside each other.
//!
//! A trace holds a lock while it visits what is in it, so another trace can find it held though
//! the program holds none. A leak that one of them would have seen must not be hidden by that:
//! while another trace runs, a lock that is held is tried again a few times.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How often a lock is tried, at most. What the program holds is held for longer, as a rule; what
/// a trace holds, for the visit of one value.
const TRIES: u32 = 200;

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// How many traces of one thread may run inside each other, each asked for by a visit of the one
/// before, and look into values.
const DEPTH: u32 = 2;

thread_local! {
    /// How many traces of this thread run.
    static RUNNING_HERE: Cell<u32> = const { Cell::new(0) };
}

/// Says that a trace runs, as long as it is there.
pub(super) struct RunningTrace(());

impl RunningTrace {
    pub(super) fn begin() -> Self {
        // Relaxed, here and below: the number stands for itself. A trace that misses another only
        // tries a lock less often.
        RUNNING.fetch_add(1, Ordering::Relaxed);
        RUNNING_HERE.set(RUNNING_HERE.get() + 1);
        Self(())
    }

    /// Whether so many traces of this thread run that this one must not look into values: a visit
    /// that asks for a snapshot would do so for ever.
    pub(super) fn is_too_deep(&self) -> bool {
        RUNNING_HERE.get() > DEPTH
    }
}

impl Drop for RunningTrace {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
        RUNNING_HERE.set(RUNNING_HERE.get() - 1);
    }
}

/// What `take` gives; where that is nothing and another trace runs, it is asked a few times more.
pub(crate) fn patiently<G>(take: impl Fn() -> Option<G>) -> Option<G> {
    let mut taken = take();
    let mut tries = 1;
    while taken.is_none() && tries < TRIES && RUNNING.load(Ordering::Relaxed) > 1 {
        thread::yield_now();
        taken = take();
        tries += 1;
    }
    taken
}
