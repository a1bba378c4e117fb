//! Notes about what tests that passed could not prove: a line for each test on standard error, and
//! one for the process.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::test_name::TestName;
use crate::analysis::UnprovenObjects;
use crate::report::unproven_in_line;
use crate::words::{count as count_of, in_line};

/// The tests that passed and may have leaked.
#[derive(Debug)]
struct Notes {
    tests: BTreeSet<String>,
    /// Number of tests that the last summary counted.
    summarised: usize,
}

static NOTES: Mutex<Notes> = Mutex::new(Notes {
    tests: BTreeSet::new(),
    summarised: 0,
});

fn notes() -> MutexGuard<'static, Notes> {
    NOTES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints that a test passed, and what it could not prove; once for each test.
pub(super) fn note(test: &TestName, unproven: &[String]) {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    if unproven.is_empty() || !notes().tests.insert(test.name.clone()) {
        return;
    }
    let unproven = unproven.join("; and ");
    print(&format!("{} passed, but {unproven}", test.name));
}

/// Prints what several tests may have leaked together.
pub(super) fn note_together(tests: &BTreeSet<String>, unproven: &str) {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    notes().tests.extend(tests.iter().cloned());
    let tests: Vec<&str> = tests.iter().map(String::as_str).collect();
    print(&format!("while {} ran, {unproven}", tests.join(", ")));
}

/// Prints why the record of a test cannot be written.
pub(super) fn note_error(error: &io::Error) {
    print(&format!("there is no record: {error}"));
}

/// Prints how many tests passed and may have leaked, if any did since the last summary.
pub(super) fn summarise() {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let mut notes = notes();
    let tests = notes.tests.len();
    if std::mem::replace(&mut notes.summarised, tests) == tests {
        return;
    }
    drop(notes);
    print(&format!(
        "{} passed and may have leaked; OBJGRAPH_STRICT=1 makes such tests fail",
        count_of(tests, "test", "tests")
    ));
}

/// Returns what is not proven, as part of a line.
pub(super) fn of(unproven: Option<&UnprovenObjects>) -> Vec<String> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    unproven.map(unproven_in_line).into_iter().collect()
}

/// Prints a line on standard error.
fn print(line: &str) {
    let line = format!("objgraph: {}\n", in_line(line));
    // `eprintln!` would be captured: a test harness shows it only for tests that fail.
    let _ = io::stderr().write_all(line.as_bytes());
}
