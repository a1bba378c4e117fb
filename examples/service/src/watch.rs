//! What objgraph adds to the service: its routes, and a watcher.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use objgraph::growth::{RunningWatch, WatchReport};
use objgraph::scope::alive_in;

/// Adds the routes of objgraph, and begins to watch what grows, until the watch is dropped.
pub(crate) fn watched(router: Router, every: Duration) -> io::Result<(Router, RunningWatch)> {
    let watch = objgraph::watch_growth(every)
        // The caches fill meanwhile.
        .warm_up(4 * every)
        .on_report(print)
        .start()?;
    let router = router
        .route("/debug/requests", get(async move || left_behind(every)))
        .nest_service("/debug/objgraph", objgraph_axum::router());
    Ok((router, watch))
}

/// Returns what requests left behind that ended long ago.
fn left_behind(every: Duration) -> String {
    alive_in("request").older_than(4 * every).to_string()
}

#[expect(clippy::print_stderr, reason = "a program for a terminal")]
fn print(report: &WatchReport) {
    eprintln!("{report}");
}
