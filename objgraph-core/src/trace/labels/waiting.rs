//! Labels that do not end, because their `Debug` waits for a lock that the caller holds.
//!
//! The label of a value that threads may share is written on a thread of its own, which is left
//! behind if it takes too long. Every other label must be written on the calling thread. If that
//! takes too long, another thread announces it, and prints the report that waits for the label.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::Duration;

use crate::lock::Mutex;
use crate::platform::Instant;
use crate::type_name::shown_name;

/// How long a label may take before it is announced.
const PATIENCE: Duration = Duration::from_secs(2);

/// Time between two checks of running labels.
const TURN: Duration = Duration::from_millis(200);

/// The label of a value whose own label was left behind.
const WAITS: &str = "(its Debug waits)";

// ---- on a thread of its own ----

type LabelReceiver = Receiver<Option<String>>;

/// The labels that were left behind, by the names of their types, until they end.
static LEFT_BEHIND: Mutex<Vec<(&'static str, LabelReceiver)>> = Mutex::new(Vec::new());

/// Runs `write` on another thread, and leaves it behind if it takes too long. Until it ends, the
/// type gets no other label.
pub(super) fn elsewhere(
    type_name: &'static str,
    write: impl FnOnce() -> Option<String> + Clone + Send + 'static,
) -> Option<String> {
    if is_left_behind(type_name) {
        return Some(WAITS.to_owned());
    }
    let (sender, written) = mpsc::sync_channel(1);
    let run = {
        let write = write.clone();
        // The receiver may have left it behind.
        move || drop(sender.send(write()))
    };
    let spawned = thread::Builder::new()
        .name("objgraph label".to_owned())
        .spawn(run);
    if spawned.is_err() {
        return watched(type_name, write);
    }
    match written.recv_timeout(PATIENCE) {
        Ok(label) => label,
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            announce(type_name, "The report is written without it.");
            LEFT_BEHIND.lock().push((type_name, written));
            Some(WAITS.to_owned())
        }
    }
}

fn is_left_behind(type_name: &str) -> bool {
    let mut all = LEFT_BEHIND.lock();
    all.retain(|(_, written)| matches!(written.try_recv(), Err(TryRecvError::Empty)));
    all.iter().any(|&(name, _)| name == type_name)
}

// ---- on this thread ----

/// Writes the report that waits for a label, without labels. Called on another thread.
type Report = Arc<dyn Fn() -> String + Send + Sync>;

/// A label that is being written.
struct RunningLabel {
    number: u64,
    type_name: &'static str,
    since: Instant,
    report: Option<Report>,
    is_announced: bool,
}

#[derive(Default)]
struct RunningLabels {
    running: Vec<RunningLabel>,
    /// The number of the next label.
    next: u64,
    /// Whether a thread checks them.
    is_checked: bool,
}

static ALL: Mutex<RunningLabels> = Mutex::new(RunningLabels {
    running: Vec::new(),
    next: 0,
    is_checked: false,
});

thread_local! {
    /// The report that waits for labels of this thread.
    static REPORT: RefCell<Option<Report>> = const { RefCell::new(None) };
}

/// Runs `write`, and announces it if it takes too long.
pub(super) fn watched<R>(type_name: &'static str, write: impl FnOnce() -> R) -> R {
    let report = REPORT.try_with(|report| report.borrow().clone());
    let _ends = {
        let mut all = ALL.lock();
        let number = all.next;
        all.next += 1;
        all.running.push(RunningLabel {
            number,
            type_name,
            since: Instant::now(),
            report: report.ok().flatten(),
            is_announced: false,
        });
        if !all.is_checked {
            let checks = thread::Builder::new().name("objgraph labels".to_owned());
            all.is_checked = checks.spawn(check).is_ok();
        }
        LabelEnd(number)
    };
    write()
}

struct LabelEnd(u64);

impl Drop for LabelEnd {
    fn drop(&mut self) {
        let mut all = ALL.lock();
        all.running.retain(|running| running.number != self.0);
    }
}

/// Announces the labels that take too long, until none is running.
fn check() {
    loop {
        thread::sleep(TURN);
        let mut all = ALL.lock();
        if all.running.is_empty() {
            all.is_checked = false;
            return;
        }
        let late = all
            .running
            .iter_mut()
            .filter(|running| !running.is_announced && running.since.elapsed() >= PATIENCE);
        let late: Vec<_> = late
            .map(|running| {
                running.is_announced = true;
                (running.type_name, running.report.clone())
            })
            .collect();
        drop(all);
        for (type_name, report) in late {
            match report {
                Some(report) => announce(
                    type_name,
                    &format!(
                        "The report that needs it, without labels:\n\n{}\n",
                        report()
                    ),
                ),
                None => announce(type_name, "The caller waits too."),
            }
        }
    }
}

/// Runs `write`, which writes the labels of a report. If one of them does not end, the report is
/// printed without labels; if it is part of another report, both are.
pub fn with_report<R>(
    report: impl Fn() -> String + Send + Sync + 'static,
    write: impl FnOnce() -> R,
) -> R {
    struct RestoreReport(Option<Report>);

    impl Drop for RestoreReport {
        fn drop(&mut self) {
            let before = self.0.take();
            let _ = REPORT.try_with(|report| *report.borrow_mut() = before);
        }
    }

    let before = REPORT.try_with(|current| {
        let before = current.borrow_mut().take();
        let all: Report = match before.clone() {
            Some(before) => Arc::new(move || format!("{}\n\n{}", before(), report())),
            None => Arc::new(report),
        };
        current.borrow_mut().replace(all);
        before
    });
    let _restore = RestoreReport(before.ok().flatten());
    write()
}

// ---- the announcement ----

fn announce(type_name: &str, what_follows: &str) {
    let name = shown_name(type_name);
    let text = format!(
        "objgraph: the label of {name} waits; #[tracked(no_label)] leaves it out\n  \
         Its `Debug` has not ended after 2 s: it may need a lock that is held. {what_follows}\n"
    );
    let written = standard_error().and_then(|mut file| file.write_all(text.as_bytes()));
    if written.is_err() {
        // There may be no standard error at all.
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// Opens standard error without std's lock, which the caller that waits for the label may hold, as
/// in `eprintln!("{}", find_leaks())`. A test harness does not capture it either.
fn standard_error() -> io::Result<File> {
    #[cfg(unix)]
    let own = std::os::fd::AsFd::as_fd(&io::stderr()).try_clone_to_owned()?;
    #[cfg(windows)]
    let own = std::os::windows::io::AsHandle::as_handle(&io::stderr()).try_clone_to_owned()?;
    #[cfg(any(unix, windows))]
    return Ok(File::from(own));
    #[cfg(not(any(unix, windows)))]
    Err(io::ErrorKind::Unsupported.into())
}
