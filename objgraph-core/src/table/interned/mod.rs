//! What many objects have in common, by number: types and sites, threads, scopes, and births that
//! combine them, so that a slot needs one word for all.

pub(crate) mod birth_rows;
pub(crate) mod births;
pub(crate) mod counters;
pub(crate) mod kind_cache;
pub(crate) mod kinds;
pub(crate) mod origins;
pub(crate) mod scopes;
