//! Pictures as files: formats of our own as they are, any other by Graphviz's `dot`, and SVG by our
//! own layout where `dot` is missing.

#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use objgraph_core::file::{is_special, write_whole};

use super::dot_program::{DotProgram, Outcome};
use super::drawing::Drawing;
use super::error::PictureError;
use super::formats;
use super::new_file::new_file;
use super::style::with_dark_mode;
use super::svg;

/// Saves the picture, in the format that the path's extension names, as `render` does.
///
/// The file is written whole or not at all, with the mode of the file that it replaces. Links are
/// followed. A pipe, a device such as `/dev/stdout`, and a file with several names (hard links) are
/// written to in place; a pipe or a device without an extension gets DOT text. If `dot` fails, or
/// takes too long, the text that it was given is kept in a file of the temporary folder.
///
/// # Errors
///
/// If there is no extension, `dot` is missing or fails, or the file cannot be written.
pub fn save(drawing: &Drawing, path: &Path) -> Result<(), PictureError> {
    save_by(&DotProgram::installed(), drawing, path)
}

fn save_by(dot: &DotProgram<'_>, drawing: &Drawing, path: &Path) -> Result<(), PictureError> {
    let unknown = || PictureError::UnknownFormat {
        path: path.to_owned(),
    };
    let extension = path.extension().and_then(OsStr::to_str);
    // Pipes and devices seldom have one.
    let format = extension.or_else(|| is_special(path).then_some("dot"));
    let format = format.ok_or_else(unknown)?;
    if !is_format(format) {
        return Err(unknown());
    }
    // With the feature, a page is written from the snapshot, and not from a drawing.
    if format.eq_ignore_ascii_case("html") {
        return Err(PictureError::FeatureMissing {
            format: format.to_ascii_lowercase(),
            feature: "html",
        });
    }
    let picture = render_by(dot, drawing, format).map_err(|mut error| {
        if let PictureError::DotFailed { kept, .. } | PictureError::DotTimedOut { kept, .. } =
            &mut error
        {
            let text = drawing.to_dot_for_graphviz();
            *kept = new_file(&std::env::temp_dir(), "dot", text.as_bytes()).ok();
        }
        error
    })?;
    write_whole(path, &picture).map_err(|error| PictureError::Unwritable {
        path: path.to_owned(),
        error,
    })
}

/// Returns the picture in a format: one of our own, `svg`, or any that `dot -T` knows.
///
/// # Errors
///
/// If `dot` is missing or fails.
fn render(drawing: &Drawing, format: &str) -> Result<Vec<u8>, PictureError> {
    render_by(&DotProgram::installed(), drawing, format)
}

fn render_by(
    dot: &DotProgram<'_>,
    drawing: &Drawing,
    format: &str,
) -> Result<Vec<u8>, PictureError> {
    if !is_format(format) {
        return Err(PictureError::UnknownFormat {
            path: PathBuf::from(format),
        });
    }
    let format = format.to_ascii_lowercase();
    if let Some(text) = formats::write(drawing, &format) {
        return Ok(text.into_bytes());
    }
    let is_svg = format == "svg";
    match dot.run(&format, &drawing.to_dot_for_graphviz()) {
        Outcome::Done(picture) if is_svg => {
            Ok(with_dark_mode(&String::from_utf8_lossy(&picture)).into_bytes())
        }
        Outcome::Done(picture) => Ok(picture),
        Outcome::Missing if is_svg => svg::to_svg(drawing)
            .map(String::into_bytes)
            .map_err(|reason| PictureError::LayoutFailed { reason }),
        // Our own layout does less for the picture, and ends.
        Outcome::TimedOut(limit) if is_svg => svg::to_svg(drawing)
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

/// Whether the text can be the name of a format.
fn is_format(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Returns the picture as SVG: by `dot` where that is installed and does not take too long, else by
/// our own layout.
///
/// # Errors
///
/// If `dot` fails, or the picture is too large for our own layout.
pub fn to_svg(drawing: &Drawing) -> Result<String, PictureError> {
    let svg = render(drawing, "svg")?;
    Ok(String::from_utf8_lossy(&svg).into_owned())
}
