//! The pointers behave like std's.

mod bounds;
mod equality;
#[cfg(unix)]
mod fork;
mod left_behind;
mod lent_objects;
