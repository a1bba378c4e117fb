//! Looks again at leaked objects, to confirm that they have leaked.
//!
//! While a snapshot is taken, other threads may move a reference from an object that was not visited
//! yet to one that was, or back. An `Arc` that is in use can then look leaked: its count was read
//! before a handle was taken, or one handle was found in two places. A leaked object has no such
//! handle, so it does not change, and every further look at it finds the same.
//!
//! A look reads what the verdict rests on: of each leaked object its state, its strong count, and the
//! strong references that its visit reports. No reference from any other object takes part: one from an
//! object that is alive would make its target alive. If all of it equals the snapshot's, the verdict
//! about these objects alone is the snapshot's too, and need not be computed again. If anything
//! differs, the caller takes a snapshot of the objects, and decides by that.
//!
//! So a look visits and compares as much as a snapshot of the objects would have. It only keeps
//! nothing: the rows of a few objects at a time stay in the caches of the processor.

use std::sync::Arc;

use super::index::ByPlace;
use super::options::SnapshotOptions;
use super::running::RunningTrace;
use super::tracer::{KnownObjects, STRANGER, Tracer, Types};
use crate::lock::is_lost;
use crate::snapshot::{EdgeRow, NodeId, NodeRow, PointerKind, Snapshot, State};
use crate::visibility::registry;

/// Number of objects whose rows are compared together.
const TOGETHER: usize = 32;

/// Further looks at leaked objects of a snapshot.
pub struct SecondLook {
    snapshot: Arc<Snapshot>,
    /// Sorted.
    nodes: Arc<[NodeId]>,
    /// The positions of the nodes.
    by_place: ByPlace,
}

impl SecondLook {
    /// Prepares looks at these nodes, which are sorted, and in the order of the snapshot's; `None` if
    /// one of them is of a kind that only a snapshot can compare: a value behind a pointer of std, an
    /// instance, or an object of a thread that ended.
    ///
    /// O(nodes) time and memory.
    #[must_use]
    pub fn of(snapshot: &Arc<Snapshot>, nodes: &[NodeId]) -> Option<Self> {
        let parts = snapshot.parts();
        if !parts.left_behind.is_empty() || !snapshot.is_of_this_process() {
            return None;
        }
        let mut by_place = ByPlace::default();
        let mut last = None;
        for (position, node) in nodes.iter().enumerate() {
            let row = &parts.nodes[node.index()];
            let is_own = matches!(row.pointer_kind, PointerKind::Rc | PointerKind::Arc);
            let is_visited = matches!(row.state, State::Visited | State::Opaque);
            if !is_own || !is_visited || !row.id.is_in_table() {
                return None;
            }
            if last < Some(row.id.place()) {
                last = Some(row.id.place());
                by_place.list(row.id, position as u32);
            } else {
                by_place.add(row.id, position as u32);
            }
        }
        Some(Self {
            snapshot: Arc::clone(snapshot),
            nodes: nodes.into(),
            by_place,
        })
    }

    /// Visits all the nodes, and returns whether each has the state, the strong count and the strong
    /// references that it has in the snapshot. O(nodes + their references).
    #[must_use]
    pub fn finds_the_same(&mut self) -> bool {
        if !crate::ENABLED || is_lost() {
            return false;
        }
        let running = RunningTrace::begin();
        if running.is_too_deep() {
            return false;
        }
        super::left_behind::wait_for_ends();
        let mut tracer = Tracer::new(registry(), SnapshotOptions::default().heap(false));
        tracer.types = Types::of(&self.snapshot.parts().types);
        tracer.by_place = std::mem::take(&mut self.by_place);
        tracer.again = Some(KnownObjects {
            snapshot: Arc::clone(&self.snapshot),
            nodes: Arc::clone(&self.nodes),
            differ: false,
        });
        tracer.in_order = true;
        tracer.edges.reserve_nodes(TOGETHER);
        let mut together = self.nodes.chunks(TOGETHER);
        let is_same = together.all(|nodes| self.are_same(&mut tracer, nodes));
        self.by_place = std::mem::take(&mut tracer.by_place);
        is_same
    }

    fn are_same(&self, tracer: &mut Tracer, nodes: &[NodeId]) -> bool {
        let parts = self.snapshot.parts();
        tracer.nodes.clear();
        tracer.nodes.extend(nodes.iter().map(|node| NodeRow {
            strong: NodeRow::UNKNOWN,
            state: State::Lent,
            ..parts.nodes[node.index()]
        }));
        tracer.edges.clear();
        tracer.places.clear();
        tracer.concrete.nodes.clear();
        tracer.handles.met.clear();
        tracer.visit_leaked();
        let has_more = tracer.nodes.len() > nodes.len()
            || !tracer.queue.is_empty()
            || !tracer.repeated.is_empty()
            || tracer.again.as_ref().is_none_or(|again| again.differ);
        if has_more {
            return false;
        }
        for (at, node) in nodes.iter().enumerate() {
            let (row, before) = (&tracer.nodes[at], &parts.nodes[node.index()]);
            if row.strong != before.strong || row.state != before.state {
                return false;
            }
            let starts = &parts.edge_starts[node.index()..node.index() + 2];
            let edges = &parts.edges[starts[0] as usize..starts[1] as usize];
            let found = tracer.edges.of(at);
            if found.is_none_or(|found| !self.lead_to_same(edges, found)) {
                return false;
            }
        }
        true
    }

    /// Whether strong edges of the snapshot and those that were found now lead to the same objects.
    fn lead_to_same(&self, edges: &[EdgeRow], found: &[EdgeRow]) -> bool {
        let (mut next, mut is_same) = (0, true);
        for edge in found {
            if !edge.strong {
                continue;
            }
            while next < edges.len() && !edges[next].strong {
                next += 1;
            }
            is_same &= next < edges.len() && self.leads_to(edge, edges[next].target);
            next += 1;
        }
        while next < edges.len() && !edges[next].strong {
            next += 1;
        }
        // A visit may report fields in another order than that of their paths.
        (is_same && next == edges.len()) || self.lead_to_same_in_any_order(edges, found)
    }

    /// Whether an edge that was found now leads to this node, or both lead to none of ours.
    fn leads_to(&self, edge: &EdgeRow, node: NodeId) -> bool {
        match edge.target.index() as u32 {
            STRANGER => self.nodes.binary_search(&node).is_err(),
            position => self.nodes[position as usize] == node,
        }
    }

    #[cold]
    fn lead_to_same_in_any_order(&self, edges: &[EdgeRow], found: &[EdgeRow]) -> bool {
        let strong = |edges: &[EdgeRow]| -> Vec<NodeId> {
            let strong = edges.iter().filter(|edge| edge.strong);
            strong.map(|edge| edge.target).collect()
        };
        let stranger = NodeId::new(STRANGER as usize);
        let (mut before, mut now) = (strong(edges), strong(found));
        for node in &mut before {
            if self.nodes.binary_search(node).is_err() {
                *node = stranger;
            }
        }
        for node in now.iter_mut().filter(|node| **node != stranger) {
            *node = self.nodes[node.index()];
        }
        before.sort_unstable();
        now.sort_unstable();
        before == now
    }
}

impl std::fmt::Debug for SecondLook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondLook")
            .field("nodes", &self.nodes.len())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, any(debug_assertions, feature = "always")))]
mod tests;
