//! Everything that objgraph adds to the service: its routes, a watcher, and a scope for each request.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use objgraph::growth::RunningWatch;
use objgraph::scope::{SpanScopes, alive_in};
use tracing::{Instrument as _, info_span};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Adds the routes of objgraph, and begins to watch what grows, until the watch is dropped.
pub(crate) fn watched(router: Router, every: Duration) -> io::Result<(Router, RunningWatch)> {
    tracing_subscriber::registry()
        .with(SpanScopes::new())
        .init();
    let watch = objgraph::watch_growth(every)
        // The caches fill meanwhile.
        .warm_up(4 * every)
        .on_report(print)
        .start()?;
    let router = router
        .layer(middleware::from_fn(in_span))
        .route("/debug/requests", get(async move || left_behind(every)))
        .nest_service("/debug/objgraph", objgraph_axum::router());
    Ok((router, watch))
}

/// Answers a request in a span, which is a scope.
async fn in_span(request: Request, next: Next) -> Response {
    next.run(request).instrument(info_span!("request")).await
}

/// Returns what requests left behind that ended long ago.
fn left_behind(every: Duration) -> String {
    alive_in("request").older_than(4 * every).to_string()
}

#[expect(clippy::print_stderr, reason = "a program for a terminal")]
fn print(report: &objgraph::growth::WatchReport) {
    eprintln!("{report}");
}
