//! The error for text that is not Rust.

use std::error::Error;
use std::fmt;

use crate::position::Position;

/// The source is not a sequence of Rust's tokens: a delimiter or a quote is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unparsed {
    /// The place of the first mistake.
    pub position: Position,
    /// The mistake.
    pub message: String,
}

impl fmt::Display for Unparsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.message)
    }
}

impl Error for Unparsed {}
