//! What people ask, with the defaults of Python's `objgraph`.

mod advice;
mod chains;
mod growth;
mod leaks;
mod lookup;
mod new_ids;
mod owners;
mod pictures;
mod scopes;
mod sizes;
mod stats;
mod suggestions;
mod type_cycles;
mod typed;
mod why;

pub use chains::{
    backref_chain, backref_chain_in, find_backref_chain, find_ref_chain, ref_chain, ref_chain_in,
};
pub use growth::{Grown, Growth, growth, show_growth};
pub(crate) use leaks::picture_of_leaks;
pub use leaks::{blind_spots, find_cycles, find_leaks, show_leaks};
pub use lookup::{at_addrs, by_type, by_type_in, by_type_of};
pub use new_ids::{
    NewIds, NewIdsLook, SortBy, get_new_ids, look_for_new_ids, new_ids, show_new_ids,
};
pub use owners::{leak_birth, owners, zombies};
pub use pictures::{
    Picture, backrefs, backrefs_in, chain_backrefs, chain_refs, leaked, refs, refs_in,
    show_backrefs, show_chain, show_refs,
};
pub use scopes::{in_current_scope, spawn_in_current_scope};
pub use sizes::{retained, show_retained, show_typesizes, typesizes};
pub(crate) use stats::meaning;
pub use stats::{
    Stats, count, count_in, most_common_types, show_most_common_types, stats, stats_of, typestats,
};
pub(crate) use suggestions::suggestions;
pub use type_cycles::type_cycles;
pub(crate) use typed::Meaning;
pub use typed::Typed;
pub use why::{
    get_leaking_objects, get_leaking_objects_in, get_leaking_objects_of, what_if_dropped,
    what_if_weak, why_alive,
};

use objgraph_core::__private::register_type_of;
use objgraph_core::Tracked;

/// Registers the type of a value that a call is given, and what it names.
fn register_type_of_value<T: Tracked>(_: &T) {
    register_type_of::<T>();
}

/// How many rows a table has where nothing is said.
const LIMIT: usize = 10;
