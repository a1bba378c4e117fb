//! A whole heap that leaks: found by ours, and collected by others.

pub(super) mod bacon;
pub(super) mod chain;
mod deep_stack;
pub(super) mod dumpster;
pub(super) mod floor;
pub(super) mod gc_arena;
pub(super) mod ours;
pub(super) mod rust_cc;
