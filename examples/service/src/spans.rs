//! A span for each request, as services have them for their logs.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, info_span};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Answers a request in a span.
pub(crate) async fn in_span(request: Request, next: Next) -> Response {
    next.run(request).instrument(info_span!("request")).await
}

/// Collects the spans. With objgraph, each is a scope.
pub(crate) fn collect() {
    let spans = tracing_subscriber::registry();
    #[cfg(feature = "objgraph")]
    let spans =
        tracing_subscriber::layer::SubscriberExt::with(spans, objgraph::scope::SpanScopes::new());
    spans.init();
}
