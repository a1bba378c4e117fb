//! Programs that once showed a fault, each with the right result.
//!
//! A case runs in a process of its own, so that it may leak and read the report on the whole
//! process.

#![allow(
    unused_qualifications,
    reason = "with tracking off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "most fields exist to own something and are never read"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what a case prints is what its parent process checks"
)]

mod advice;
mod assertions;
mod exact;
mod files;
mod fixes;
mod process;
mod reports;
