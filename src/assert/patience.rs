//! Waiting for what is about to end: a thread on its way out, a lock about to be released.

use std::thread;
use std::time::{Duration, Instant};

use objgraph_core::Holder;

const FIRST: Duration = Duration::from_micros(1);
const LONGEST: Duration = Duration::from_millis(100);

/// Whether another thread may hold what has this holder, and let go of it.
pub(super) fn is_shared(holder: Holder) -> bool {
    !matches!(holder, Holder::Rc | Holder::StdRc)
}

/// Pauses that grow, and end.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    until: Option<Instant>,
    next: Duration,
}

impl Patience {
    /// Its pauses take this long together.
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            limit,
            until: None,
            next: FIRST,
        }
    }

    /// Waits: 1 µs at first, then twice as long each time, up to 100 ms. `false`, at once, if the
    /// time is over. It runs from the first pause.
    pub(super) fn pause(&mut self) -> bool {
        let now = Instant::now();
        let until = *self.until.get_or_insert_with(|| now + self.limit);
        let left = until.saturating_duration_since(now);
        if left.is_zero() {
            return false;
        }
        thread::sleep(self.next.min(left));
        self.next = (self.next * 2).min(LONGEST);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_end() {
        let mut patience = Patience::new(Duration::from_millis(2));
        let pauses = std::iter::from_fn(|| patience.pause().then_some(())).count();
        assert!((1..=12).contains(&pauses), "{pauses}");
        assert!(!Patience::new(Duration::ZERO).pause());
    }
}
