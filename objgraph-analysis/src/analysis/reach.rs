//! What is reachable over strong edges.

use objgraph_core::{EdgeRow, NodeId, Snapshot};

use super::{NodeSet, rows};

/// Returns every node that the starts own, directly or through others, and the starts themselves.
///
/// O(nodes of the snapshot / 64 + nodes and edges reached).
#[must_use]
pub fn reach(snapshot: &Snapshot, starts: impl IntoIterator<Item = NodeId>) -> NodeSet {
    if !crate::HAS_OBJECTS {
        return NodeSet::new(snapshot.len());
    }
    reach_over(snapshot, starts, |edge| edge.strong)
}

/// Returns every node that is reachable from the starts over edges that `owns` accepts, and the
/// starts themselves.
pub(super) fn reach_over(
    snapshot: &Snapshot,
    starts: impl IntoIterator<Item = NodeId>,
    owns: impl Fn(&EdgeRow) -> bool,
) -> NodeSet {
    let mut reached = NodeSet::new(snapshot.len());
    let mut queue: Vec<NodeId> = starts
        .into_iter()
        .filter(|&start| reached.insert(start))
        .collect();
    while let Some(node) = queue.pop() {
        for edge in rows(snapshot, node) {
            if owns(edge) && reached.insert(edge.target) {
                queue.push(edge.target);
            }
        }
    }
    reached
}

/// Returns every node of `within` that owns one of the starts, directly or through other nodes of
/// `within`, and the starts themselves.
///
/// O(nodes of the snapshot / 64 + nodes and edges reached). The first backward query of a snapshot
/// also makes one pass over all its edges.
#[must_use]
pub fn reach_backwards(
    snapshot: &Snapshot,
    starts: impl IntoIterator<Item = NodeId>,
    within: &NodeSet,
) -> NodeSet {
    if !crate::HAS_OBJECTS {
        return NodeSet::new(snapshot.len());
    }
    let mut reached = NodeSet::new(snapshot.len());
    let mut queue: Vec<NodeId> = starts
        .into_iter()
        .filter(|&start| within.contains(start) && reached.insert(start))
        .collect();
    while let Some(node) = queue.pop() {
        for edge in snapshot.edges_to(node) {
            let source = edge.source();
            if edge.is_strong() && within.contains(source) && reached.insert(source) {
                queue.push(source);
            }
        }
    }
    reached
}
