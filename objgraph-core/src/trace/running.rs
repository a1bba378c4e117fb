//! Traces that run at the same time, in other threads or nested.
//!
//! A trace holds a lock while it visits what is in it, so another trace may find the lock held
//! though the program does not hold it. That must not hide a leak from either: while another trace
//! runs, a trace tries a lock several times.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Maximum number of times that a lock is tried. The program usually holds a lock for longer than
/// that, and a trace only during the visit of one value.
const TRIES: u32 = 200;

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Maximum number of nested traces of one thread that visit values, each started by a visit of the
/// one before.
const DEPTH: u32 = 2;

thread_local! {
    /// Number of traces of this thread that run.
    static RUNNING_HERE: Cell<u32> = const { Cell::new(0) };
}

/// Registers a trace as running while it exists.
pub(super) struct RunningTrace(());

impl RunningTrace {
    pub(super) fn begin() -> Self {
        // Relaxed, here and below: the number stands for itself. A trace that misses another only
        // tries a lock less often.
        RUNNING.fetch_add(1, Ordering::Relaxed);
        RUNNING_HERE.set(RUNNING_HERE.get() + 1);
        Self(())
    }

    /// Whether this trace is nested so deep that it must visit nothing: a visit that takes a
    /// snapshot would otherwise never end.
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

/// Whether a trace runs in this thread.
#[cfg(all(feature = "dump", any(debug_assertions, feature = "always")))]
pub(crate) fn is_tracing() -> bool {
    RUNNING_HERE.get() > 0
}

/// Calls `take`, and calls it a few times more if it returns nothing while another trace runs.
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
