//! A stack for collectors that recurse.

use std::thread;

use super::super::readings::Readings;

/// Runs on a stack with this many bytes for each node, for collectors that recurse as deep as the
/// graph.
pub(super) fn on_a_deep_stack(n: usize, bytes: usize, collect: fn(usize) -> Readings) -> Readings {
    let stack = (n * bytes).max(64 << 20);
    let thread = thread::Builder::new().stack_size(stack);
    let running = thread.spawn(move || collect(n));
    running
        .ok()
        .and_then(|running| running.join().ok())
        .unwrap_or_default()
}
