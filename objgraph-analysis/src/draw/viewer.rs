//! Pictures that nobody named a file for: shown by `xdot`, or left in the temporary folder.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::drawing::Drawing;
use super::error::PictureError;
use super::new_file::new_file;
use super::picture::to_svg;

/// Where a picture went.
#[derive(Debug)]
pub enum Opened {
    /// The viewer shows this file of DOT text.
    Viewer(PathBuf, Child),
    /// There is no viewer; this file is the picture.
    File(PathBuf),
}

/// Shows a picture with a viewer, started without a shell; or, where it is not installed, saves
/// it as SVG. The files are new ones in `folder`.
pub fn open(viewer: &OsStr, drawing: &Drawing, folder: &Path) -> Result<Opened, PictureError> {
    let path = new_file(folder, "dot", drawing.to_dot_for_graphviz().as_bytes())?;
    let child = Command::new(viewer)
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Ok(child) = child {
        return Ok(Opened::Viewer(path, child));
    }
    // Not of use without the viewer; that it stays is no harm.
    let _ = std::fs::remove_file(&path);
    new_file(folder, "svg", to_svg(drawing)?.as_bytes()).map(Opened::File)
}
