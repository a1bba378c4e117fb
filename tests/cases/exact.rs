//! The pointers behave as std's do.

mod bounds;
mod equality;
mod lent;
