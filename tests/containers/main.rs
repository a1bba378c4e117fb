//! The trace finds references in each supported container: an edge through it, a weak edge, one
//! beside a foreign neighbour, and one in a lock that is held.

#![allow(
    dead_code,
    reason = "most fields are there to be seen by the trace alone"
)]

#[macro_use]
mod table;

mod ecosystem;
mod locks;
mod std_types;

#[allow(unused_imports, reason = "without features there is none")]
use objgraph::core::__private::foreign;
