//! What ended threads left behind: what has leaked of it, and what was forgotten.

use objgraph_core::{NodeId, Snapshot, State};

use super::HeldObjects;
use crate::analysis::{NodeSet, reach, rows, strong_components_within};

/// The objects that only handles of ended threads lead to.
pub(super) struct LeftBehind {
    /// The objects on cycles, and below them: no code can break the cycle any more.
    pub(super) leaked: NodeSet,
    /// The others: a handle to them, or to their owner, was forgotten.
    pub(super) forgotten: NodeSet,
}

impl LeftBehind {
    /// Divides the objects that are alive; `None` if no thread left any behind.
    pub(super) fn of(snapshot: &Snapshot, held: &HeldObjects, alive: &NodeSet) -> Option<Self> {
        if snapshot.parts().left_behind.is_empty() {
            return None;
        }
        // More references were reported than exist, so any of them may be in use.
        let over_reported = held.over_reported.iter().map(|over| over.node);
        let held_by_running = held.all.iter().copied().filter(|&node| {
            let node = snapshot.node(node);
            !node.is_left_behind() || node.state() == State::InFlight
        });
        let in_use = reach(snapshot, held_by_running.chain(over_reported));
        let left_behind = alive.without(&in_use);
        let components = strong_components_within(snapshot, &left_behind);
        let on_cycles = (0..components.count())
            .map(|component| components.members(component))
            .filter(|members| is_cycle(snapshot, members))
            .flatten();
        let leaked = reach(snapshot, on_cycles.copied()).without(&in_use);
        Some(Self {
            forgotten: left_behind.without(&leaked),
            leaked,
        })
    }
}

/// Returns whether the members of a strongly connected component form a cycle.
fn is_cycle(snapshot: &Snapshot, members: &[NodeId]) -> bool {
    match members {
        [alone] => rows(snapshot, *alone)
            .iter()
            .any(|edge| edge.strong && edge.target == *alone),
        _ => true,
    }
}
