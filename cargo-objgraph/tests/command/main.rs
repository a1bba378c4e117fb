//! The command on small programs: what it prints, what it exits with, and that it changes nothing.
//!
//! All programs share one target folder for the copies, so that objgraph is built once.

mod adopt;
mod dependencies;
mod inputs;
mod programs;
mod project;
mod readme;
mod rebuilds;
mod snapshots;
