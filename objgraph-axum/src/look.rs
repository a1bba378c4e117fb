//! What the last search for leaks found, as the page shows it.

use std::time::Instant;

use objgraph::leaks::Leaks;

/// Maximum number of bytes of a report that is kept for the page.
const REPORT: usize = 1 << 16;

/// What a search for leaks found. It has no snapshot.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) taken: Instant,
    pub(crate) leaked: usize,
    pub(crate) kinds: usize,
    pub(crate) likely: usize,
    pub(crate) traced: usize,
    pub(crate) untraced: usize,
    /// Whether nothing that could not be traced can hide a leak.
    pub(crate) is_complete: bool,
    pub(crate) report: String,
    pub(crate) coverage: String,
}

impl Look {
    pub(crate) fn of(leaks: &Leaks) -> Self {
        let coverage = leaks.coverage();
        Self {
            taken: Instant::now(),
            leaked: leaks.len(),
            kinds: leaks.kinds().all().len(),
            likely: leaks.likely_leaked().len(),
            traced: coverage.traced(),
            untraced: coverage.untraced(),
            is_complete: coverage.is_complete() && leaks.likely_leaked().len() == 0,
            report: shortened(leaks.to_string()),
            coverage: shortened(coverage.to_string()),
        }
    }
}

fn shortened(mut text: String) -> String {
    if text.len() > REPORT {
        text.truncate(text.floor_char_boundary(REPORT));
        text.push_str("\n… the rest is in `leaks`");
    }
    text
}
