//! Fails a test that hangs.
//!
//! With `cfg(objgraph_recount)`, parking_lot's deadlock detection runs too, and names the threads
//! that wait for each other's locks.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Maximum duration of a test.
const LIMIT: Duration = Duration::from_secs(120);

/// Interval between searches for deadlocks.
const INTERVAL: Duration = Duration::from_secs(1);

/// Watches a test until it is dropped.
pub struct WatchGuard(#[allow(dead_code, reason = "that it is dropped says all")] Sender<()>);

/// Ends the process if the result is not dropped in time.
pub fn watch() -> WatchGuard {
    let (sender, receiver) = channel();
    let name = thread::current().name().unwrap_or("a test").to_owned();
    thread::spawn(move || {
        let until = Instant::now() + LIMIT;
        while is_running(&receiver) {
            abort_on_deadlock(&name);
            if Instant::now() >= until {
                eprintln!("{name}: not done after {LIMIT:?}: is it a deadlock?");
                std::process::abort();
            }
        }
    });
    WatchGuard(sender)
}

/// Waits for the end of the test, during one interval; returns whether it still runs.
fn is_running(test: &Receiver<()>) -> bool {
    test.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout)
}

#[cfg(objgraph_recount)]
fn abort_on_deadlock(name: &str) {
    let deadlocks = objgraph::core::__private::parking_lot::deadlock::check_deadlock();
    if deadlocks.is_empty() {
        return;
    }
    eprintln!("objgraph: when {name} ran, these threads waited for each other's locks:");
    for thread in deadlocks.iter().flatten() {
        eprintln!("{:?}\n{:?}", thread.thread_id(), thread.backtrace());
    }
    std::process::abort();
}

#[cfg(not(objgraph_recount))]
fn abort_on_deadlock(_: &str) {}
