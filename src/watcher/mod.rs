//! A thread that watches the program for growth and for leaks.

#[cfg(feature = "tracing")]
mod events;
mod thread;

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use objgraph_analysis::watcher::{WatchReport, Watcher};

pub use thread::RunningWatch;

/// Watches the program for growth and for leaks, from a thread of its own, and reports each cause once:
/// never more than a page a day.
///
/// After each interval the thread takes a [`snapshot`](crate::snapshot()), as
/// [`find_leaks`](crate::find_leaks) does: it runs no `Debug` of the program, and waits for no lock. What
/// is reported, and after how many intervals, is documented at [`Watcher`](crate::growth::Watcher).
/// `Rc` objects of other threads are counted and not traced, so their leaks are not found, and no chain
/// to them is shown.
///
/// Nothing is watched before [`GrowthWatch::start`].
///
/// ```
/// use std::time::Duration;
///
/// let watch = objgraph::watch_growth(Duration::from_secs(5 * 60))
///     .on_report(|report| println!("{report}"))
///     .start()?;
/// // … serve …
/// watch.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn watch_growth(interval: Duration) -> GrowthWatch {
    GrowthWatch {
        watcher: Watcher::new(interval.max(GrowthWatch::SHORTEST)),
        report: None,
    }
}

/// A watch for growth and leaks that has not started; see [`watch_growth`].
#[must_use = "nothing is watched before `start`"]
pub struct GrowthWatch {
    watcher: Watcher,
    report: Option<Report>,
}

/// The function that receives the reports.
type Report = Box<dyn FnMut(&WatchReport) + Send>;

impl GrowthWatch {
    /// The shortest interval: a millisecond.
    pub const SHORTEST: Duration = Duration::from_millis(1);

    /// Sets the function that receives each report, on the thread of the watch. No lock of objgraph is
    /// held meanwhile. If it panics, the watch continues, and the report is not repeated.
    ///
    /// Without it, reports are printed on standard error, unless the feature `tracing` is on. With that
    /// feature each report is also an event, with the target `objgraph` and the level `WARN`, before the
    /// function is called. Its fields are `report` (`growth`, `leak` or `left_out`), `type`, `site`,
    /// `container`, `count`, `slope`, `fingerprint` and `chain`; those that a report does not have
    /// are absent.
    pub fn on_report(mut self, report: impl FnMut(&WatchReport) + Send + 'static) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// Sets after what time the load of the service repeats itself, a day by default; see
    /// [`Watcher::load_period`](crate::growth::Watcher::load_period).
    pub fn load_period(mut self, period: Duration) -> Self {
        self.watcher = self.watcher.load_period(period);
        self
    }

    /// Sets for how long no growth is reported, zero by default: as long as the service fills its caches.
    /// Leaks are reported.
    pub fn warm_up(mut self, time: Duration) -> Self {
        self.watcher = self.watcher.warm_up(time);
        self
    }

    /// Sets the maximum number of lines that are reported in 24 hours, a page of 60 by default, at least
    /// 2. What does not fit is summarised in one line, and reported the next day if it still grows.
    pub fn lines_a_day(mut self, lines: usize) -> Self {
        self.watcher = self.watcher.lines_a_day(lines);
        self
    }

    /// Starts the thread. It stops when the result is dropped.
    ///
    /// Where tracking is off, no thread is started, and [`RunningWatch::is_running`] says so. A child of
    /// a fork has no thread of its parent, so nothing is watched there.
    ///
    /// # Errors
    ///
    /// If no thread can be started, as on wasm32.
    pub fn start(self) -> io::Result<RunningWatch> {
        if !crate::ENABLED {
            return Ok(RunningWatch::default());
        }
        let (mut watcher, mut report) = (self.watcher, self.report);
        let mut look = move |now, is_last| {
            let reports = match is_last {
                false => watcher.tick(now, &crate::find_leaks()),
                true => watcher.left_out().into_iter().collect(),
            };
            for of in reports {
                // A function that panics must not end the watch.
                let _ = catch_unwind(AssertUnwindSafe(|| deliver(&of, &mut report)));
            }
            watcher.interval()
        };
        RunningWatch::start(move |now, is_last| {
            // As little must a `visit` of the program that panics in a new way.
            catch_unwind(AssertUnwindSafe(|| look(now, is_last))).ok()
        })
    }
}

impl fmt::Debug for GrowthWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrowthWatch")
            .field("interval", &self.watcher.interval())
            .finish_non_exhaustive()
    }
}

fn deliver(report: &WatchReport, receiver: &mut Option<Report>) {
    #[cfg(feature = "tracing")]
    events::emit(report);
    match receiver {
        Some(receiver) => receiver(report),
        None if cfg!(feature = "tracing") => {}
        #[expect(clippy::print_stderr, reason = "there is no other place")]
        None => eprintln!("objgraph: {report}"),
    }
}
