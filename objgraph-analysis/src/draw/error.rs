//! Why a picture could not be made or saved.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{error, fmt, io};

use crate::analysis::TooLarge;
use crate::words::{path_in_line, visible};

/// Why a picture could not be made or saved. Its text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum PictureError {
    /// The path has no extension, or one that cannot be the name of a format.
    UnknownFormat {
        /// The path, or the format that was asked for.
        path: PathBuf,
    },
    /// The format needs a feature of objgraph that is not turned on.
    FeatureMissing {
        /// The format.
        format: String,
        /// The feature.
        feature: &'static str,
    },
    /// `dot` is needed for this format, and not installed.
    DotMissing {
        /// The format.
        format: String,
    },
    /// `dot` could not be run.
    DotBroken(io::Error),
    /// `dot` ended with an error.
    DotFailed {
        /// The format that was asked for.
        format: String,
        /// Its exit status.
        status: String,
        /// What it wrote to its standard error.
        message: String,
        /// The file of its input; `None` if no file was to be saved.
        kept: Option<PathBuf>,
    },
    /// `dot` took too long and was stopped.
    DotTimedOut {
        /// Its limit.
        limit: Duration,
        /// The file of its input; `None` if no file was to be saved.
        kept: Option<PathBuf>,
    },
    /// `dot` is not installed, and our own layout for SVG failed.
    LayoutFailed {
        /// Why.
        reason: String,
    },
    /// The picture would show too much to be readable.
    TooLarge {
        /// Number of objects within its reach.
        objects: usize,
        /// Maximum number of nodes.
        max_nodes: usize,
    },
    /// The writer failed.
    Write(io::Error),
    /// The file could not be written.
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFormat { path } => write!(
                f,
                "{:?} has no extension of a picture: end the file name in .svg, .dot or .png",
                path.display().to_string()
            ),
            Self::FeatureMissing { format, feature } => write!(
                f,
                "objgraph writes .{format} files with its feature `{feature}`: turn it on with \
                 `cargo add objgraph --features {feature}`"
            ),
            Self::DotMissing { format } => write!(
                f,
                "dot is not installed, and .{format} needs it: install graphviz, or save as .svg \
                 or .dot"
            ),
            Self::DotBroken(error) => {
                write!(
                    f,
                    "dot could not be run: {error}; check the installation of graphviz"
                )
            }
            Self::DotFailed {
                format,
                status,
                message,
                kept,
            } => {
                write!(
                    f,
                    "dot could not make a picture of format {format} ({status})"
                )?;
                if !message.is_empty() {
                    write!(f, ": {}", visible(message))?;
                }
                write_kept(f, kept.as_deref())
            }
            Self::DotTimedOut { limit, kept } => {
                write!(
                    f,
                    "dot took more than {} seconds: draw less (a smaller max_depth or too_many), \
                     or save as .dot",
                    limit.as_secs()
                )?;
                write_kept(f, kept.as_deref())
            }
            Self::LayoutFailed { reason } => write!(
                f,
                "cannot lay out the picture without graphviz ({reason}): install graphviz, draw \
                 less (a smaller max_depth or too_many), or save as .dot"
            ),
            Self::TooLarge { objects, max_nodes } => write!(
                f,
                "the picture would show up to {objects} objects, too many to read: set a smaller \
                 max_depth or too_many, leave types out with without_types or draw nothing behind \
                 them with collapse, fold similar objects with fold(true), or, if you must, \
                 set a larger max_nodes (now {max_nodes})"
            ),
            Self::Write(error) => write!(f, "cannot write the picture: {error}"),
            Self::Unwritable { path, error } => {
                write!(f, "cannot write {}: {error}", path_in_line(path))?;
                match remedy(error) {
                    Some(remedy) => write!(f, "; {remedy}"),
                    None => Ok(()),
                }
            }
        }
    }
}

fn write_kept(f: &mut fmt::Formatter<'_>, kept: Option<&Path>) -> fmt::Result {
    match kept {
        Some(path) => write!(f, "; its input is kept in {}", path_in_line(path)),
        None => Ok(()),
    }
}

impl From<TooLarge> for PictureError {
    fn from(refused: TooLarge) -> Self {
        Self::TooLarge {
            objects: refused.objects,
            max_nodes: refused.max_nodes,
        }
    }
}

impl error::Error for PictureError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::DotBroken(error) | Self::Write(error) | Self::Unwritable { error, .. } => {
                Some(error)
            }
            _ => None,
        }
    }
}

/// What to do about a file that cannot be written.
fn remedy(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "create its folder first",
        io::ErrorKind::PermissionDenied => "make it writable, or choose another path",
        io::ErrorKind::ReadOnlyFilesystem => "choose a path on another file system",
        io::ErrorKind::IsADirectory => "name a file inside it",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room, or choose another path"
        }
        // The name of this variant, `InvalidFilename`, is stable since Rust 1.87.
        kind if kind.to_string() == "invalid filename" => "choose a shorter name",
        _ => return None,
    })
}
