//! Time, without the time that this thread waited for a processor.

use std::fs;
use std::time::{Duration, Instant};

/// A clock that stands still while this thread could run and another one has the processor.
///
/// What the thread waits for by itself (a lock, another thread) counts. Where the system does
/// not tell, it is the time of the wall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    begun: Instant,
    waited: Duration,
}

impl Clock {
    /// Starts.
    pub(crate) fn start() -> Self {
        loop {
            let before = Instant::now();
            let waited = waited();
            let begun = Instant::now();
            // Else it may have waited since it was asked how long it has waited.
            if begun - before < UNDISTURBED {
                return Self { begun, waited };
            }
        }
    }

    /// Seconds since the start.
    pub(crate) fn seconds(self) -> f64 {
        let now = self.begun.elapsed();
        let waited = waited().saturating_sub(self.waited);
        let later = self.begun.elapsed();
        // If it waited between the two, that is in both or in neither.
        let wall = if later - now < UNDISTURBED {
            now
        } else {
            later
        };
        wall.saturating_sub(waited).as_secs_f64()
    }
}

/// More than it takes to ask the system once, and less than a thread waits when it has to.
const UNDISTURBED: Duration = Duration::from_micros(200);

/// How long this thread has been ready to run and did not: the second number of Linux' schedstat.
fn waited() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split_whitespace().nth(1);
    Duration::from_nanos(nanoseconds.and_then(|n| n.parse().ok()).unwrap_or(0))
}
