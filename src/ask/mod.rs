//! Queries: what users call, with the defaults of Python's `objgraph`.
//!
//! A query takes a snapshot, or reads the counters, and passes it to an analysis. To offer a new
//! analysis, add one file with the functions that users call, and its `mod` and `pub use` lines
//! below; nothing else in this room changes. The module of the crate that answers the question
//! (`leaks`, `alive`, `bytes`, …) re-exports the names. A `show_…` function prints through `print`,
//! after [`advice`], which replaces an empty table.

mod advice;
mod alive_in;
mod blind_spots;
mod chains;
mod cycles;
mod exports;
mod growth;
mod has_type;
mod leaks;
mod lookup;
mod meaning;
#[cfg(feature = "metrics")]
mod metrics;
mod new_ids;
mod object_of_value;
mod owners;
mod peaks;
mod pictures;
mod scopes;
mod sizes;
mod slow_build;
mod stats;
mod suggestions;
mod type_cycles;
mod unreferenced;
mod what_if;
mod why_alive;

pub use alive_in::{AliveCount, AliveIn, alive_in};
pub use blind_spots::blind_spots;
pub use chains::{
    backref_chain, backref_chain_in, find_backref_chain, find_ref_chain, ref_chain, ref_chain_in,
};
pub use cycles::find_cycles;
pub use exports::write_heapsnapshot;
#[cfg(feature = "pprof")]
pub use exports::{pprof, pprof_by_chain};
pub use growth::{growth, show_growth};
pub use has_type::HasType;
pub(crate) use leaks::picture_of_leaks;
pub use leaks::{find_leaks, show_leaks, with_labels};
pub use lookup::{at_addrs, by_type, by_type_in, by_type_of};
pub(crate) use meaning::{Meaning, meaning};
#[cfg(feature = "metrics")]
pub use metrics::{metrics_text, metrics_text_with, traced_metrics_text};
pub use new_ids::{NewIds, NewIdsQuery, SortBy, get_new_ids, new_ids, query_new_ids, show_new_ids};
pub use owners::{leak_birth, owners, zombies};
pub use peaks::{Growth, TypeGrowth};
pub use pictures::{
    Picture, backrefs, backrefs_in, chain_backrefs, chain_refs, leaked, refs, refs_in,
    show_backrefs, show_chain, show_refs,
};
pub use scopes::{in_current_scope, spawn_in_current_scope};
pub use sizes::{retained, show_retained, show_typesizes, typesizes};
pub use stats::{
    Stats, count, count_in, most_common_types, show_most_common_types, stats, stats_of, typestats,
};
pub(crate) use suggestions::suggestions;
pub use type_cycles::type_cycles;
pub use unreferenced::{get_leaking_objects, get_leaking_objects_in, get_leaking_objects_of};
pub use what_if::{what_if_dropped, what_if_weak};
pub use why_alive::why_alive;

use objgraph_core::__private::register_type_of;
use objgraph_core::Tracked;

/// Registers the type of an argument, and the types that its fields name.
fn register_type_of_value<T: Tracked>(_: &T) {
    register_type_of::<T>();
}

/// Default number of rows in a table.
const LIMIT: usize = 10;
