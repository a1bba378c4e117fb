//! What is known when a test has ended and was checked.

use std::collections::BTreeSet;
use std::path::Path;

use super::check::Verdict;
use super::notes;
use super::record::Record;
use super::test_name::{Target, TestName};

/// What is known when a test has ended and was checked.
pub(super) struct Conclusion {
    /// Whether the body returned without an error, or panicked as it should.
    pub(super) has_succeeded: bool,
    pub(super) found: Verdict,
    /// What could not be proven about the test, each as part of a line.
    pub(super) notes: Vec<String>,
    /// What several tests may have leaked together, with their names.
    pub(super) together: Option<(BTreeSet<String>, String)>,
}

impl Conclusion {
    /// Prints what is not proven.
    pub(super) fn note(&self, test: &TestName) {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        if let Some((tests, line)) = &self.together {
            notes::note_together(tests, line);
        }
        notes::note(test, &self.notes);
    }

    /// Writes everything to the record of this process. Then nothing was found that the test could
    /// fail for, or print. If it cannot be written, it counts, so that no leak is lost.
    pub(super) fn recorded(self, folder: &Path, test: &TestName, target: &Target) -> Self {
        if !crate::HAS_OBJECTS {
            return self;
        }
        match Record::new(&self, test, target).write(folder) {
            Ok(()) => Self {
                found: Ok(None),
                notes: Vec::new(),
                together: None,
                ..self
            },
            Err(error) => {
                notes::note_error(&error);
                self
            }
        }
    }
}
