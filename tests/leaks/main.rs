//! What is called leaked has leaked, and nothing else is.

#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

mod cases;
mod random;
