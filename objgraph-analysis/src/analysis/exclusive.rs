//! What a value alone keeps alive.

#[cfg(test)]
mod tests;

use objgraph_core::{NodeId, Snapshot};

use super::balance::{Balance, reported};
use super::reach;

/// The objects that nothing but the value leads to, sorted: those that go when it goes, unless
/// something keeps them that they own themselves.
///
/// An object that is held from outside, or of which that is not known, is not among them, nor is
/// what it owns. Takes time in proportion to the nodes and edges.
#[must_use]
#[doc(hidden)]
pub fn exclusively_retained(snapshot: &Snapshot, value: NodeId) -> Vec<NodeId> {
    let reached = reach(snapshot, [value]);
    let reported = reported(snapshot);
    let is_held = |node: NodeId| {
        let reported = reported[node.index()];
        match Balance::of(snapshot.node(node), reported) {
            Balance::Owned => false,
            Balance::Counted(references) => references != reported,
            Balance::InPlace | Balance::OverReported(_) | Balance::Unknown => true,
        }
    };
    let others = (0..snapshot.len()).map(NodeId::new);
    let others = others.filter(|&node| node != value && (!reached.contains(node) || is_held(node)));
    let elsewhere = reach(snapshot, others);
    reached
        .iter()
        .filter(|&node| node != value && !elsewhere.contains(node))
        .collect()
}
