//! What the routes share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use objgraph::leaks::Leaks;

use crate::access::Guard;
use crate::growth::{Growth, Moment};
use crate::look::Look;
use crate::traces::Traces;

/// What the routes share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) guard: Guard,
    pub(crate) has_labels: bool,
    pub(crate) traces: Traces,
    /// The counts when the router was made.
    start: Moment,
    /// The counts at the last request for growth; `None` before the first.
    last: Mutex<Option<Moment>>,
    look: Arc<Mutex<Option<Look>>>,
}

impl State {
    pub(crate) fn new(guard: Guard, has_labels: bool, traces: Traces) -> Self {
        Self {
            guard,
            has_labels,
            traces,
            start: Moment::now(),
            last: Mutex::default(),
            look: Arc::default(),
        }
    }

    /// Returns growth since the router was made.
    pub(crate) fn growth_since_start(&self) -> Growth {
        Moment::now().since(&self.start)
    }

    /// Returns growth since the last call, and whether there was one: if not, growth is since the router
    /// was made.
    pub(crate) fn growth_since_last(&self) -> (Growth, bool) {
        let now = Moment::now();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let growth = now.since(last.as_ref().unwrap_or(&self.start));
        (growth, last.replace(now).is_some())
    }

    /// Returns what the last search for leaks found.
    pub(crate) fn look(&self) -> Option<Look> {
        let look = self.look.lock().unwrap_or_else(PoisonError::into_inner);
        look.clone()
    }

    /// Returns a function that keeps what a search for leaks found.
    pub(crate) fn keep_look(&self) -> impl FnOnce(&Leaks) + Send + use<> {
        let kept = Arc::clone(&self.look);
        move |leaks| {
            let look = Look::of(leaks);
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let is_newer = |old: &Look| old.taken > look.taken;
            if !kept.as_ref().is_some_and(is_newer) {
                *kept = Some(look);
            }
        }
    }

    /// Returns the moment when the router was made.
    pub(crate) fn started(&self) -> Instant {
        self.start.taken
    }
}
