//! Capture: who is alive.
//!
//! This is the one place that decides whether tracking is compiled in. The two sides offer the
//! same names; off, the pointers are those of std and every question is answered with nothing.

#[cfg(any(debug_assertions, feature = "always"))]
#[path = "on/mod.rs"]
pub(crate) mod side;

#[cfg(not(any(debug_assertions, feature = "always")))]
#[path = "off/mod.rs"]
pub(crate) mod side;

mod clock;
mod listed;

pub(crate) use clock::{advance_epoch, epoch, epochs, next_outside_id};
pub(crate) use listed::{Alike, HandleListed, Kind, KindCount, Listed, Looked};
pub use side::{
    ENABLED, Instance, instance_id, off, on, pointers, submit, submit_generic, submit_root,
};
pub(crate) use side::{
    Inside, ScopeHandle, addresses, counts, describe, follow, handles, handles_of, identify_arc,
    identify_rc, kind, kinds, last_drop, list, list_alike, list_each, lives, look, own_values,
    still_there, thread_names, upgrade, watch_arc, watch_rc, watched,
};
