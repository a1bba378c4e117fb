//! Pictures as files: DOT text as it is, anything else by Graphviz's `dot`, and SVG with nothing
//! installed.

#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{error, fmt};

use super::dot_program::{self, Outcome};
use super::drawing::Drawing;
use super::file::{is_special, remedy, write_whole};
use super::viewer::new_file;
use crate::analysis::TooLarge;
use crate::words::{path_in_line, visible};

/// What makes pictures of DOT text.
struct Program<'p> {
    name: &'p OsStr,
    /// How long it may take for one picture.
    limit: Duration,
}

fn dot_of_path() -> Program<'static> {
    Program {
        name: OsStr::new("dot"),
        limit: Duration::from_secs(30),
    }
}

/// Why a picture could not be made or saved. Its text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum PictureError {
    /// The path has no extension, or one that cannot be the name of a format.
    UnknownFormat {
        /// The path, or the format that was asked for.
        path: PathBuf,
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
        /// How it ended.
        status: String,
        /// What it wrote to its standard error.
        message: String,
        /// The file of the text that it was given; `None` if nothing was to be saved.
        kept: Option<PathBuf>,
    },
    /// `dot` took too long and was stopped.
    DotTimedOut {
        /// How long it was given.
        limit: Duration,
        /// The file of the text that it was given; `None` if nothing was to be saved.
        kept: Option<PathBuf>,
    },
    /// The layout for SVG without `dot` could not do it.
    LayoutFailed {
        /// Why.
        reason: String,
    },
    /// The picture would show too much to be read.
    TooLarge {
        /// How many objects are within its reach.
        objects: usize,
        /// How many nodes it may have.
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
                "cannot tell the format of the picture from {:?}: end the file name in .svg, .dot \
                 or .png",
                path.display().to_string()
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
                tell_kept(f, kept.as_deref())
            }
            Self::DotTimedOut { limit, kept } => {
                write!(
                    f,
                    "dot took more than {} seconds: draw less (a smaller max_depth or too_many), \
                     or save as .dot",
                    limit.as_secs()
                )?;
                tell_kept(f, kept.as_deref())
            }
            Self::LayoutFailed { reason } => write!(
                f,
                "cannot lay out the picture without graphviz ({reason}): install graphviz, draw \
                 less (a smaller max_depth or too_many), or save as .dot"
            ),
            Self::TooLarge { objects, max_nodes } => write!(
                f,
                "the picture would show up to {objects} objects, which nobody can read: ask for a \
                 smaller max_depth or too_many, leave types out with without_types, do not expand \
                 them with collapse, fold objects that are alike with fold(true), or, if you must, \
                 set max_nodes (now {max_nodes})"
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

fn tell_kept(f: &mut fmt::Formatter<'_>, kept: Option<&Path>) -> fmt::Result {
    match kept {
        Some(path) => write!(f, "; what it was given is in {}", path_in_line(path)),
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

/// Saves the picture, in the format that the path's extension names, as `render` does.
///
/// The file is written whole or not at all, with the mode of the file that it replaces. Links are
/// followed; a pipe or a device, such as `/dev/stdout`, is written to, with DOT text if its name has
/// no extension; so is a file with several names (hard links). What `dot` could not do in time, or
/// failed at, is kept in a file of the temporary folder.
///
/// # Errors
///
/// If there is no extension, `dot` is missing or fails, or the file cannot be written.
pub fn save(drawing: &Drawing, path: &Path) -> Result<(), PictureError> {
    save_by(&dot_of_path(), drawing, path)
}

fn save_by(program: &Program<'_>, drawing: &Drawing, path: &Path) -> Result<(), PictureError> {
    let unknown = || PictureError::UnknownFormat {
        path: path.to_owned(),
    };
    let extension = path.extension().and_then(OsStr::to_str);
    // Pipes and devices seldom have one.
    let format = extension.or_else(|| is_special(path).then_some("dot"));
    let format = format.ok_or_else(unknown)?;
    if format.is_empty() || !format.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(unknown());
    }
    let picture = render_by(program, drawing, format).map_err(|mut error| {
        if let PictureError::DotFailed { kept, .. } | PictureError::DotTimedOut { kept, .. } =
            &mut error
        {
            let dot = drawing.to_dot_for_graphviz();
            *kept = new_file(&std::env::temp_dir(), "dot", dot.as_bytes()).ok();
        }
        error
    })?;
    write_whole(path, &picture).map_err(|error| PictureError::Unwritable {
        path: path.to_owned(),
        error,
    })
}

/// The picture in a format: text of ours (`dot` or `gv`, `txt`, `json`, `graphml`, `mmd`), `svg`,
/// or any that `dot -T` knows.
///
/// # Errors
///
/// If `dot` is missing or fails.
pub fn render(drawing: &Drawing, format: &str) -> Result<Vec<u8>, PictureError> {
    render_by(&dot_of_path(), drawing, format)
}

fn render_by(
    program: &Program<'_>,
    drawing: &Drawing,
    format: &str,
) -> Result<Vec<u8>, PictureError> {
    if format.is_empty() || !format.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(PictureError::UnknownFormat {
            path: PathBuf::from(format),
        });
    }
    let format = format.to_ascii_lowercase();
    let text = match format.as_str() {
        "dot" | "gv" => Some(drawing.to_dot()),
        "txt" => Some(drawing.to_text()),
        "json" => Some(drawing.to_json()),
        "graphml" => Some(drawing.to_graphml()),
        "mmd" | "mermaid" => Some(drawing.to_mermaid()),
        _ => None,
    };
    if let Some(text) = text {
        return Ok(text.into_bytes());
    }
    let text = drawing.to_dot_for_graphviz();
    match dot_program::run(program.name, &format, &text, program.limit) {
        Outcome::Done(picture) => Ok(picture),
        Outcome::Missing if format == "svg" => super::svg::to_svg(drawing)
            .map(String::into_bytes)
            .map_err(|reason| PictureError::LayoutFailed { reason }),
        // The layout of our own does less for the picture, and ends.
        Outcome::TimedOut(limit) if format == "svg" => super::svg::to_svg(drawing)
            .map(String::into_bytes)
            .map_err(|_| PictureError::DotTimedOut { limit, kept: None }),
        Outcome::Missing => Err(PictureError::DotMissing { format }),
        Outcome::Broken(error) => Err(PictureError::DotBroken(error)),
        Outcome::TimedOut(limit) => Err(PictureError::DotTimedOut { limit, kept: None }),
        Outcome::Failed(status, message) => Err(PictureError::DotFailed {
            format,
            status: status.to_string(),
            message,
            kept: None,
        }),
    }
}

/// The picture as SVG: by `dot` where that is installed and does not take too long, else by the
/// layout of our own.
///
/// # Errors
///
/// If `dot` fails, or the picture is too large for the layout of our own.
pub fn to_svg(drawing: &Drawing) -> Result<String, PictureError> {
    let svg = render(drawing, "svg")?;
    Ok(String::from_utf8_lossy(&svg).into_owned())
}
