//! What no object refers to.

use objgraph_core::{NodeId, Snapshot};

/// The objects of the table that no object refers to, weak references aside, in their order.
///
/// A root is no object, so what only a root refers to is among them. Takes time in proportion to
/// the nodes and edges.
#[must_use]
pub fn unreferenced(snapshot: &Snapshot) -> Vec<NodeId> {
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
