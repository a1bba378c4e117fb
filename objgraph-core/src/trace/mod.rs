//! Trace: who refers to whom. Objects are visited one at a time, and what they report becomes
//! the rows of a snapshot.

mod assemble;
mod by_address;
mod by_place;
mod edge_column;
mod handles;
mod keep;
mod labels;
mod left_behind;
mod measure;
mod met;
mod others;
mod roots;
mod starts;
mod take;
mod threads;
mod tracer;
mod types;
mod visitor;

pub use keep::{Kept, Reached, snapshot_keeping};
pub use labels::{label_of, labels, with_report};
#[allow(unused_imports, reason = "called by the table where tracking is on")]
pub(crate) use left_behind::watch_thread_end;
pub use measure::{Measure, Measured, Origin};
pub(crate) use met::StdPointer;
pub(crate) use others::patiently;
pub use roots::{StaticRoot, with_root};
pub use starts::Starts;
pub use take::{SnapshotOptions, snapshot, snapshot_from, snapshot_of, snapshot_with};
pub use visitor::{Guarded, Visitor};
