//! What is called leaked has leaked, and nothing else is.

mod cases;
mod random;
