//! Snapshots that a program saves by itself, without a line of code: `OBJGRAPH_DUMP=FOLDER` names the
//! folder, and `OBJGRAPH_DUMP_ON` the occasions.
//!
//! Nothing runs before `main` for this: the environment is read when the program creates its first
//! object.

mod occasion;
mod save;
#[cfg(test)]
mod tests;

use std::env;
use std::panic;
use std::path::PathBuf;
use std::sync::{Once, OnceLock};
use std::thread;

use self::occasion::{Occasion, occasions};
use self::save::save;

/// What the environment asks for.
#[derive(Debug)]
struct Wanted {
    folder: PathBuf,
    tags: Vec<(String, String)>,
}

static WANTED: OnceLock<Wanted> = OnceLock::new();

/// Prepares what the environment asks for, at the first call. Call it before an object is created.
pub(crate) fn begin() {
    static BEGUN: Once = Once::new();

    BEGUN.call_once(|| {
        let folder = env::var_os("OBJGRAPH_DUMP").filter(|folder| !folder.is_empty());
        let Some(folder) = folder else {
            return;
        };
        let occasions = env::var("OBJGRAPH_DUMP_ON").ok();
        let (occasions, unknown) = occasions_of(occasions.as_deref());
        if let Some(unknown) = unknown {
            say(&format!(
                "`{unknown}` in OBJGRAPH_DUMP_ON is no occasion; there are exit, panic and signal"
            ));
        }
        let tags = env::var("OBJGRAPH_TAGS").unwrap_or_default();
        let wanted = Wanted {
            // The program may change its folder later.
            folder: std::path::absolute(&folder).unwrap_or_else(|_| PathBuf::from(folder)),
            tags: occasion::tags(&tags),
        };
        if WANTED.set(wanted).is_ok() {
            occasions.into_iter().for_each(prepare);
        }
    });
}

fn occasions_of(variable: Option<&str>) -> (Vec<Occasion>, Option<&str>) {
    match variable {
        None | Some("") => (vec![Occasion::Exit, Occasion::Panic], None),
        Some(variable) => occasions(variable),
    }
}

fn prepare(occasion: Occasion) {
    match occasion {
        Occasion::Exit => {
            if !shutdown_hooks::add_shutdown_hook(at_exit) {
                say("no snapshot will be saved at the end: the system has no room for it");
            }
        }
        // A thread that panics may not change what panics do.
        Occasion::Panic if thread::panicking() => {}
        Occasion::Panic => {
            let before = panic::take_hook();
            panic::set_hook(Box::new(move |panic| {
                before(panic);
                save(Occasion::Panic);
            }));
        }
        Occasion::Signal => answer_signals(),
    }
}

/// Saves a snapshot after `main`, or when the program calls `exit`.
extern "C" fn at_exit() {
    // The thread-locals of this thread are gone, so another takes the snapshot. What this thread left
    // behind was traced when they went.
    let saving = thread::Builder::new().name("objgraph".to_owned());
    match saving.spawn(|| save(Occasion::Exit)) {
        Ok(saving) => drop(saving.join()),
        Err(error) => say(&format!(
            "no snapshot was saved: no thread could be started: {error}"
        )),
    }
}

#[cfg(unix)]
fn answer_signals() {
    use signal_hook::consts::SIGUSR1;
    use signal_hook::iterator::Signals;

    let answering = Signals::new([SIGUSR1]).and_then(|mut signals| {
        let thread = thread::Builder::new().name("objgraph".to_owned());
        thread.spawn(move || signals.forever().for_each(|_| save(Occasion::Signal)))
    });
    if let Err(error) = answering {
        say(&format!("no snapshot will be saved on signals: {error}"));
    }
}

#[cfg(not(unix))]
fn answer_signals() {
    say("no snapshot will be saved on signals: this system has no SIGUSR1");
}

/// Writes a line on standard error, if it is open.
fn say(text: &str) {
    use std::io::Write as _;

    let _ = writeln!(std::io::stderr().lock(), "objgraph: {text}");
}
