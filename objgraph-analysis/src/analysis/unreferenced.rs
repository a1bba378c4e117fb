//! Objects without an owner.

use objgraph_core::{NodeId, Snapshot};

/// Returns the objects of the table to which no object refers strongly, sorted.
///
/// A root is not an object, so objects that only a root refers to are included. O(nodes + edges).
#[must_use]
pub fn unreferenced(snapshot: &Snapshot) -> Vec<NodeId> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let mut is_referred_to = vec![false; snapshot.len()];
    for node in snapshot.nodes().filter(|node| node.id().is_in_table()) {
        for edge in super::rows(snapshot, node.node_id()) {
            is_referred_to[edge.target.index()] |= edge.strong;
        }
    }
    let unreferenced = (0..snapshot.len()).filter(|&at| !is_referred_to[at]);
    let nodes = unreferenced.map(NodeId::new);
    nodes
        .filter(|&node| snapshot.node(node).id().is_in_table())
        .collect()
}
