//! Trace: who refers to whom. Objects are visited one at a time, and what they report becomes
//! the rows of a snapshot.

mod assemble;
mod labels;
mod met;
mod starts;
mod take;
mod tracer;
mod visitor;

pub use labels::{label_of, labels};
pub(crate) use met::{MetPointer, StdPointer};
pub use starts::Starts;
pub use take::{SnapshotOptions, snapshot, snapshot_with};
pub use visitor::{Guarded, Visitor};
