//! Writes a file as [`std::fs::write`] does, but whole or not at all.
//!
//! The bytes are written to a temporary file in the folder of the target, which replaces the target
//! once it is complete, with the target's mode and owner. Links are followed. What cannot be
//! replaced is written to in place: a pipe, a device, a file with several names (hard links), and a
//! file whose folder or owner does not allow a new one in its place.
//!
//! A writer holds a lock on its temporary until that has become the target, so a temporary that
//! can be locked has lost its writer. The next writer in the folder removes it. Temporaries are
//! numbered from 0 in each folder, so they are found without listing the folder, and their names are
//! short whatever the target is called.

mod lock;
#[cfg(test)]
mod tests;

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use lock::{LockOutcome, has_locks, try_lock};

pub use lock::wait_for_lock;

/// Maximum number of links that lead to each other, as on Linux.
const LINKS: usize = 40;

/// Number of missing temporaries in a row after which no more are searched for.
const GAP: usize = 16;

/// Writes the content of a file. Called again if the first attempt failed because a new file could
/// not take the place of the old one.
pub type WriteContent<'w> = &'w mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>;

/// Writes the file; on failure its old content stays.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_whole_with(path, &mut |out| out.write_all(bytes))
}

/// Writes the file piece by piece, through a buffer; on failure its old content stays.
pub fn write_whole_with(path: &Path, content: WriteContent<'_>) -> io::Result<()> {
    let path = &match target(path)? {
        Target::Path(path) => path,
        Target::Stdout => return write_all(io::stdout().lock(), content),
        Target::Stderr => return write_all(io::stderr().lock(), content),
        Target::Descriptor(path) => {
            return write_all(OpenOptions::new().append(true).open(path)?, content);
        }
    };
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if found.is_file() => replace(path, &found, content),
        Ok(_) => write_all(OpenOptions::new().write(true).open(path)?, content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match is_folder_name(path) {
            true => Err(io::ErrorKind::IsADirectory.into()),
            false => write_new(path, None, content),
        },
        Err(error) => Err(error),
    }
}

/// Whether the path leads to something other than a file or a folder: a pipe or a device.
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
        || !matches!(target(path), Ok(Target::Path(_)) | Err(_))
}

fn write_all(out: impl io::Write, content: WriteContent<'_>) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    content(&mut out)?;
    out.flush()
}

/// Whether the path ends in a separator, which [`Path`] ignores.
fn is_folder_name(path: &Path) -> bool {
    let last = path.as_os_str().as_encoded_bytes().last();
    last.is_some_and(|&byte| std::path::is_separator(char::from(byte)))
}

/// What a path leads to.
enum Target {
    /// This path, which is no link.
    Path(PathBuf),
    /// This process's own standard output. Opening it anew would truncate a file to which it is
    /// redirected, or overwrite its beginning.
    Stdout,
    Stderr,
    /// Another file that this process has open.
    Descriptor(PathBuf),
}

fn target(path: &Path) -> io::Result<Target> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        match descriptor(&path) {
            Some(1) => return Ok(Target::Stdout),
            Some(2) => return Ok(Target::Stderr),
            Some(_) => return Ok(Target::Descriptor(path)),
            None => {}
        }
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(Target::Path(path)),
        }
    }
    Err(io::Error::other("too many links lead to each other"))
}

/// Returns the number of the open file that a path names: 1 for `/dev/stdout`.
fn descriptor(path: &Path) -> Option<u32> {
    if !cfg!(unix) {
        return None;
    }
    match path.to_str()? {
        "/dev/stdout" => return Some(1),
        "/dev/stderr" => return Some(2),
        _ => {}
    }
    let folder = path.parent()?.to_str()?;
    let own = format!("/proc/{}/fd", std::process::id());
    let is_own = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd", &own].contains(&folder);
    path.file_name()?.to_str()?.parse().ok().filter(|_| is_own)
}

/// Writes to a file that exists.
fn replace(path: &Path, found: &Metadata, content: WriteContent<'_>) -> io::Result<()> {
    // A file that is not writable stays, although its folder would allow a new one.
    let mut target = OpenOptions::new().write(true).open(path)?;
    if has_one_name(found) {
        match write_new(path, Some(found), content) {
            Err(error) if forbids_replacing(&error) => {}
            result => return result,
        }
    }
    // If it cannot be read, it cannot be restored.
    let before = fs::read(path);
    let written = overwrite(&mut target, content);
    if let (Err(_), Ok(before)) = (&written, before) {
        // The first error is the one to report.
        let _ = overwrite(&mut target, &mut |out| out.write_all(&before));
    }
    written
}

/// Writes over a file, which is longer or shorter than the new content.
fn overwrite(file: &mut File, content: WriteContent<'_>) -> io::Result<()> {
    file.rewind()?;
    write_all(&mut *file, content)?;
    let end = file.stream_position()?;
    file.set_len(end)
}

/// Whether the folder, or the owner of the file, allows no new file in its place: a read-only
/// folder, another user's file, a file that is a mount point.
fn forbids_replacing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::ResourceBusy
            | io::ErrorKind::CrossesDevices
    )
}

#[cfg(unix)]
fn has_one_name(found: &Metadata) -> bool {
    // 0, if another writer has just replaced it.
    std::os::unix::fs::MetadataExt::nlink(found) <= 1
}

#[cfg(not(unix))]
fn has_one_name(_: &Metadata) -> bool {
    true
}

/// Writes a new file and moves it to the path, with the mode and the owner of the file found there.
fn write_new(path: &Path, found: Option<&Metadata>, content: WriteContent<'_>) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let temporary = Temporary::create(folder, found.is_some())?;
    if let Some(found) = found {
        make_like(&temporary.file, found)?;
    }
    write_all(&temporary.file, content)?;
    temporary.move_to(path)
}

#[cfg(unix)]
fn make_like(file: &File, found: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};

    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (found.uid(), found.gid()) {
        fchown(file, Some(found.uid()), Some(found.gid()))?;
    }
    file.set_permissions(found.permissions())
}

#[cfg(not(unix))]
fn make_like(file: &File, found: &Metadata) -> io::Result<()> {
    file.set_permissions(found.permissions())
}

/// A file that is to replace another; removed if it does not.
#[derive(Debug)]
struct Temporary {
    file: File,
    path: PathBuf,
    is_moved: bool,
}

impl Temporary {
    /// Creates the temporary with the first number that no living writer has, and removes those of
    /// dead writers. Only the owner can read a `private` one.
    fn create(folder: &Path, private: bool) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if private {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = private;
        let mut number = 0;
        loop {
            let path = path_of(folder, number);
            match options.open(&path) {
                Ok(file) if lock_new(&file, &path) => {
                    remove_abandoned_from(folder, number + 1);
                    return Ok(Self {
                        file,
                        path,
                        is_moved: false,
                    });
                }
                // Another writer thought it abandoned before it was locked, and removes it.
                Ok(_) => number += 1,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if !remove_abandoned(&path) {
                        number += 1;
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn move_to(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.is_moved = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_moved {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn path_of(folder: &Path, number: usize) -> PathBuf {
    // Another process may be able to lock what this one cannot, and think it abandoned.
    let kind = if has_locks() { "" } else { "unlocked-" };
    folder.join(format!(".objgraph-{kind}{number}.tmp"))
}

/// Locks a temporary that was just created; false if another writer was faster.
fn lock_new(file: &File, path: &Path) -> bool {
    match try_lock(file) {
        LockOutcome::Locked => is_at(file, path),
        LockOutcome::HeldByAnother => false,
        // Where there are no locks, no writer can think it abandoned.
        LockOutcome::NoLocks => true,
    }
}

/// Removes a temporary whose writer is dead; false if it is still there.
fn remove_abandoned(path: &Path) -> bool {
    // Opening a pipe would wait.
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let Ok(file) = OpenOptions::new().write(true).open(path) else {
        return false;
    };
    // Only the holder of the lock of the file at this path may remove it: the lock is held until the
    // file is gone.
    matches!(try_lock(&file), LockOutcome::Locked)
        && is_at(&file, path)
        && fs::remove_file(path).is_ok()
}

/// Removes the temporaries of dead writers, from this number on.
fn remove_abandoned_from(folder: &Path, first: usize) {
    let mut missing = 0;
    for number in first.. {
        let path = path_of(folder, number);
        match fs::symlink_metadata(&path) {
            Ok(_) => {
                missing = 0;
                remove_abandoned(&path);
            }
            Err(_) => missing += 1,
        }
        if missing == GAP {
            break;
        }
    }
}

/// Whether the path still leads to this open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let of = |found: Metadata| (found.dev(), found.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(there)) => of(open) == of(there),
        _ => false,
    }
}

/// Whether the path still leads to a file.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
