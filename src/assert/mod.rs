//! Assertions for tests. They query, analyse and report; no other room uses them.
//!
//! `macros` has what the macros expand to, and `test` what `#[objgraph::test]` does. Both decide with
//! `check`, `drops`, `growth` and `count`, and pass a [`Failure`] to `report`.

mod check;
mod conclusion;
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
mod record;
mod report;
mod returned;
mod surroundings;
mod test;
mod test_name;
mod verify;

pub use check::LeakCheck;
pub use failure::Failure;

/// The items that the macros expand to.
pub mod expanded {
    pub use super::count::TypeSelector;
    pub use super::macros::Place;
    pub use super::returned::{ErrorOf, KnownError, Returned, UnknownError};
    pub use super::test::{CheckedTest, TestOptions, run, run_future, run_repeated};
    pub use super::test_name::Target;
    pub use super::verify::{TestEntry, verify_program, verify_tests};
    pub use objgraph_core::__private::inventory;
}
