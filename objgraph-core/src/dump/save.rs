//! Saves a snapshot in the folder of dumps.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, io, process};

use super::occasion::Occasion;
use super::{WANTED, Wanted, say};
use crate::trace::{is_tracing, snapshot};

/// Maximum number of snapshots that panics save: a program may catch one for each request.
const PANICS: u32 = 16;

thread_local! {
    /// Whether this thread saves a snapshot. A `visit` may panic, or end the program.
    static SAVES: Cell<bool> = const { Cell::new(false) };
}

/// Saves a snapshot, and says where.
pub(super) fn save(occasion: Occasion) {
    static PANICKED: AtomicU32 = AtomicU32::new(0);
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    // Panics inside of a visit are caught. Relaxed: the number stands for itself.
    if SAVES.get()
        || is_tracing()
        || (occasion == Occasion::Panic && PANICKED.fetch_add(1, Ordering::Relaxed) >= PANICS)
    {
        return;
    }
    let Some(wanted) = WANTED.get() else {
        return;
    };
    SAVES.set(true);
    let one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(error) = save_in(wanted, occasion) {
        say(&format!(
            "no snapshot was saved in {}: {error}",
            wanted.folder.display()
        ));
    }
    drop(one);
    SAVES.set(false);
}

fn save_in(wanted: &Wanted, occasion: Occasion) -> io::Result<()> {
    static NUMBER: AtomicU32 = AtomicU32::new(1);

    fs::create_dir_all(&wanted.folder)?;
    let program = program();
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = seconds.map_or(0, |since| since.as_secs());
    let id = process::id();
    // Relaxed: the number stands for itself.
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let occasion = occasion.name();
    let name = format!("{program}-{seconds}-{id}-{number}-{occasion}.objgraph");
    let mut snapshot = snapshot()
        .with_tag("occasion", occasion)
        .with_tag("pid", id.to_string())
        .with_tag("program", program)
        .with_tag("time", seconds.to_string());
    if let Some(host) = host() {
        snapshot = snapshot.with_tag("host", host);
    }
    for (name, value) in &wanted.tags {
        snapshot = snapshot.with_tag(name, value);
    }
    let path = wanted.folder.join(name);
    snapshot.save(&path)?;
    say(&format!("a snapshot was saved in {}", path.display()));
    Ok(())
}

/// Returns the name of the program's file.
fn program() -> String {
    let path = env::current_exe().ok();
    let name = path.as_deref().and_then(Path::file_stem);
    name.map_or("program".to_owned(), |name| {
        name.to_string_lossy().into_owned()
    })
}

/// Returns the name of the machine, where that is known without a call of the system.
fn host() -> Option<String> {
    let linux = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = linux.or_else(|| env::var("COMPUTERNAME").ok());
    let name = name.or_else(|| env::var("HOSTNAME").ok())?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
