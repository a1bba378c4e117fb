//! Why an object is alive: the shortest retaining path to it.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use crate::order;
use objgraph_core::{NodeId, ObjectId, PointerKind, Snapshot, State};

use super::balance::Balance;
use super::inferred::as_if_real;
use super::possibly_leaked::{OpaqueValue, opaque_values};
use super::rings::{Reference, Rings};
use super::simulation::Simulation;
use super::{ExternalHandles, NodeSet, external_handles, reach, rows, strong_components_within};

/// Why an object is alive; see [`why_alive`].
///
/// Prints as a report.
#[derive(Clone)]
pub struct WhyAlive {
    snapshot: Arc<Snapshot>,
    node: NodeId,
    reason: AliveReason,
    anchor: NodeId,
    retaining_path: Vec<Reference>,
    owners: Vec<Reference>,
    anchors: Vec<Anchor>,
    handles: Vec<ExternalHandles>,
    inner_suspects: Vec<OpaqueValue>,
    other_suspects: Vec<OpaqueValue>,
    other_threads: usize,
}

/// What keeps an object alive, at the start of its retaining path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AliveReason {
    /// The anchor is a root with this name.
    Root(String),
    /// The anchor has this number of external references: on the stack, in statics that are no
    /// roots, or in opaque values.
    External(u32),
    /// The number of references to the anchor is not known, so it is treated as held.
    Unknown(State),
    /// More references to the anchor are reported than exist, so it is treated as held.
    OverReported,
    /// The references to the anchor are not counted: it lives by value, on the stack or in an
    /// opaque value.
    InPlace,
    /// Nothing: the object has leaked, and the ring keeps it alive.
    Leaked {
        /// The nearest cycle that leads to the object.
        ring: Vec<Reference>,
    },
    /// Nothing, if inferred references are what they look like: the object has likely leaked, and
    /// the ring keeps it alive.
    LikelyLeaked {
        /// The nearest cycle that leads to the object.
        ring: Vec<Reference>,
    },
}

/// An object that leads to another and is held by something that is not an object: the start of a
/// retaining path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Anchor {
    /// The object.
    pub node: NodeId,
    /// What holds it; never [`AliveReason::Leaked`] or [`AliveReason::LikelyLeaked`].
    pub reason: AliveReason,
}

/// Finds why an object is alive: the shortest path of strong references to it from a root or from
/// an object with external references.
///
/// An inferred reference counts as strong if there is no other explanation for an external reference.
///
/// `None` if the snapshot has no such object. O(nodes + edges).
#[must_use]
pub fn why_alive(snapshot: &Arc<Snapshot>, id: ObjectId) -> Option<WhyAlive> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let why = why_alive_in(snapshot, id)?;
    if matches!(why.reason, AliveReason::Leaked { .. }) {
        return Some(why);
    }
    let Some(as_if) = as_if_real(snapshot) else {
        return Some(why);
    };
    let mut why = why_alive_in(&as_if, id)?;
    if let AliveReason::Leaked { ring } = why.reason {
        why.reason = AliveReason::LikelyLeaked { ring };
    }
    Some(why)
}

/// Finds why an object is alive, by strong references alone.
fn why_alive_in(snapshot: &Arc<Snapshot>, id: ObjectId) -> Option<WhyAlive> {
    let node = snapshot.find(id)?;
    let simulation = Simulation::new(snapshot);
    let mut reached_by: HashMap<NodeId, Reference> = HashMap::new();
    let mut reached = NodeSet::of(snapshot.len(), [node]);
    let mut level = vec![node];
    let mut owners = Vec::new();
    let mut anchors: Vec<Anchor> = Vec::new();
    let mut all = Vec::new();
    while !level.is_empty() {
        snapshot.gather_edges_to(&level);
        let mut found: Vec<(u8, Anchor)> = level
            .iter()
            .filter_map(|&node| {
                let (rank, reason) = held(snapshot, &simulation, node)?;
                Some((rank, Anchor { node, reason }))
            })
            .collect();
        order::sort_by_key(&mut found, |(rank, anchor)| (*rank, anchor.node));
        anchors.extend(found.into_iter().map(|(_, anchor)| anchor));
        let mut next = Vec::new();
        for &at in &level {
            for edge in snapshot.edges_to(at).filter(|edge| edge.is_strong()) {
                let source = edge.source();
                let row = &snapshot.parts().edges[edge.number()];
                let step = Reference {
                    node: source,
                    edge: edge.number(),
                    path: row.path,
                    index: row.index,
                };
                if at == node {
                    owners.push(step);
                }
                if reached.insert(source) {
                    reached_by.insert(source, step);
                    next.push(source);
                }
            }
        }
        all.append(&mut level);
        level = next;
    }
    let (anchor, reason) = match anchors.first() {
        Some(anchor) => (anchor.node, anchor.reason.clone()),
        None => leaked(snapshot, &reached, &all),
    };
    let mut retaining_path = Vec::new();
    let mut at = anchor;
    while at != node {
        let step = reached_by[&at];
        retaining_path.push(step);
        at = snapshot.parts().edges[step.edge].target;
    }
    let mut why = WhyAlive {
        snapshot: Arc::clone(snapshot),
        node,
        reason,
        anchor,
        retaining_path,
        owners,
        anchors,
        handles: Vec::new(),
        inner_suspects: Vec::new(),
        other_suspects: Vec::new(),
        other_threads: 0,
    };
    if matches!(why.reason, AliveReason::External(_)) {
        why.handles = external_handles(snapshot, [anchor]);
        why.suspect();
    }
    Some(why)
}

/// Returns what holds a node besides objects, if anything does, with a rank: the best known reasons
/// first.
fn held(snapshot: &Snapshot, simulation: &Simulation<'_>, at: NodeId) -> Option<(u8, AliveReason)> {
    let node = snapshot.node(at);
    if let Some(name) = node.root() {
        return Some((0, AliveReason::Root(name.to_owned())));
    }
    match simulation.external(at) {
        Some(0) => None,
        Some(references) => Some((1, AliveReason::External(references))),
        None => {
            let seen = snapshot.edges_to(at).filter(|edge| edge.is_strong());
            Some(match Balance::of(node, seen.count() as u32) {
                Balance::InPlace => (2, AliveReason::InPlace),
                Balance::OverReported(_) => (3, AliveReason::OverReported),
                _ => (3, AliveReason::Unknown(node.state())),
            })
        }
    }
}

/// Returns the object at which the nearest cycle leads to a leaked object, and the cycle. `all` are
/// the nodes that lead to the object, the nearest first.
fn leaked(snapshot: &Snapshot, reached: &NodeSet, all: &[NodeId]) -> (NodeId, AliveReason) {
    let components = strong_components_within(snapshot, reached);
    let closing = |&node: &NodeId| {
        let component = components.of(node);
        let at = rows(snapshot, node)
            .iter()
            .position(|edge| edge.strong && components.of(edge.target) == component)?;
        Some((
            node,
            snapshot.parts().edge_starts[node.index()] as usize + at,
        ))
    };
    match all.iter().find_map(closing) {
        Some((node, edge)) => {
            let mut ring = Rings::new(snapshot, &components).through(node, edge);
            let start = ring.iter().position(|step| step.node == node);
            ring.rotate_left(start.unwrap_or(0));
            (node, AliveReason::Leaked { ring })
        }
        // Only in a snapshot built by hand: a program would have dropped the object.
        None => (all[0], AliveReason::Leaked { ring: Vec::new() }),
    }
}

impl WhyAlive {
    /// Finds the opaque values that might hold the external references.
    fn suspect(&mut self) {
        let snapshot = &self.snapshot;
        let own = reach(snapshot, [self.anchor]);
        let may_hold =
            |suspect: &OpaqueValue| suspect.node != self.anchor || suspect.place.is_some();
        let (inner, other) = opaque_values(snapshot)
            .into_iter()
            .filter(may_hold)
            .partition(|suspect| own.contains(suspect.node));
        let is_shared = matches!(
            snapshot.node(self.anchor).pointer_kind(),
            PointerKind::Arc | PointerKind::StdArc
        );
        let other_threads = snapshot
            .nodes()
            .filter(|node| is_shared && node.state() == State::OtherThread)
            .count();
        (self.inner_suspects, self.other_suspects) = (inner, other);
        self.other_threads = other_threads;
    }

    /// Returns the object that was asked about.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Returns what keeps the object alive.
    #[must_use]
    pub fn reason(&self) -> &AliveReason {
        &self.reason
    }

    /// Returns the object at the start of the retaining path, which may be the object itself.
    #[must_use]
    pub fn anchor(&self) -> NodeId {
        self.anchor
    }

    /// Returns the references from [`WhyAlive::anchor`] to the object; empty if they are the same.
    #[must_use]
    pub fn retaining_path(&self) -> &[Reference] {
        &self.retaining_path
    }

    /// Returns all strong references to the object, one for each direct owner, with the inferred ones
    /// that count as strong.
    #[must_use]
    pub fn owners(&self) -> &[Reference] {
        &self.owners
    }

    /// Returns every anchor that leads to the object, the nearest first; the first is
    /// [`WhyAlive::anchor`]. Empty if the object has leaked, or likely leaked.
    #[must_use]
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// Returns the external handles to the anchor, as [`external_handles`] does. Empty if something
    /// else keeps the object alive.
    #[must_use]
    pub fn external_handles(&self) -> &[ExternalHandles] {
        &self.handles
    }

    /// Returns whether external references to this node keep the object alive.
    pub(crate) fn is_held_from_outside(&self, node: NodeId) -> bool {
        self.anchor == node && matches!(self.reason, AliveReason::External(_))
    }

    /// Returns the opaque values among what the anchor itself owns that might hold its external
    /// references. If they do, the objects have possibly leaked.
    #[must_use]
    pub fn inner_suspects(&self) -> &[OpaqueValue] {
        &self.inner_suspects
    }

    /// Returns the other opaque values that might hold the external references of the anchor.
    #[must_use]
    pub fn other_suspects(&self) -> &[OpaqueValue] {
        &self.other_suspects
    }

    /// Returns the number of objects of other threads that might hold the external references of
    /// the anchor and were not traced.
    #[must_use]
    pub fn other_threads(&self) -> usize {
        self.other_threads
    }

    /// Returns the snapshot that was analysed. Inferred references that count as strong are strong in
    /// it.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}
