//! Analyses: pure functions of a snapshot.
//!
//! Nothing in this room touches a live object, reads a clock or writes a file. No function recurses
//! over the graph, so depth is not a limit, and every result is sorted in an order that does not
//! depend on addresses or hash seeds.

mod adjacency;
mod alive_objects;
mod balance;
mod blind_spots;
mod chain;
mod concrete_values;
mod coverage;
mod cycles;
mod diff;
mod direction;
mod dominators;
mod exclusive;
mod fields;
mod foreign_copies;
mod growth_watch;
mod inferred;
mod leak_birth;
mod leak_kinds;
mod leaks;
#[cfg(test)]
pub(crate) mod naive;
mod neighbourhood;
mod node_set;
mod owners;
mod possibly_leaked;
mod reach;
mod reachable_cycles;
mod remedies;
mod retained_sizes;
mod rings;
mod scc;
mod shown_names;
mod simulation;
mod snapshot_object;
mod stable_name;
mod summaries;
#[cfg(test)]
pub(crate) mod testkit;
mod trend;
mod type_cycles;
mod type_sizes;
mod unproven_objects;
mod unreferenced;
mod what_if;
mod why_alive;

#[doc(hidden)]
pub use alive_objects::AliveObjects;
pub use blind_spots::{BlindPlace, BlindSpots, BlindType};
pub use chain::{Chain, ChainSearch, is_root};
pub(crate) use concrete_values::ConcreteValues;
pub use coverage::Coverage;
pub(crate) use coverage::{Gap, GapCause, NamedType, may_refer};
pub use cycles::{ClosingField, CycleKind, Cycles};
pub use diff::{ContainerDiff, Diff, SiteDiff, Turnover, TypeDiff, diff};
pub use direction::Direction;
#[doc(hidden)]
pub use exclusive::exclusively_retained;
pub use fields::FieldPath;
#[doc(hidden)]
pub use fields::declaring;
#[doc(hidden)]
pub use fields::field;
pub(crate) use foreign_copies::is_foreign_copy;
#[doc(hidden)]
pub use growth_watch::{AgeWatch, PiledUp, oldest_since};
pub use leak_birth::LeakBirth;
#[doc(hidden)]
pub use leak_birth::leak_birth;
pub use leak_kinds::{Fingerprint, Fix, LeakGroup, LeakKind, LeakKinds, ParseFingerprintError};
pub(crate) use leaks::{HeldBy, held_by};
pub use leaks::{Leaks, Objects, OverReportedObject, find_leaks};
pub use neighbourhood::{
    EdgeKind, Neighbourhood, PictureEdge, PictureNode, PictureOptions, Subject, TooLarge,
};
pub use node_set::NodeSet;
pub use owners::{
    ExternalHandles, InternalHandle, Owners, ZombieSite, Zombies, external_handles, owners, zombies,
};
pub use possibly_leaked::OpaqueValue;
pub use reach::{reach, reach_backwards};
pub use reachable_cycles::ReachableCycles;
pub(crate) use remedies::Remedy;
pub(crate) use retained_sizes::leaked_cycles;
pub use retained_sizes::{Dominator, RetainedByType, RetainedSizes};
pub use rings::Reference;
pub use scc::{Components, strong_components, strong_components_within};
#[doc(hidden)]
pub use shown_names::ShownNames;
pub use snapshot_object::SnapshotObject;
pub use trend::{Metric, SteadyGrowth, Trend};
#[cfg(test)]
pub(crate) use type_cycles::type_info;
pub use type_cycles::{Ownership, TypeCycle, TypeCycles, TypeEdge};
pub use type_sizes::{TypeSize, TypeSizes};
#[doc(hidden)]
pub use unproven_objects::UnprovenObjects;
pub use unreferenced::unreferenced;
pub use what_if::{Change, Owner, Survivor, WhatIf, what_if_dropped, what_if_weak};
pub use why_alive::{AliveReason, Anchor, WhyAlive, why_alive};

use objgraph_core::{EdgeRow, NodeId, Snapshot};

/// Returns the edges that leave a node.
pub(crate) fn rows(snapshot: &Snapshot, node: NodeId) -> &[EdgeRow] {
    let parts = snapshot.parts();
    let start = parts.edge_starts[node.index()] as usize;
    let end = parts.edge_starts[node.index() + 1] as usize;
    &parts.edges[start..end]
}

/// Returns the size of a node in bytes: its value plus the heap memory that the value owns outside
/// of other objects.
pub(crate) fn bytes_of(snapshot: &Snapshot, node: NodeId) -> u64 {
    let node = snapshot.node(node);
    node.shallow_bytes() + node.heap_bytes()
}
