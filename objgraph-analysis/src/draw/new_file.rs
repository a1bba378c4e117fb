//! Pictures in new files, whose names nobody chose.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::PictureError;

/// Writes a file under a free name, which only its owner can read.
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
        // Relaxed: names need to differ, and nothing else depends on the number.
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!(
            "objgraph-{}-{number}.{extension}",
            objgraph_core::platform::process_id()
        );
        let path = folder.join(name);
        let written = options
            .open(&path)
            .and_then(|mut file: File| file.write_all(bytes));
        match written {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                // A part of a picture is useless; or the file was not created at all.
                let _ = fs::remove_file(&path);
                return Err(PictureError::Unwritable { path, error });
            }
        }
    }
}
