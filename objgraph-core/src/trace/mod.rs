//! Trace: which object refers to which. Objects are visited one at a time, and what they report
//! becomes the rows of a snapshot.
//!
//! `take` runs a trace, from listing the table to the snapshot. A value reports its references to
//! the `visitor`, which passes them to the `tracer`, which collects rows; `tracer/visits` calls the
//! values. `assemble` sorts and renumbers the rows. `left_behind` does the same for a thread that
//! ends.

mod assemble;
mod captured;
mod deferred;
mod handle_rows;
mod index;

mod labels;
mod left_behind;
mod measure;
mod options;
mod panics;
mod reach;
mod roots;
mod running;
mod second_look;
mod settled_cycles;
mod starts;
mod std_pointer;
mod take;
mod tracer;
mod visitor;
mod weak_handles;

pub use labels::{label_of, labels, with_report};
#[allow(unused_imports, reason = "called by the table where tracking is on")]
pub(crate) use left_behind::watch_thread_end;
pub use measure::{Measure, Measurement, Origin};
pub use options::SnapshotOptions;
pub use reach::{Reach, snapshot_keeping};
pub use roots::{StaticRoot, with_root};
#[cfg(all(feature = "dump", any(debug_assertions, feature = "always")))]
pub(crate) use running::is_tracing;
pub(crate) use running::patiently;
pub use second_look::SecondLook;
pub use starts::Starts;
pub(crate) use std_pointer::StdPointer;
pub use take::{snapshot, snapshot_from, snapshot_of, snapshot_with};
pub use tracer::SCANS;
pub(crate) use tracer::{OpaqueWords, learn_waker, words_of};
pub use visitor::{GuardVisitor, Visitor};
pub use weak_handles::WeakHandles;
