//! Interning: types and sites, threads and scopes, each replaced by a small number, and births that
//! combine these numbers, so that a slot needs one word for all of them.
//!
//! `kinds` interns types with sites, `origins` threads with scopes, `births` a kind with an origin
//! and an epoch. `kind_cache` is what a thread knows of them without a lock, `counters` what it
//! counts.

pub(crate) mod birth_rows;
pub(crate) mod births;
pub(crate) mod counters;
pub(crate) mod kind_cache;
pub(crate) mod kinds;
pub(crate) mod origins;
pub(crate) mod scopes;
