//! Waits for what is about to end: a thread, the use of a lock, a drop.

use std::thread;
use std::time::Duration;

use objgraph_core::PointerKind;
use objgraph_core::platform::Instant;

/// The first pause.
const FIRST: Duration = Duration::from_micros(1);
/// Maximum length of a pause.
const LONGEST: Duration = Duration::from_millis(100);

/// Returns whether another thread may hold an object behind this kind of pointer, and drop it.
pub(super) fn is_shared(pointer_kind: PointerKind) -> bool {
    !matches!(pointer_kind, PointerKind::Rc | PointerKind::StdRc)
}

/// Pauses that grow, up to a limit for all of them together.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    until: Option<Instant>,
    next: Duration,
}

impl Patience {
    /// Returns pauses that take `limit` together.
    pub(super) fn new(limit: Duration) -> Self {
        Self {
            limit,
            until: None,
            next: FIRST,
        }
    }

    /// Waits 1 µs at first, then twice as long each time, up to 100 ms. Returns `false` at once if
    /// the limit is reached, which is measured from the first pause.
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
