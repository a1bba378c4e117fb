#![doc = include_str!("PROTOCOLS.md")]
//!
//! Where tracking is off, the module in `off.rs` takes the place of this one and of the pointers.

pub(crate) mod choice;
mod environment;
pub(crate) mod erased;
pub(crate) mod handles;
pub(crate) mod interned;
#[cfg(feature = "nightly")]
pub(crate) mod local_arcs;
pub(crate) mod pins;
pub(crate) mod places;
pub(crate) mod read;
pub(crate) mod record;
#[cfg(objgraph_recount)]
mod recount;
mod scope_handle;
pub(crate) mod thread;
mod watch_list;
pub(crate) mod watched;
pub(crate) mod zombies;

pub(crate) use choice::{
    choose_all, choose_except, choose_only, left_out, was_made as was_left_out,
};
#[allow(
    unused_imports,
    reason = "`HandleAddresses` is used with the feature `scan`"
)]
pub(crate) use handles::{HandleAddresses, follow, handles, handles_of, last_drop, still_there};
pub(crate) use interned::kinds::{kind, kinds};
pub(crate) use interned::origins::thread_names;
pub(crate) use read::{
    addresses, counts, describe, list, list_each, list_runs, lives, own_values, this_thread, visit,
    visit_all,
};
pub(crate) use scope_handle::{ScopeEntry, ScopeHandle};
pub(crate) use watched::{watch_arc, watch_rc, watched};
pub(crate) use zombies::ZombieWatch;

pub(crate) use crate::pointers;
pub use crate::pointers::instance::{Instance, instance_id};
pub(crate) use crate::pointers::{identify_arc, identify_rc, upgrade};

/// Whether tracking is compiled in: where debug assertions are on, or with the feature `always`.
///
/// ```
/// if !objgraph_core::ENABLED {
///     println!("tracking is off: build with debug assertions, or with the feature `always`");
/// }
/// ```
pub const ENABLED: bool = true;

/// Keeps its tokens, since tracking is compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __on {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Drops its tokens, since tracking is compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __off {
    ($($tokens:tt)*) => {};
}

/// Puts a type into the list that the linker makes.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($entry:ident($value:expr)) => {
        $crate::__private::inventory::submit! {
            $crate::__private::Submission::$entry($value)
        }
    };
}

/// Puts a root into the list that the linker makes.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit_root {
    ($($root:tt)*) => {
        $crate::__private::inventory::submit! { $($root)* }
    };
}

/// Puts a generic type into the list that the linker makes.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit_generic {
    ($($generic:tt)*) => {
        $crate::__private::inventory::submit! { $($generic)* }
    };
}

pub use crate::{
    __off as off, __on as on, __submit as submit, __submit_generic as submit_generic,
    __submit_root as submit_root,
};
