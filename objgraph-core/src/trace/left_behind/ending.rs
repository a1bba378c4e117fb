//! Whether a thread that began to end has ended.
//!
//! What a thread leaves alive is traced while its thread-locals are dropped. Thread-locals older
//! than the thread's part of the table are dropped after that, and may hold what was traced. Safe
//! code cannot know when the last of them is gone, except from the system, which then removes the
//! thread.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::platform::Instant;

/// A thread that is ending.
pub(super) struct EndingThread {
    /// The folder that the system has for a running thread; `None` where the system has none.
    task: Option<PathBuf>,
    begun: Instant,
    has_ended: AtomicBool,
}

/// Maximum time to wait for a thread to drop its thread-locals. Where the system does not show when
/// it ends, it counts as ended after this time.
const PATIENCE: Duration = Duration::from_millis(100);

thread_local! {
    /// Whether this thread is ending.
    static IS_ENDING: Cell<bool> = const { Cell::new(false) };
}

impl EndingThread {
    /// Records that the calling thread is ending.
    pub(super) fn begin() -> Self {
        IS_ENDING.set(true);
        // Inside the folder of the process: `123/task/456`.
        let task = std::fs::read_link("/proc/thread-self").ok();
        Self {
            task: task.map(|task| PathBuf::from("/proc").join(task)),
            begun: Instant::now(),
            has_ended: AtomicBool::new(false),
        }
    }

    /// Waits a moment for the thread to end, unless the calling thread is ending too.
    pub(super) fn wait(&self) {
        while !self.has_ended() && !IS_ENDING.get() && self.begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_micros(50));
        }
    }

    /// Whether the thread has ended.
    pub(super) fn has_ended(&self) -> bool {
        // Relaxed, here and below: a thread that ended stays so, and a reader that misses it asks
        // the system again.
        let ended = self.has_ended.load(Ordering::Relaxed)
            || match &self.task {
                Some(task) => !task.exists(),
                None => self.begun.elapsed() >= PATIENCE,
            };
        if ended {
            self.has_ended.store(true, Ordering::Relaxed);
        }
        ended
    }
}
