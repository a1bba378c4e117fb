//! What ended threads left behind: what of it has leaked, and what was forgotten.

use objgraph_core::{NodeId, Snapshot, State};

use super::HeldObjects;
use crate::analysis::{NodeSet, reach, rows, strong_components_within};

/// The objects that only handles of ended threads lead to.
pub(super) struct LeftBehind {
    /// On cycles, and below them: no code can ever take the cycle apart.
    pub(super) leaked: NodeSet,
    /// The others: a handle to them, or to what owns them, was forgotten.
    pub(super) forgotten: NodeSet,
}

impl LeftBehind {
    /// Of a snapshot in which these objects are alive; `None` if there are none.
    pub(super) fn of(snapshot: &Snapshot, held: &HeldObjects, alive: &NodeSet) -> Option<Self> {
        if snapshot.parts().left_behind.is_empty() {
            return None;
        }
        // More references than an object has were reported: any may be used.
        let overreported = held.overreported.iter().map(|over| over.node);
        let of_running = held.all.iter().copied();
        let of_running = of_running.filter(|&node| {
            let node = snapshot.node(node);
            !node.is_left_behind() || node.state() == State::InFlight
        });
        let in_use = reach(snapshot, of_running.chain(overreported));
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

impl HeldObjects {
    /// These are held no more.
    pub(super) fn remove(&mut self, nodes: &NodeSet) {
        self.all.retain(|&node| !nodes.contains(node));
        self.by_references.retain(|&node| !nodes.contains(node));
    }
}

/// Whether objects, each of which reaches all others, do so over an edge.
fn is_cycle(snapshot: &Snapshot, members: &[NodeId]) -> bool {
    match members {
        [alone] => rows(snapshot, *alone)
            .iter()
            .any(|edge| edge.strong && edge.target == *alone),
        _ => true,
    }
}
