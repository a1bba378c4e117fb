//! The cycles that are reachable from some values, leaked or not.

use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot};

use super::{Coverage, Cycles, reach};

/// The cycles of strong references that are reachable from some values. They leak once nothing
/// outside of them refers to them.
#[derive(Clone, Debug)]
pub struct ReachableCycles {
    snapshot: Arc<Snapshot>,
    cycles: Cycles,
    coverage: Coverage,
}

impl ReachableCycles {
    /// Finds the cycles that are reachable from these nodes. O(objects + references).
    #[must_use]
    pub fn from(snapshot: &Arc<Snapshot>, starts: &[NodeId]) -> Self {
        if !crate::HAS_OBJECTS {
            return Self {
                snapshot: Arc::clone(snapshot),
                cycles: Cycles::default(),
                coverage: Coverage::default(),
            };
        }
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

    /// Returns the number of kinds of cycles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cycles.kinds().len()
    }

    /// Returns whether there is no cycle.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cycles.kinds().is_empty()
    }

    /// Returns the cycles.
    #[must_use]
    pub fn cycles(&self) -> &Cycles {
        &self.cycles
    }

    /// Returns what was traced of what the values reach, and what was not, which may hide a cycle.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Returns the snapshot that was analysed.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}
