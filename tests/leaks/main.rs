//! What is called leaked has leaked, and nothing else is.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

mod cases;
mod random;
