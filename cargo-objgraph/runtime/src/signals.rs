//! Signals: a report of the running program, and of one that is interrupted.
//!
//! A program may handle the same signals. If it calls `sigaction`, as the crate ctrlc does, its handler
//! replaces ours. If it uses the crate signal-hook-registry, as tokio and signal-hook do, its handler
//! runs beside ours, and must not find the program ended. That crate numbers its handlers, so a
//! handler that was registered since ours makes the next number larger than ours by more than one.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};
use std::thread;

use signal_hook::consts::{SIGINT, SIGUSR1};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

use crate::end::report_the_end;
use crate::files::{print, write_report};
use crate::report::Reason;

/// Starts the thread that handles signals; once. Without it, the program runs as before.
pub(crate) fn handle() {
    static STARTED: Once = Once::new();

    STARTED.call_once(|| {
        let Ok(signals) = Signals::new([SIGUSR1, SIGINT]) else {
            return;
        };
        let own = next_number();
        let thread = thread::Builder::new().name("objgraph".to_owned());
        // The program runs without reports on signals if it may have no more threads.
        let _ = thread.spawn(move || answer(signals, own));
    });
}

/// Answers signals until the program ends.
fn answer(mut signals: Signals, own: Option<u64>) {
    let mut is_interrupted = false;
    for signal in signals.forever() {
        if signal == SIGUSR1 {
            write_report(Reason::Signal);
            continue;
        }
        let has_handlers = match (own, next_number()) {
            (Some(own), Some(next)) => next > own + 1,
            _ => false,
        };
        if has_handlers && !is_interrupted {
            is_interrupted = true;
            write_report(Reason::Signal);
            print(
                "objgraph: the program handles signals itself, so it was not ended; a second\n\
                 interrupt ends it.\n",
            );
            continue;
        }
        report_the_end(Reason::Interrupt);
        // Ends the process by the signal, as without a handler.
        let _ = low_level::emulate_default_handler(signal);
    }
}

/// Registers a handler that does nothing, removes it, and returns its number.
fn next_number() -> Option<u64> {
    let id = flag::register(SIGUSR1, Arc::new(AtomicBool::new(false))).ok()?;
    let number = number_in(&format!("{id:?}"));
    low_level::unregister(id);
    number
}

/// Returns the last number in a text.
fn number_in(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let start = digits.rfind(|c: char| !c.is_ascii_digit());
    digits[start.map_or(0, |at| at + 1)..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_handler_has_the_next_number() {
        let first = next_number().expect("signal-hook shows the numbers of its handlers");
        assert_eq!(next_number(), Some(first + 1));
        let other = flag::register(SIGUSR1, Arc::default()).expect("a handler can be registered");
        assert_eq!(next_number(), Some(first + 3));
        low_level::unregister(other);
    }
}
