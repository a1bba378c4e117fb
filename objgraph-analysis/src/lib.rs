//! Analyses, reports and pictures of the snapshots of [objgraph].
//!
//! Use it through `objgraph`, which re-exports what programs need. An analysis is a pure function
//! of a [`Snapshot`](objgraph_core::Snapshot), and a report or a picture is a pure function of
//! findings. This crate knows neither the macros nor the running program.
//!
//! [objgraph]: https://docs.rs/objgraph

#![forbid(unsafe_code)]

pub mod analysis;
pub mod draw;
pub mod export;
#[cfg(feature = "html")]
pub mod page;
pub mod report;
pub mod watcher;

use objgraph_core::order;

#[doc(hidden)]
pub mod print;
#[doc(hidden)]
pub mod words;
