//! Which objects are kept alive by one value alone.

#[cfg(test)]
mod tests;

use objgraph_core::{NodeId, Snapshot};

use super::balance::{Balance, Reported};
use super::reach;

/// Returns the objects that are reachable only through `value`, sorted. They are dropped with it,
/// unless a cycle among them keeps them alive.
///
/// An object with external references, or with a count that is not known, is excluded, and so is
/// everything that it owns. O(nodes + edges).
#[must_use]
#[doc(hidden)]
pub fn exclusively_retained(snapshot: &Snapshot, value: NodeId) -> Vec<NodeId> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let reached = reach(snapshot, [value]);
    let reported = Reported::of(snapshot);
    let is_held = |node: NodeId| {
        let reported = reported.to(node);
        match Balance::of(snapshot.node(node), reported) {
            Balance::Owned => false,
            Balance::Counted(references) => references != reported,
            Balance::InPlace | Balance::OverReported(_) | Balance::Unknown => true,
        }
    };
    let others = (0..snapshot.len())
        .map(NodeId::new)
        .filter(|&node| node != value && (!reached.contains(node) || is_held(node)));
    let reached_otherwise = reach(snapshot, others);
    reached
        .iter()
        .filter(|&node| node != value && !reached_otherwise.contains(node))
        .collect()
}
