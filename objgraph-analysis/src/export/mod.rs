//! Snapshots as files of other tools.
//!
//! An export is a pure function of [`Leaks`](crate::analysis::Leaks), which have their snapshot: the
//! whole graph, with what was found about it. A picture is a readable part. Metrics are a function of
//! counters, and of leaks where these are asked for.

mod format;
mod heapsnapshot;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "pprof")]
mod pprof;
mod strings;
mod top;

#[doc(hidden)]
pub use format::Format;
pub use heapsnapshot::{write_heapsnapshot, write_heapsnapshot_with};
#[cfg(feature = "metrics")]
pub use metrics::{METRICS_CONTENT_TYPE, metrics, metrics_with};
#[cfg(feature = "pprof")]
pub use pprof::{pprof, pprof_by_chain, pprof_by_chain_with, pprof_with};
