//! What is alive in a running service, what grows and what has leaked: routes for [axum].
//!
//! ```
//! use std::net::SocketAddr;
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let app = axum::Router::new()
//!     // … the routes of the app …
//!     .nest_service("/debug/objgraph", objgraph_axum::router());
//! let service = app.into_make_service_with_connect_info::<SocketAddr>();
//! # let _ = service;
//! # Ok(())
//! # }
//! ```
//!
//! With this service, `axum::serve(listener, service)` knows the address of each client, which the
//! routes need: without a guard they answer only clients on the same host. Tracking is on in release
//! builds with `objgraph = { features = ["always"] }`.
//!
//! # Routes
//!
//! | route | answer | traces |
//! |---|---|---|
//! | `/` | a page with growth, leaks and coverage, which refreshes itself | no |
//! | `/growth` | objects by type and site, and their growth since the last request | no |
//! | `/metrics` | metrics for Prometheus, as OpenMetrics text | no |
//! | `/leaks` | what has leaked, and the field to change | yes |
//! | `/why?id=17` | what keeps an object alive | yes |
//! | `/refs?type=Session` | a picture of what objects refer to | yes |
//! | `/snapshot` | everything that is alive, as a file | yes |
//! | `/pprof` | a profile, for Grafana Alloy, Parca and `go tool pprof` | yes |
//!
//! | route | parameters |
//! |---|---|
//! | `/growth` | `since=last` or `start` (of the service); `format=text` or `json` |
//! | `/leaks` | `format=text`, `json`, `svg` or `html` |
//! | `/why` | `id=17` or `id=17.3`, as reports write it without the `#` |
//! | `/refs` | `type=NAME`, as [`objgraph::count`] takes it, or `id=17`; `show=refs` or `backrefs`; `depth=3`, at most 10; `limit=10` objects of the type, at most 40; `format=svg`, `dot`, `text` or `html` |
//! | `/snapshot` | `format=objgraph` (read by `cargo objgraph` and [`Snapshot::load`]), `heapsnapshot`, `json` or `html` |
//! | `/pprof` | `profile=site` or `chain` |
//! | `/metrics` | `traced=no` or `yes`, which traces and adds leaks and retained sizes |
//!
//! The first value is the default. `format=html` needs the feature `html`. A request that is wrong gets
//! a short text that says what to ask instead.
//!
//! # Access
//!
//! Whoever can read these pages learns the names of types, the lines of the source and the numbers of
//! objects, and can make the program trace. So by default only a client on the same host gets an
//! answer: its address is of loopback, the `Host` that it asked for is a name of loopback, which no page
//! of another site can pretend, and no header of a proxy is there. A request by HTTP/1.0 is refused
//! too, because proxies use it.
//!
//! A proxy on the same host that speaks HTTP/1.1 and adds no header cannot be recognised. Behind a
//! proxy, use [`Endpoints::token`], or keep the path out of the proxy. [`Endpoints::guarded_by_outer_layer`] leaves
//! access to a layer of the app.
//!
//! # Labels
//!
//! No response contains the `Debug` text of a value, nor the message of a panic, and no `Debug` runs,
//! unless [`Endpoints::labels`] allows it.
//!
//! # Requests that trace
//!
//! A trace visits each object once, on a thread for blocking work, while the program runs; no thread of
//! the executor is blocked. `Rc` objects of other threads are counted, and not visited. One request
//! traces at a time. Another gets the status 429 and `Retry-After`, without waiting.
//! [`Endpoints::without_traces`] refuses all of them.
//!
//! The answer is written whole before its first byte is sent: up to 1 MiB of it in memory, more in a
//! temporary file without a name. The snapshot is then dropped, and the next request may trace, so a slow
//! reader holds neither. At most four answers are under way at a time, and one that is older than ten
//! minutes gives way to a new one: see [`Endpoints::downloads`]. If the client hangs up, writing stops,
//! and the file is gone.
//!
//! [axum]: https://docs.rs/axum
//! [`Snapshot::load`]: objgraph::Snapshot

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod access;
mod answer;
mod clock;
mod download;
mod endpoints;
mod growth;
mod index;
mod look;
mod query;
mod routes;
mod state;
mod token;
mod traces;

pub use endpoints::{Endpoints, router};
pub use token::TokenError;
