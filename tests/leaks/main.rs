//! Exactly the leaked objects are called leaked.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

mod cases;
mod hidden;
mod random;
