//! Pictures that are shown rather than saved: by `xdot`, or as files of the temporary folder.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::drawing::Drawing;
use super::error::PictureError;
use super::new_file::new_file;
use super::picture::to_svg;

/// Where a picture is shown.
#[derive(Debug)]
pub enum Presentation {
    /// The viewer shows this file of DOT text.
    Viewer(PathBuf, Child),
    /// There is no viewer; this file is the picture.
    File(PathBuf),
}

/// Shows a picture in a viewer, started without a shell; where that is not installed, saves it as
/// SVG. The file is a new one in `folder`.
///
/// # Errors
///
/// If the file cannot be written, or the picture cannot be made.
pub fn show(
    viewer: &OsStr,
    drawing: &Drawing,
    folder: &Path,
) -> Result<Presentation, PictureError> {
    let path = new_file(folder, "dot", drawing.to_dot_for_graphviz().as_bytes())?;
    let child = Command::new(viewer)
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Ok(child) = child {
        return Ok(Presentation::Viewer(path, child));
    }
    // Useless without the viewer, and harmless where it cannot be removed.
    let _ = std::fs::remove_file(&path);
    new_file(folder, "svg", to_svg(drawing)?.as_bytes()).map(Presentation::File)
}
