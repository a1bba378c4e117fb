//! Locks of files, which std has since Rust 1.89.

use std::any::TypeId;
use std::fs::File;
use std::io;

/// What came of an attempt to lock a file.
pub(super) enum LockOutcome {
    /// The file is locked until it is closed.
    Locked,
    HeldByAnother,
    /// The file system has no locks, or the std of this program.
    NoLocks,
}

/// std's error of `try_lock` converts to that of io; its name is unknown to an old compiler.
impl<E: Into<io::Error>> From<Result<(), E>> for LockOutcome {
    fn from(locked: Result<(), E>) -> Self {
        match locked.map_err(|error| error.into().kind()) {
            Ok(()) => Self::Locked,
            Err(io::ErrorKind::WouldBlock) => Self::HeldByAnother,
            Err(_) => Self::NoLocks,
        }
    }
}

/// In place of the methods of `File` that are stable since Rust 1.89. Where std has them, they take
/// precedence, since they are inherent.
#[allow(dead_code, reason = "unused where std has the methods")]
trait LockFile {
    fn try_lock(&self) -> LockOutcome {
        LockOutcome::NoLocks
    }

    fn lock(&self) -> io::Result<()> {
        Ok(())
    }
}

impl LockFile for File {}

/// Locks a file, unless that needs a wait.
#[allow(
    clippy::incompatible_msrv,
    clippy::useless_conversion,
    unstable_name_collisions,
    reason = "`LockFile` stands in for what an old std lacks"
)]
pub(super) fn try_lock(file: &File) -> LockOutcome {
    file.try_lock().into()
}

/// Locks a file, after waiting for the holder of its lock. Programs built with Rust before 1.89 lock
/// nothing.
///
/// # Errors
///
/// Returns the error of the operating system.
#[allow(
    clippy::incompatible_msrv,
    unstable_name_collisions,
    reason = "`LockFile` stands in for what an old std lacks"
)]
pub fn wait_for_lock(file: &File) -> io::Result<()> {
    file.lock()
}

/// Returns whether the std of this program can lock files.
#[allow(
    clippy::incompatible_msrv,
    unstable_name_collisions,
    reason = "`LockFile` stands in for what an old std lacks"
)]
pub(super) fn has_locks() -> bool {
    fn is_of_std<R: 'static>(_: impl Fn(&File) -> R) -> bool {
        TypeId::of::<R>() != TypeId::of::<LockOutcome>()
    }
    is_of_std(|file| file.try_lock())
}
