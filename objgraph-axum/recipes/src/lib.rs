//! The recipes of `docs/service.md`. The test compares the page with these files, and asks each server.

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "hyper")]
pub mod hyper;
#[cfg(feature = "thread")]
pub mod thread;
