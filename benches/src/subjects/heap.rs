//! A whole heap that leaks, looked through: ours, and those who collect it.

pub(super) mod bacon;
pub(super) mod dumpster;
pub(super) mod floor;
pub(super) mod gc_arena;
pub(super) mod ours;
pub(super) mod rust_cc;

use std::thread;

use super::Readings;

/// Runs on a stack of so many bytes for each node, for collectors that recurse as deep as the
/// graph.
fn on_a_deep_stack(n: usize, bytes: usize, collect: fn(usize) -> Readings) -> Readings {
    let stack = (n * bytes).max(64 << 20);
    let thread = thread::Builder::new().stack_size(stack);
    let running = thread.spawn(move || collect(n));
    running
        .ok()
        .and_then(|running| running.join().ok())
        .unwrap_or_default()
}
