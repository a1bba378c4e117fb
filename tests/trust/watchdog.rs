//! A test that hangs is to fail.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// How long a test may take.
const LIMIT: Duration = Duration::from_secs(120);

/// A test that is watched until this is dropped.
pub struct Watched(#[allow(dead_code, reason = "that it is dropped says all")] Sender<()>);

/// Ends the process if the answer is not dropped in time.
pub fn watch() -> Watched {
    let (sender, receiver) = channel();
    let name = thread::current().name().unwrap_or("a test").to_owned();
    thread::spawn(move || {
        if receiver.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{name}: not done after {LIMIT:?}: is it a deadlock?");
            std::process::abort();
        }
    });
    Watched(sender)
}
