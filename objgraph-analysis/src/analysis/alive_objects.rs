//! Objects that are alive and should not be, for assertions.

use std::collections::HashSet;
use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot};

use super::{ExternalHandles, WhyAlive, external_handles, why_alive};
use crate::order;

/// Maximum number of objects with a reason.
const REASONS: usize = 3;
/// Maximum number of objects among which these are chosen.
const CANDIDATES: usize = 12;

/// Objects that are alive and should not be, and why some of them are.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct AliveObjects {
    snapshot: Arc<Snapshot>,
    nodes: Vec<NodeId>,
    reasons: Vec<WhyAlive>,
    handles: Vec<ExternalHandles>,
    with_handles: Vec<NodeId>,
}

impl AliveObjects {
    /// Finds why these objects are alive. O(nodes + edges).
    #[must_use]
    pub fn of(snapshot: &Arc<Snapshot>, nodes: &[NodeId]) -> Self {
        if !crate::HAS_OBJECTS {
            return Self {
                snapshot: Arc::clone(snapshot),
                nodes: Vec::new(),
                reasons: Vec::new(),
                handles: Vec::new(),
                with_handles: Vec::new(),
            };
        }
        let mut handles = external_handles(snapshot, nodes.iter().copied());
        handles.retain(|one| one.strong);
        let has_handle = |&node: &NodeId| {
            let mut handles = snapshot.handles_to(node).iter();
            handles.any(|row| row.strong && row.held.is_none())
        };
        Self {
            snapshot: Arc::clone(snapshot),
            nodes: nodes.to_vec(),
            reasons: reasons(snapshot, nodes),
            handles,
            with_handles: nodes.iter().copied().filter(has_handle).collect(),
        }
    }

    /// Returns the objects.
    #[must_use]
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    /// Returns why some of the objects are alive: one of each type and site, and those that are held
    /// from outside before those that other objects hold.
    #[must_use]
    pub fn reasons(&self) -> &[WhyAlive] {
        &self.reasons
    }

    /// Returns the strong external handles to the objects. Empty if handles are not known.
    #[must_use]
    pub fn handles(&self) -> &[ExternalHandles] {
        &self.handles
    }

    /// Returns the objects that [`AliveObjects::handles`] lead to.
    #[must_use]
    pub fn with_handles(&self) -> &[NodeId] {
        &self.with_handles
    }

    /// Returns the snapshot that was analysed.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}

fn reasons(snapshot: &Arc<Snapshot>, nodes: &[NodeId]) -> Vec<WhyAlive> {
    let mut seen = HashSet::new();
    let mut reasons: Vec<WhyAlive> = nodes
        .iter()
        .filter(|node| {
            let row = &snapshot.parts().nodes[node.index()];
            seen.insert((row.type_index, row.site))
        })
        .take(CANDIDATES)
        .filter_map(|&node| why_alive(snapshot, snapshot.node(node).id()))
        .collect();
    order::sort_by_key(&mut reasons, |why| !why.retaining_path().is_empty());
    if reasons
        .first()
        .is_some_and(|why| why.retaining_path().is_empty())
    {
        reasons.retain(|why| why.retaining_path().is_empty());
    }
    reasons.truncate(REASONS);
    reasons
}
