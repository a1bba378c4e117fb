//! The routes of objgraph-axum in an app.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;

/// Serves the app.
///
/// # Errors
///
/// Those of the socket.
pub async fn serve(listener: TcpListener) -> std::io::Result<()> {
    let app = Router::new()
        // … the routes of the app …
        .nest_service("/debug/objgraph", objgraph_axum::router());
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await
}
