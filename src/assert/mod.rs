//! Room 6: assertions, for tests. They ask, analyse and report, and nothing above uses them.

mod check;
mod count;
mod drops;
mod failure;
mod growth;
mod known;
mod macros;
mod notes;
mod off;
mod outcome;
mod outside;
mod part;
mod patience;
mod surroundings;
mod tell;
mod test;
mod test_name;
mod verify;

pub use check::LeakCheck;
pub use failure::Failure;

/// What the macros expand to.
pub mod expanded {
    pub use super::count::Counted;
    pub use super::macros::Place;
    pub use super::outcome::Outcome;
    pub use super::test::{Checked, TestOptions, run, run_future, run_repeated};
    pub use super::test_name::Target;
    pub use super::verify::{TestEntry, verify_program, verify_tests};
    pub use objgraph_core::__private::inventory;
}
