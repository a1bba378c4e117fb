//! Pictures as files: DOT text as it is, anything else by Graphviz's `dot`, and SVG with nothing
//! installed.

#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::dot_program::{self, Outcome};
use super::drawing::Drawing;
use super::error::PictureError;
use super::file::{is_special, write_whole};
use super::new_file::new_file;

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
