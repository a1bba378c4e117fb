//! The value that a test returns. It may be anything that the harness accepts, and only that of a
//! known type says whether the test succeeded; the harness judges the others.

use super::outcome::Outcome;

/// The value that a test returned, and its error as text if it is known to be one.
#[derive(Debug)]
pub struct Returned<R> {
    value: R,
    error: Option<String>,
}

impl<R> Returned<R> {
    /// Returns the value with its error.
    pub fn new(value: R, error: Option<String>) -> Self {
        Self { value, error }
    }

    /// Returns the value, for the harness.
    pub fn into_value(self) -> R {
        self.value
    }
}

impl<R> Outcome for Returned<R> {
    fn error(&self) -> Option<String> {
        self.error.clone()
    }
}

/// A value that is asked for its error. The compiler takes the method of [`KnownError`] if the type
/// has one, else that of [`UnknownError`], which needs one more reference.
#[derive(Debug)]
pub struct ErrorOf<'r, R>(pub &'r R);

/// The error of a result of a known type.
pub trait KnownError {
    /// Returns the error, if the test failed with one.
    fn error(&self) -> Option<String>;
}

impl<R: Outcome> KnownError for ErrorOf<'_, R> {
    fn error(&self) -> Option<String> {
        self.0.error()
    }
}

/// No error that is known.
pub trait UnknownError {
    /// Returns `None`.
    fn error(&self) -> Option<String>;
}

impl<R> UnknownError for &ErrorOf<'_, R> {
    fn error(&self) -> Option<String> {
        None
    }
}
