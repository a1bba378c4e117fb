//! What the routes answer, and whom.

#[path = "../support/mod.rs"]
mod support;

mod access;
mod answers;
mod mounting;
mod refusals;
