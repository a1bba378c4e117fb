//! Room 4: analysis, pure functions of a snapshot.
//!
//! Nothing here touches a live object, reads a clock or writes a file. No function recurses, so
//! the depth of the graph is no limit, and every answer is sorted by an order that does not
//! depend on addresses or hash seeds.

mod blind_spots;
mod chain;
mod cycles;
mod found_cycles;
mod leaks;
mod neighbourhood;
mod node_set;
mod object;
mod possibly;
mod reach;
mod scc;
#[cfg(test)]
pub(crate) mod testkit;
mod way;

pub(crate) use blind_spots::can_derive;
pub use blind_spots::{BlindPlace, BlindSpots, BlindType};
pub use chain::{Chain, ChainSearch, is_root};
pub use cycles::{ClosingField, Cycle, Cycles, Step};
pub use found_cycles::FoundCycles;
pub use leaks::{Leaks, Objects, OverReported, find_leaks};
pub use neighbourhood::{
    Drawn, Link, LinkKind, Neighbourhood, Options as PictureOptions, Shape, TooLarge,
};
pub use node_set::NodeSet;
pub use object::SnapshotObject;
pub use possibly::Suspect;
pub use reach::{reach, reach_backwards};
pub use scc::{Components, strong_components, strong_components_within};
pub use way::Way;

use objgraph_core::{EdgeRow, NodeId, Snapshot};

/// The rows of the edges that leave a node.
fn rows(snapshot: &Snapshot, node: NodeId) -> &[EdgeRow] {
    let parts = snapshot.parts();
    let start = parts.edge_starts[node.index()] as usize;
    let end = parts.edge_starts[node.index() + 1] as usize;
    &parts.edges[start..end]
}
