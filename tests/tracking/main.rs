//! Types that are left out by choice: nothing is recorded, nothing changes, and no leak is invented.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

mod environment;
mod objects;
mod random;
mod threads;

use std::sync::{Mutex, MutexGuard, PoisonError};

use objgraph::tracking;

static ALONE: Mutex<()> = Mutex::new(());

/// One test at a time, since a choice is valid for the whole process. Ends with all types tracked.
struct Alone(MutexGuard<'static, ()>);

fn alone() -> Alone {
    Alone(ALONE.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Drop for Alone {
    fn drop(&mut self) {
        tracking::all();
    }
}
