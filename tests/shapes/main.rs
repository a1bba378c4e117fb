//! Well-known shapes of leaks. The report names the field to change, and the same code with that
//! change leaks nothing.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

mod exclusive;

mod cache;
mod closure;
mod graph;
mod interpreter;
mod list;
mod observer;
mod self_cycle;
mod thread;
mod tree;
mod wakers;
