//! The secret that a client sends.

use std::{error, fmt};

use subtle::ConstantTimeEq;

/// A secret that a client sends as `Authorization: Bearer …`.
pub(crate) struct Token(Vec<u8>);

impl Token {
    pub(crate) fn new(text: String) -> Result<Self, TokenError> {
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        // A header cannot carry anything else unchanged.
        match text.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(Self(text.into_bytes())),
            false => Err(TokenError::NotVisibleAscii),
        }
    }

    /// Returns whether the secret is the same. The time depends on the lengths alone.
    pub(crate) fn is(&self, other: &[u8]) -> bool {
        self.0.as_slice().ct_eq(other).into()
    }
}

/// Never shows the secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why a text cannot be a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// The text is empty, as of an environment variable that is set to nothing.
    Empty,
    /// The text has a character that is no visible character of ASCII, such as a line break at its end.
    NotVisibleAscii,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the token is empty: set it to a long random text",
            Self::NotVisibleAscii => {
                "the token has a character that a header cannot carry: use letters and digits of \
                 ASCII, without blanks and line breaks"
            }
        })
    }
}

impl error::Error for TokenError {}
