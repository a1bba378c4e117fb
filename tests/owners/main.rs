//! Who holds an object, handle by handle: with the feature `owners`, and nothing without it.

mod cases;
mod random;
mod tokio_program;
