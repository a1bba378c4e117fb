//! What runs inside a program that `cargo objgraph` instrumented: it reports what leaked when the
//! program ends, or on a signal.
//!
//! The command inserts [`main_guard`] as the first statement of `main`, and the facade of std has
//! [`exit`] in place of `std::process::exit`. Where `OBJGRAPH_RUN` names a folder, a report goes into
//! files there, as the crate `objgraph-findings` describes them; without it, the program was started by hand,
//! and its report goes to standard error. Programs that tests start, where `OBJGRAPH_RECORD` names the
//! folder of the tests' records, write there, so that what they print is what the tests expect.
//!
//! ```text
//! main_guard() ── SIGUSR1 ──→ a report, and the program continues
//!      │       ── SIGINT  ──→ a report, then the program ends by the signal
//!      └─ dropped, or exit() ──→ a report
//! ```
//!
//! Of the three that end the program, the first reports, and the others wait for it. No code of the
//! program runs but `visit`: a `Debug` may wait for a lock that the end of the program never releases.

#![forbid(unsafe_code)]

mod end;
mod files;
mod findings;
mod process;
mod report;
#[cfg(unix)]
mod signals;
mod text;

pub use end::{MainGuard, exit, main_guard};
