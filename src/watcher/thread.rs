//! The thread of a watch: it looks after each interval, until it is stopped.

use std::io;
use std::process;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use objgraph_core::platform::Instant;

/// A watch that runs until this is dropped; see [`watch_growth`](crate::watch_growth).
///
/// Dropping it does not wait for a look that is under way; [`RunningWatch::stop`] does.
#[derive(Debug, Default)]
#[must_use = "the watch stops when this is dropped"]
pub struct RunningWatch(Option<Thread>);

#[derive(Debug)]
struct Thread {
    /// The thread stops when this is dropped.
    stop: Sender<()>,
    handle: JoinHandle<()>,
    /// The process that has the thread.
    process: u32,
}

impl RunningWatch {
    /// Starts a thread that calls `look` at once, and then after each interval, which it returns; and for
    /// the last time when it is stopped. It receives the time since the first look.
    pub(super) fn start(
        look: impl FnMut(Duration, bool) -> Option<Duration> + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, is_stopped) = channel();
        let handle = thread::Builder::new()
            .name("objgraph-watch".to_owned())
            .spawn(move || run(look, &is_stopped))?;
        Ok(Self(Some(Thread {
            stop,
            handle,
            process: process::id(),
        })))
    }

    /// Returns whether the thread runs: not where tracking is off, nor in a child of a fork.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let thread = self.0.as_ref();
        thread.is_some_and(|thread| thread.is_here() && !thread.handle.is_finished())
    }

    /// Stops the watch, and waits until the look that is under way has ended: then no report follows. If
    /// reports were left out today, the last one is the line that says so.
    ///
    /// Called by the function that receives the reports, it does not wait.
    pub fn stop(mut self) {
        if let Some(thread) = self.0.take() {
            thread.stop(true);
        }
    }
}

impl Drop for RunningWatch {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            thread.stop(false);
        }
    }
}

impl Thread {
    /// Whether the thread is one of this process. In a child of a fork, nothing would end a wait for it.
    fn is_here(&self) -> bool {
        self.process == process::id()
    }

    fn stop(self, waits: bool) {
        if !self.is_here() {
            // The thread may have held a lock of the channel when the process forked.
            std::mem::forget(self);
            return;
        }
        let Self { stop, handle, .. } = self;
        drop(stop);
        if waits && handle.thread().id() != thread::current().id() {
            // It catches the panics of its looks.
            let _ = handle.join();
        }
    }
}

fn run(mut look: impl FnMut(Duration, bool) -> Option<Duration>, is_stopped: &Receiver<()>) {
    let begun = Instant::now();
    let mut next = Duration::ZERO;
    let mut interval = super::GrowthWatch::SHORTEST;
    loop {
        interval = look(begun.elapsed(), false).unwrap_or(interval);
        next += interval;
        let now = begun.elapsed();
        if next < now {
            // A look took longer than the interval, or the machine slept. What was missed is not caught up.
            next = now + interval;
        }
        match is_stopped.recv_timeout(next - now) {
            Err(RecvTimeoutError::Timeout) => {}
            _ => break,
        }
    }
    look(begun.elapsed(), true);
}
