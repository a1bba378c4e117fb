//! Numbers for a metrics system.

use objgraph_core::counts;

use super::find_leaks;
use crate::analysis::Leaks;
use crate::export::{metrics, metrics_with};

/// Returns what is alive as text of OpenMetrics, by type and creation site: the answer to a scrape
/// of Prometheus. Send it with [`CONTENT_TYPE`](crate::metrics::CONTENT_TYPE).
///
/// Reads the [counters](crate::alive::counts) and takes no snapshot: O(types · sites), whatever the
/// number of objects, and no thread that creates or drops objects waits. Beside the counters, it
/// looks at each object that was given to [`watch`](crate::watch()). While other threads create and
/// drop objects, the numbers may be of slightly different moments.
///
/// ```
/// let text = objgraph::metrics_text();
/// assert!(text.ends_with("# EOF\n"));
///
/// let sessions: Vec<_> = (0..3).map(|_| objgraph::rc::Rc::new([0u8; 16])).collect();
/// let text = objgraph::metrics_text();
/// if objgraph::ENABLED {
///     let line = text.lines().find(|line| line.starts_with("objgraph_objects{type=\"[u8; 16]\""));
///     assert!(line.is_some_and(|line| line.ends_with("} 3")), "{text}");
/// }
/// # drop(sessions);
/// ```
#[must_use]
pub fn metrics_text() -> String {
    metrics(&counts())
}

/// Returns what [`metrics_text`] returns, and what has leaked, what each type retains, and how much
/// of it could be traced.
///
/// Takes a [`snapshot`](crate::snapshot()), and looks for leaks as [`find_leaks`] does: too much
/// for a scrape every few seconds.
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
/// use std::cell::OnceCell;
///
/// #[derive(Tracked)]
/// struct Ring(OnceCell<Rc<Ring>>);
///
/// let ring = Rc::new(Ring(OnceCell::new()));
/// let _ = ring.0.set(ring.clone());
/// drop(ring);
/// let text = objgraph::metrics::traced_metrics_text();
/// if objgraph::ENABLED {
///     assert!(text.contains("objgraph_leaks{fingerprint=\"leak-"), "{text}");
/// }
/// ```
#[must_use]
pub fn traced_metrics_text() -> String {
    metrics_text_with(&find_leaks())
}

/// Returns what [`traced_metrics_text`] returns, for leaks that were found already.
#[must_use]
pub fn metrics_text_with(leaks: &Leaks) -> String {
    metrics_with(&counts(), leaks)
}
