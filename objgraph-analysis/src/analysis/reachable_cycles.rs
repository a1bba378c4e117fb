//! The cycles that can be reached from some values, leaked or not.

use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot};

use super::{Coverage, Cycles, reach};

/// The cycles of strong references that can be reached from some values. They will leak when
/// nothing else refers to them any more.
#[derive(Clone, Debug)]
pub struct ReachableCycles {
    snapshot: Arc<Snapshot>,
    cycles: Cycles,
    coverage: Coverage,
}

impl ReachableCycles {
    /// The cycles that can be reached from these nodes. O(objects + references).
    #[must_use]
    pub fn from(snapshot: &Arc<Snapshot>, starts: &[NodeId]) -> Self {
        let reached = reach(snapshot, starts.iter().copied());
        let nodes: Vec<NodeId> = (0..snapshot.len())
            .map(NodeId::new)
            .filter(|&node| reached.contains(node))
            .collect();
        let cycles = Cycles::among(snapshot, &nodes);
        Self {
            coverage: Coverage::of_references_of(snapshot, &reached),
            snapshot: Arc::clone(snapshot),
            cycles,
        }
    }

    /// How many kinds of cycles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cycles.kinds().len()
    }

    /// Whether there is no cycle.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cycles.kinds().is_empty()
    }

    /// The cycles.
    #[must_use]
    pub fn cycles(&self) -> &Cycles {
        &self.cycles
    }

    /// What could be traced of what the values reach, and what could not and may hide a cycle.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The snapshot that was looked at.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}
