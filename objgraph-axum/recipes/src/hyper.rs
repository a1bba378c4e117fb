//! Metrics and profiles from a service of hyper.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use objgraph::{metrics, metrics_text, pprof};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

/// Answers a request.
///
/// # Errors
///
/// Those of a header that is not text: none.
pub async fn debug(request: Request<Incoming>) -> hyper::http::Result<Response<Full<Bytes>>> {
    let (media_type, body) = match request.uri().path() {
        "/metrics" => (metrics::CONTENT_TYPE, metrics_text().into_bytes()),
        // It traces every object, so it does not run on a thread of the executor.
        "/pprof" => (
            "application/octet-stream",
            spawn_blocking(pprof).await.unwrap_or_default(),
        ),
        _ => ("text/plain", b"There are: /metrics, /pprof.".to_vec()),
    };
    let response = Response::builder().header(CONTENT_TYPE, media_type);
    response.body(Full::new(body.into()))
}

/// Serves until the process ends.
///
/// # Errors
///
/// Those of the socket.
pub async fn serve(listener: TcpListener) -> std::io::Result<()> {
    loop {
        let stream = TokioIo::new(listener.accept().await?.0);
        tokio::spawn(http1::Builder::new().serve_connection(stream, service_fn(debug)));
    }
}
