//! A chat service: sessions, rooms, messages, and a cache of pages; with `--leak`, a leak.
//!
//! `observe.py` runs it under load with Prometheus, `compare.py` compares it with itself without
//! objgraph. The guide is `docs/service.md`.

mod chat;
mod pages;
mod pointers;
mod routes;
mod spans;
#[cfg(feature = "objgraph")]
mod watch;

use std::net::{Ipv4Addr, SocketAddr};

use chat::Chat;
use clap::Parser;
use pages::Pages;
use pointers::Arc;
use routes::App;

/// A chat service that can leak.
#[derive(Debug, Parser)]
struct Options {
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Forgets to leave the rooms of a session when it ends.
    #[arg(long)]
    leak: bool,
    /// Seconds between two looks of the watcher.
    #[cfg(feature = "objgraph")]
    #[arg(long, default_value_t = 300.0)]
    every: f64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let app = Arc::new(App {
        chat: Chat::new(options.leak),
        pages: Pages::new(),
    });
    spans::collect();
    let router = routes::router(app);
    #[cfg(feature = "objgraph")]
    let (router, _watcher) =
        watch::watched(router, std::time::Duration::from_secs_f64(options.every))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = tokio::net::TcpListener::bind(address).await?;
    // Beside the peer's address, this is all that the guard of the routes needs.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await
}
