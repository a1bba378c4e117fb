//! Why the command cannot go on, and what to do about it.

use std::fmt::{self, Display};
use std::io;
use std::path::{Path, PathBuf};

/// An error of the command.
#[derive(Debug)]
pub(crate) enum Error {
    /// Cargo cannot read the project; its own message.
    Metadata(String),
    /// A file or folder cannot be read or written.
    Io(PathBuf, io::Error),
    /// A manifest is not valid TOML.
    Manifest(PathBuf, String),
    /// The program cannot be built, with or without instruments; what the compiler printed was shown.
    Build,
    /// Something else.
    Other(String),
}

impl Error {
    pub(crate) fn io(path: impl AsRef<Path>, error: io::Error) -> Self {
        Self::Io(path.as_ref().to_owned(), error)
    }

    pub(crate) fn metadata(error: cargo_metadata::Error) -> Self {
        match error {
            cargo_metadata::Error::CargoMetadata { stderr } if stderr.contains("invalid UTF-8") => {
                Self::Metadata(format!(
                    "{}; cargo needs folders whose names are valid UTF-8",
                    stderr.trim_end()
                ))
            }
            cargo_metadata::Error::CargoMetadata { stderr } => Self::Metadata(stderr),
            error => Self::Metadata(error.to_string()),
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metadata(text) => {
                let text = text.trim_end();
                f.write_str(text.strip_prefix("error: ").unwrap_or(text))
            }
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Manifest(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Build => f.write_str("the program does not build"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}
