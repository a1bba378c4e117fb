//! Programs of `Arc`.

use std::sync::{Mutex, MutexGuard};

use objgraph::sync::{Arc as Ptr, Weak};

#[path = "program.rs"]
#[allow(clippy::duplicate_mod, reason = "it is written for both pointers")]
mod program;

type Cell<T> = Mutex<T>;

fn lock<T>(cell: &Cell<T>) -> MutexGuard<'_, T> {
    cell.lock().expect("nobody panicked")
}
