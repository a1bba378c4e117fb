//! Why a snapshot could not be loaded.

use std::{error, fmt, io};

/// Why a snapshot could not be loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The file could not be read.
    Io(io::Error),
    /// The file is something else.
    NotASnapshot,
    /// A newer version of objgraph wrote the file.
    Newer {
        /// The number of the file's format.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
    },
    /// The end of the file is missing.
    CutShort,
    /// The file contains what no snapshot contains: it was changed after it was written.
    Damaged(&'static str),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the snapshot cannot be read: {error}"),
            Self::NotASnapshot => f.write_str("this is not a snapshot that objgraph saved"),
            Self::Newer { found, known } => write!(
                f,
                "a newer version of objgraph saved this snapshot: its format is {found}, and this \
                 version reads formats up to {known}; update objgraph"
            ),
            Self::CutShort => f.write_str(
                "the end of the snapshot is missing; it was not copied or written completely",
            ),
            Self::Damaged(what) => write!(f, "the snapshot is damaged: {what}"),
        }
    }
}

impl error::Error for LoadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for LoadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::CutShort,
            // The decompressor's.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                Self::Damaged("its compressed data or its checksum is wrong")
            }
            _ => Self::Io(error),
        }
    }
}
