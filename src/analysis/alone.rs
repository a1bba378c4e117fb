//! What a value alone keeps alive.

#[cfg(test)]
mod tests;

use objgraph_core::{Holder, NodeId, Snapshot};

use super::reach;
use super::simulation::{is_counted, reported};

/// The objects that nothing but the value leads to, sorted: those that go when it goes, unless
/// something keeps them that they own themselves.
///
/// An object that is held from outside, or of which that is not known, is not among them, nor is
/// what it owns. Takes time in proportion to the nodes and edges.
#[must_use]
pub(crate) fn kept_alone(snapshot: &Snapshot, value: NodeId) -> Vec<NodeId> {
    let reached = reach(snapshot, [value]);
    let reported = reported(snapshot);
    let is_held = |node: NodeId| {
        let (at, reported) = (snapshot.node(node), reported[node.index()]);
        match at.holder() {
            Holder::Instance => reported == 0,
            Holder::Value => true,
            _ if !is_counted(at.state()) => true,
            _ => at
                .strong()
                .is_none_or(|strong| strong == 0 || strong != reported),
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
