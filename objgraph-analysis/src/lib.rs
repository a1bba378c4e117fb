//! Analyses, reports and pictures of the snapshots of [objgraph].
//!
//! Use it through `objgraph`, which re-exports what programs need. An analysis is a pure function
//! of a [`Snapshot`](objgraph_core::Snapshot), and a report or a picture is a pure function of
//! findings. This crate knows neither the macros nor the running program.
//!
//! [objgraph]: https://docs.rs/objgraph

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

pub mod analysis;
pub mod draw;
pub mod export;
#[cfg(feature = "html")]
pub mod page;
pub mod report;
pub mod watcher;

use objgraph_core::__private::nothing;
use objgraph_core::order;

/// Whether snapshots can have objects. Where they cannot, each public function returns an empty result
/// before it calls anything else, so that the compiler generates no code for what is behind it;
/// `objgraph-core/src/emptiness.rs` explains how. Tests make snapshots of their own.
const HAS_OBJECTS: bool = objgraph_core::__private::HAS_OBJECTS || cfg!(test);

#[doc(hidden)]
pub mod print;
#[doc(hidden)]
pub mod words;
