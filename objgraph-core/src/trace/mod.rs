//! Trace: who refers to whom. Objects are visited one at a time, and what they report becomes
//! the rows of a snapshot.

mod assemble;
mod by_place;
mod edge_column;
mod labels;
mod left_behind;
mod met;
mod others;
mod roots;
mod starts;
mod take;
mod threads;
mod tracer;
mod types;
mod visitor;

pub use labels::{label_of, labels};
#[allow(unused_imports, reason = "called by the table where tracking is on")]
pub(crate) use left_behind::watch_thread_end;
pub(crate) use met::StdPointer;
pub(crate) use others::patiently;
pub use roots::{StaticRoot, with_root};
pub use starts::Starts;
pub use take::{SnapshotOptions, snapshot, snapshot_with};
pub use visitor::{Guarded, Visitor};
