//! Tracking is compiled in.

mod bare;
mod births;
mod chunks;
mod counters;
mod inner;
mod instance;
mod kind_cache;
mod kinds;
mod left;
mod list;
mod local;
mod magazine;
mod origins;
mod owners;
mod pins;
mod pool;
#[cfg(objgraph_recount)]
mod recount;
mod scopes;
mod segments;
mod shared;
mod table;
mod values;
mod watched;

pub mod pointers;

pub(crate) use counters::counts;
pub use instance::{Instance, instance_id};
pub(crate) use kinds::{kind, kinds};
pub(crate) use list::{addresses, describe, list, list_alike, list_each, lives, look, own_values};
pub(crate) use origins::thread_names;
pub(crate) use owners::{follow, handles, handles_of, last_drop, still_there};
pub(crate) use pointers::{identify_arc, identify_rc, upgrade};
pub(crate) use scopes::{Inside, ScopeHandle};
pub(crate) use watched::{watch_arc, watch_rc, watched};

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
    ($register:expr) => {
        $crate::__private::inventory::submit! {
            $crate::__private::Submission($register)
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
