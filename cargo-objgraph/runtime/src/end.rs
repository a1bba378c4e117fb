//! The end of the program: it reports once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::files::write_report;
use crate::process;
use crate::report::Reason;

/// How far the report at the end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Running,
    /// This thread reports.
    Reporting(ThreadId),
    Reported,
}

static PROGRESS: Mutex<Progress> = Mutex::new(Progress::Running);
static CHANGED: Condvar = Condvar::new();

/// How long the end of the program waits for the report of another thread.
const PATIENCE: Duration = Duration::from_secs(60);

fn progress() -> MutexGuard<'static, Progress> {
    PROGRESS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reports, unless a report was written already. If another thread is writing it, waits for that.
pub(crate) fn report_the_end(reason: Reason) {
    {
        let mut progress = progress();
        match *progress {
            Progress::Running => *progress = Progress::Reporting(thread::current().id()),
            // A `visit` of the program called `exit`.
            Progress::Reporting(thread) if thread == thread::current().id() => return,
            Progress::Reporting(_) => {
                let is_busy = |progress: &mut Progress| *progress != Progress::Reported;
                drop(CHANGED.wait_timeout_while(progress, PATIENCE, is_busy));
                return;
            }
            Progress::Reported => return,
        }
    }
    write_report(reason);
    *progress() = Progress::Reported;
    CHANGED.notify_all();
}

/// Reports when it is dropped: at the end of `main`, or when a panic leaves it.
#[derive(Debug)]
#[must_use = "the report is written when this is dropped"]
pub struct MainGuard(());

impl Drop for MainGuard {
    fn drop(&mut self) {
        report_the_end(match thread::panicking() {
            true => Reason::Panic,
            false => Reason::End,
        });
    }
}

/// Begins the program: objects that are made from here on count as growth, and signals are handled.
/// The report is written when the result is dropped.
///
/// ```
/// let _guard = objgraph_runtime::main_guard();
/// ```
pub fn main_guard() -> MainGuard {
    objgraph_analysis::report::advise_on_the_command(cfg!(feature = "owners"));
    process::start();
    #[cfg(unix)]
    crate::signals::handle();
    MainGuard(())
}

/// Ends the program, in place of [`std::process::exit`]: reports first.
///
/// ```no_run
/// objgraph_runtime::exit(0);
/// ```
pub fn exit(code: i32) -> ! {
    report_the_end(Reason::Exit);
    std::process::exit(code)
}
