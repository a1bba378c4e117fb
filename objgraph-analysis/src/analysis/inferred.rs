//! Inferred references: how many of them own at least, how many at most, and the snapshot in which
//! they do.
//!
//! A word in the memory of a closure, a future or another opaque value that equals the address of
//! an allocation is a strong handle, a weak one, or a remnant of either. Where handles can be distinguished,
//! it is a strong handle, or was one before it was moved. The verdict *leaked* never rests on it. The verdict *likely leaked* is the same verdict in a snapshot in which such
//! references own.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot};

use super::balance::{Found, inferred_owners};
use super::reach::reach_over;
use super::{NodeSet, rows};

/// The objects with external references that inferred references lead to.
pub(super) struct InferredTargets {
    /// Sorted by node.
    all: Vec<InferredTarget>,
}

struct InferredTarget {
    node: NodeId,
    found: Found,
    /// Number of strong references that no visit reported.
    external: u32,
    /// Number of inferred references that own at least, if no word is stale.
    owners: u32,
}

impl InferredTargets {
    /// Collects the objects. O(edges), and no more if no edge is inferred.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let inferred = snapshot.parts().edges.iter().filter(|edge| edge.words > 0);
        let mut nodes: Vec<NodeId> = inferred.map(|edge| edge.target).collect();
        nodes.sort_unstable();
        nodes.dedup();
        snapshot.gather_edges_to(&nodes);
        let all = nodes.into_iter().filter_map(|node| {
            let found = Found::to(snapshot, node);
            let (external, owners) = inferred_owners(snapshot.node(node), &found)?;
            Some(InferredTarget {
                node,
                found,
                external,
                owners,
            })
        });
        Self { all: all.collect() }
    }

    /// Returns the objects of `alive`, sorted, that have leaked if inferred references are what they
    /// look like. `held` are the objects with external references, from which all of `alive` is
    /// reachable.
    ///
    /// Which of the inferred references to an object own is not known, so all of their holders have
    /// to be dead.
    pub(super) fn likely_dead(
        &self,
        snapshot: &Snapshot,
        held: &[NodeId],
        alive: &NodeSet,
    ) -> Vec<NodeId> {
        let explained = self.all.iter();
        let explained = explained.filter(|target| target.owners == target.external);
        let explained = NodeSet::of(snapshot.len(), explained.map(|target| target.node));
        if explained.is_empty() {
            return Vec::new();
        }
        let starts = held.iter().copied();
        let starts = starts.filter(|&node| !explained.contains(node));
        let reached = reach_over(snapshot, starts, |edge| {
            edge.strong || (edge.words > 0 && explained.contains(edge.target))
        });
        alive.without(&reached).iter().collect()
    }

    /// Returns the objects of `alive`, sorted, that have leaked if each word in an opaque value of a
    /// leaked object is a strong handle: a closure may capture one object twice. Words in opaque
    /// values of other objects may be weak handles, or stale.
    pub(super) fn possibly_dead(
        &self,
        snapshot: &Snapshot,
        held: &[NodeId],
        alive: &NodeSet,
    ) -> Vec<NodeId> {
        if self.all.is_empty() {
            return Vec::new();
        }
        // The number of words that could be missing from dead objects without a reference being
        // external.
        let spare_of = |target: &InferredTarget| {
            let captured = snapshot.node(target.node).captured();
            let is_possible = captured.is_none_or(|handles| handles >= target.external);
            let spare = target.found.words.checked_sub(target.external);
            spare.filter(|_| is_possible)
        };
        let mut spare: Vec<Option<u32>> = self.all.iter().map(spare_of).collect();
        let position = |node: NodeId| self.all.binary_search_by_key(&node, |target| target.node);
        let is_held = |&node: &NodeId| position(node).is_ok_and(|at| spare[at].is_some());
        let starts = held.iter().copied().filter(|node| !is_held(node));
        let mut queue: Vec<NodeId> = starts.collect();
        let mut reached = NodeSet::of(snapshot.len(), queue.iter().copied());
        while let Some(node) = queue.pop() {
            for edge in rows(snapshot, node) {
                let mut owns = || {
                    let words = u32::from(edge.words);
                    let at = position(edge.target).ok().filter(|_| words > 0);
                    at.is_some_and(|at| {
                        spare[at] = spare[at].and_then(|spare| spare.checked_sub(words));
                        spare[at].is_none()
                    })
                };
                if (edge.strong || owns()) && reached.insert(edge.target) {
                    queue.push(edge.target);
                }
            }
        }
        alive.without(&reached).iter().collect()
    }
}

/// Returns the snapshot in which inferred references own, with the same numbers of nodes and edges;
/// `None` if none of them does.
///
/// All inferred references to an object are strong there if at least one of them owns. It has as
/// many external references left as are not explained by them.
pub(super) fn as_if_real(snapshot: &Snapshot) -> Option<Arc<Snapshot>> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let mut targets = InferredTargets::of(snapshot).all;
    targets.retain(|target| target.owners > 0);
    if targets.is_empty() {
        return None;
    }
    let mut parts = snapshot.parts().clone();
    for target in targets {
        let external = target.external - target.owners;
        let strong = target.found.strong + target.found.inferred + external;
        parts.nodes[target.node.index()].strong = strong;
        for edge in snapshot.edges_to(target.node) {
            parts.edges[edge.number()].strong |= edge.is_inferred();
        }
    }
    Some(Arc::new(Snapshot::from_parts(parts)))
}
