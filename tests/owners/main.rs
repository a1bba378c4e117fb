//! The handles to an object: listed with the feature `owners`, and empty without it.

mod cases;
mod random;
mod tokio_program;
