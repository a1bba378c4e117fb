//! Traces that run at the same time.
//!
//! A trace holds a lock while it visits what is in it, so another trace can find it held though
//! the program holds none. A leak that one of them would have seen must not be hidden by that:
//! while another trace runs, a lock that is held is tried again a few times.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How often a lock is tried, at most. What the program holds is held for longer, as a rule; what
/// a trace holds, for the visit of one value.
const TRIES: u32 = 200;

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Says that a trace runs, as long as it is there.
pub(super) struct Running(());

impl Running {
    pub(super) fn begin() -> Self {
        RUNNING.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
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
