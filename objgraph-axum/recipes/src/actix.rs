//! Metrics and profiles from an app of actix.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, Result, get, web};
use objgraph::metrics_text;

#[get("/metrics")]
async fn metrics() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(objgraph::metrics::CONTENT_TYPE)
        .body(metrics_text())
}

#[get("/pprof")]
async fn pprof() -> Result<HttpResponse> {
    // It traces every object, so it does not run on a thread of the executor.
    let profile = web::block(objgraph::pprof).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .body(profile))
}

/// Serves on this thread, until the process ends.
///
/// # Errors
///
/// Those of the socket.
pub fn serve(listener: TcpListener) -> std::io::Result<()> {
    let app = || App::new().service(metrics).service(pprof);
    let server = HttpServer::new(app).workers(1).disable_signals();
    actix_web::rt::System::new().block_on(server.listen(listener)?.run())
}
