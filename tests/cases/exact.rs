//! The pointers behave as std's do.

mod bounds;
mod equality;
#[cfg(unix)]
mod fork;
mod left_behind;
mod lent;
