//! Everything that objgraph adds to the service.

use std::time::Duration;

use axum::Router;
use axum::routing::get;

/// Adds the routes of objgraph, and begins to watch what grows.
pub(crate) fn watched(router: Router, _every: Duration) -> (Router, ()) {
    let router = router
        .route("/debug/objgraph/metrics", get(async || ([("content-type", objgraph::metrics::CONTENT_TYPE)], objgraph::metrics_text())))
        .route("/debug/objgraph/leaks", get(async || objgraph::find_leaks().to_string()))
        .route("/debug/objgraph/pprof", get(async || objgraph::pprof()));
    (router, ())
}
