//! Room 4: analysis, pure functions of a snapshot.
//!
//! Nothing here touches a live object, reads a clock or writes a file. No function recurses, so
//! the depth of the graph is no limit, and every answer is sorted by an order that does not
//! depend on addresses or hash seeds.

mod alone;
mod balance;
mod blind_spots;
mod chain;
mod copies;
mod coverage;
mod cycles;
mod diff;
mod direction;
mod dominators;
mod fields;
mod found_cycles;
mod graph;
mod kinds;
mod leak_birth;
mod leaks;
#[cfg(test)]
mod naive;
mod neighbourhood;
mod node_set;
mod object;
mod openings;
mod owners;
mod possibly;
mod reach;
mod retained;
mod rings;
mod scc;
mod shown_names;
mod simulation;
mod stable_name;
mod summaries;
#[cfg(test)]
pub(crate) mod testkit;
mod trend;
mod type_cycles;
mod type_sizes;
mod unproven;
mod unreferenced;
mod what_if;
mod why_alive;

#[doc(hidden)]
pub use alone::kept_alone;
pub use blind_spots::{BlindPlace, BlindSpots, BlindType};
pub use chain::{Chain, ChainSearch, is_root};
pub(crate) use copies::is_of_another_copy;
pub use coverage::Coverage;
pub(crate) use coverage::{Gap, Untraced};
pub use cycles::{ClosingField, CycleKind, Cycles};
pub use diff::{ContainerDiff, Diff, SiteDiff, Turnover, TypeDiff, diff};
pub use direction::Direction;
pub use fields::FieldPath;
#[doc(hidden)]
pub use fields::declaring;
#[doc(hidden)]
pub use fields::field;
pub use found_cycles::ReachableCycles;
pub use kinds::{Fingerprint, Fix, LeakGroup, LeakKind, LeakKinds, ParseFingerprintError};
pub use leak_birth::LeakBirth;
#[doc(hidden)]
pub use leak_birth::leak_birth;
pub use leaks::{Leaks, Objects, OverReportedObject, find_leaks};
pub use neighbourhood::{
    EdgeKind, Neighbourhood, PictureEdge, PictureNode, PictureOptions, Subject, TooLarge,
};
pub use node_set::NodeSet;
pub use object::SnapshotObject;
pub(crate) use openings::Opening;
pub use owners::{
    ExternalHandles, InternalHandle, Owners, ZombieSite, Zombies, external_handles, owners, zombies,
};
pub use possibly::OpaqueValue;
pub use reach::{reach, reach_backwards};
pub use retained::{Dominator, RetainedByType, RetainedSizes};
pub use rings::Reference;
pub use scc::{Components, strong_components, strong_components_within};
#[doc(hidden)]
pub use shown_names::ShownNames;
pub use trend::{Metric, SteadyGrowth, Trend};
#[cfg(test)]
pub(crate) use type_cycles::type_info;
pub use type_cycles::{Ownership, TypeCycle, TypeCycles, TypeEdge};
pub use type_sizes::{TypeSize, TypeSizes};
#[doc(hidden)]
pub use unproven::Unproven;
pub use unreferenced::unreferenced;
pub use what_if::{Change, Owner, Survivor, WhatIf, what_if_dropped, what_if_weak};
pub use why_alive::{AliveReason, Anchor, WhyAlive, why_alive};

use objgraph_core::{EdgeRow, NodeId, Snapshot};

/// The rows of the edges that leave a node.
fn rows(snapshot: &Snapshot, node: NodeId) -> &[EdgeRow] {
    let parts = snapshot.parts();
    let start = parts.edge_starts[node.index()] as usize;
    let end = parts.edge_starts[node.index() + 1] as usize;
    &parts.edges[start..end]
}

/// What a node takes, in bytes: its value, and what that owns on the heap outside of other
/// objects.
fn bytes_of(snapshot: &Snapshot, node: NodeId) -> u64 {
    let node = snapshot.node(node);
    node.shallow_bytes() + node.heap_bytes()
}
