//! The files that a program instrumented by `cargo objgraph` writes, and the command reads.
//!
//! Each file begins with the name of its schema and a version, which increases when a field is
//! removed or changes its meaning. A field may be added at any time, and unknown fields are ignored.
//!
//! | file | content |
//! |---|---|
//! | `NAME-PID.json`, then `NAME-PID.2.json` … | a [`ProgramReport`], written whole or not at all |
//! | `NAME-PID.txt` … | its text for people |
//! | `NAME-PID.objgraph` … | the snapshot, as `objgraph::Snapshot::save` writes it |
//! | `NAME-PID.jsonl` | a [`TestRecord`] in each line, in the order in which the tests ended |

#![forbid(unsafe_code)]

mod leaks;
mod program;
mod read;
mod test_record;

pub use leaks::{Coverage, Kind, Leaks, SiteRow, Verdict};
pub use program::{GrowthRow, ProgramReport, Reason, Types};
pub use read::{ReadError, read_program, read_tests};
pub use test_record::{Point, TargetKind, TestRecord};

/// Version of the schemas.
pub const VERSION: u32 = 1;
