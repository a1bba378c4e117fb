//! Pictures that nobody named a file for: shown by `xdot`, or left in the temporary folder.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use super::drawing::Drawing;
use super::picture::PictureError;
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

/// Writes a file of a name that is not taken, which others than its owner cannot read.
pub(super) fn new_file(
    folder: &Path,
    extension: &str,
    bytes: &[u8],
) -> Result<PathBuf, PictureError> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);

    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("objgraph-{}-{number}.{extension}", std::process::id());
        let path = folder.join(name);
        let written = options
            .open(&path)
            .and_then(|mut file: File| file.write_all(bytes));
        match written {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                // A part of it is of no use; and it may not have been made at all.
                let _ = std::fs::remove_file(&path);
                return Err(PictureError::Unwritable { path, error });
            }
        }
    }
}
