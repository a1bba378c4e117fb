//! objgraph in hostile programs: a module for each law that it has to keep there.
//!
//! A watchdog ends a test that hangs, with a message.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "the fields are there to hold, and nothing else reads them"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what ends a process, or runs in another, can tell it in no other way"
)]

mod borrows;
mod callbacks;
mod drift;
mod files;
mod hostile;
mod names;
#[path = "../nested_cargo/mod.rs"]
mod nested_cargo;
mod outputs;
mod processes;
mod queries;
mod reentrancy;
mod secrets;
mod threads;
mod transparency;
mod visits;
mod watchdog;
mod writers;

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Lets one test run at a time, since each inspects the whole process. Ends a test that hangs, and
/// silences intended panics.
struct ExclusiveGuard {
    _watched: watchdog::WatchGuard,
    _alone: MutexGuard<'static, ()>,
}

/// The message of an intended panic.
const MEANT: &str = "this panic is meant";

/// Asserts that no object of a type called `Leaf` has leaked.
fn assert_no_leaf_leaked() {
    let leaks = objgraph::find_leaks();
    let mut leaves = leaks.iter().map(|object| object.type_name());
    assert!(!leaves.any(|name| name.ends_with("::Leaf")), "{leaks}");
}

fn alone() -> ExclusiveGuard {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload().downcast_ref().map(String::as_str);
            if text.or(info.payload().downcast_ref().copied()) != Some(MEANT) {
                hook(info);
            }
        }));
    });
    let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    ExclusiveGuard {
        _alone: alone,
        _watched: watchdog::watch(),
    }
}

impl Drop for ExclusiveGuard {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drift::assert_none();
        }
    }
}
