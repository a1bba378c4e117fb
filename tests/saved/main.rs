//! A snapshot that was saved and loaded answers every question like the one that was taken.

// recount: no, it needs the feature `save`.

mod answers;
#[cfg(feature = "dump")]
mod dumps;
mod hostile;
mod labels;
mod programs;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lets no test create objects, take snapshots or turn labels off while another compares them.
fn only_one() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());

    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the path of a file that no other test has.
fn path(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("saved");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}
