//! Time, without the time that this thread waits for a processor.

use std::fs;
use std::time::{Duration, Instant};

/// A clock that stops while this thread is ready to run and another has the processor.
///
/// What the thread itself waits for (a lock, another thread) counts. Wall time, if the system does
/// not report the waiting time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    waited: Duration,
}

impl Clock {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        loop {
            let before = Instant::now();
            let waited = waited();
            let started = Instant::now();
            // Otherwise the thread may have waited since it read its waiting time.
            if started - before < UNDISTURBED {
                return Self { started, waited };
            }
        }
    }

    /// Returns the seconds since the start.
    pub(crate) fn seconds(self) -> f64 {
        let now = self.started.elapsed();
        let waited = waited().saturating_sub(self.waited);
        let later = self.started.elapsed();
        // If the thread waited between the two, that is included in both or in neither.
        let wall = if later - now < UNDISTURBED {
            now
        } else {
            later
        };
        wall.saturating_sub(waited).as_secs_f64()
    }
}

/// Longer than one query of the system takes, and shorter than a thread waits when it has to.
const UNDISTURBED: Duration = Duration::from_micros(200);

/// Returns how long this thread has been ready to run and did not: the second number of Linux'
/// schedstat.
fn waited() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split_whitespace().nth(1);
    Duration::from_nanos(nanoseconds.and_then(|n| n.parse().ok()).unwrap_or(0))
}
