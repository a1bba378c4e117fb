//! Why an object is alive: the shortest way to it from something that is held.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use crate::order;
use objgraph_core::{Holder, NodeId, ObjectId, Snapshot, State};

use super::balance::Balance;
use super::possibly_leaked::{OpaqueValue, opaque_values};
use super::rings::{Reference, Rings};
use super::simulation::Simulation;
use super::{NodeSet, reach, rows, strong_components_within};

/// Why an object is alive: the answer of [`why_alive`].
///
/// It prints as a report for people.
#[derive(Clone)]
pub struct WhyAlive {
    snapshot: Arc<Snapshot>,
    node: NodeId,
    reason: AliveReason,
    anchor: NodeId,
    retaining_path: Vec<Reference>,
    owners: Vec<Reference>,
    anchors: Vec<Anchor>,
    inside: Vec<OpaqueValue>,
    elsewhere: Vec<OpaqueValue>,
    threads: usize,
}

/// What holds an object in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AliveReason {
    /// A root of this name.
    Root(String),
    /// So many references from outside of all that was looked into: from the stack, from statics
    /// that are no roots, or from values that cannot be looked into.
    External(u32),
    /// It is not known how many references there are, so it is taken to be held.
    Unknown(State),
    /// More references are reported than there are, so it is taken to be held.
    OverReported,
    /// Its references are not counted: it lives where it stands, on the stack or in a value that
    /// cannot be looked into.
    InPlace,
    /// Nothing: it has leaked. The ring keeps it alive.
    Leaked {
        /// The nearest cycle that leads to the object.
        ring: Vec<Reference>,
    },
}

/// An object that leads to the one that was asked for, and is held by something that is no object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Anchor {
    /// The object.
    pub node: NodeId,
    /// What holds it; never [`AliveReason::Leaked`].
    pub reason: AliveReason,
}

/// Why the object is alive: the shortest way over strong references from a root or from an object
/// that is held from outside, and what is known of that.
///
/// `None` if the snapshot has no such object. Takes time in proportion to the nodes and edges.
#[must_use]
pub fn why_alive(snapshot: &Arc<Snapshot>, id: ObjectId) -> Option<WhyAlive> {
    let node = snapshot.find(id)?;
    let simulation = Simulation::new(snapshot);
    let mut reached_by: HashMap<NodeId, Reference> = HashMap::new();
    let mut reached = NodeSet::new(snapshot.len());
    reached.insert(node);
    let mut level = vec![node];
    let mut owners = Vec::new();
    let mut anchors: Vec<Anchor> = Vec::new();
    let mut all = Vec::new();
    while !level.is_empty() {
        snapshot.gather_edges_to(&level);
        let held = level
            .iter()
            .filter_map(|&at| Some((at, held(snapshot, &simulation, at)?)));
        let mut held: Vec<(NodeId, (u8, AliveReason))> = held.collect();
        order::sort_by_key(&mut held, |(at, (rank, _))| (*rank, *at));
        let held = held.into_iter();
        anchors.extend(held.map(|(node, (_, reason))| Anchor { node, reason }));
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
        inside: Vec::new(),
        elsewhere: Vec::new(),
        threads: 0,
    };
    if matches!(why.reason, AliveReason::External(_)) {
        why.suspect();
    }
    Some(why)
}

/// Whether a node is held by something that is not an object, with how well that is known: the
/// best first.
fn held(snapshot: &Snapshot, simulation: &Simulation<'_>, at: NodeId) -> Option<(u8, AliveReason)> {
    let node = snapshot.node(at);
    if let Some(name) = node.root() {
        return Some((0, AliveReason::Root(name.to_owned())));
    }
    match simulation.outside(at) {
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

/// The nearest cycle that leads to a leaked object, and its object nearest to it. `all` are the
/// nodes that lead to it, the nearest first.
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
        // It cannot be: what nothing holds and no cycle leads to would have been dropped. Still,
        // a snapshot may be built by hand.
        None => (all[0], AliveReason::Leaked { ring: Vec::new() }),
    }
}

impl WhyAlive {
    /// Finds the values that might hold the references from outside.
    fn suspect(&mut self) {
        let snapshot = &self.snapshot;
        let own = reach(snapshot, [self.anchor]);
        let may_hold =
            |suspect: &OpaqueValue| suspect.node != self.anchor || suspect.place.is_some();
        let (inside, elsewhere) = opaque_values(snapshot)
            .into_iter()
            .filter(may_hold)
            .partition(|suspect| own.contains(suspect.node));
        let is_shared = matches!(
            snapshot.node(self.anchor).holder(),
            Holder::Arc | Holder::StdArc
        );
        let other_threads = snapshot
            .nodes()
            .filter(|node| is_shared && node.state() == State::OtherThread)
            .count();
        (self.inside, self.elsewhere, self.threads) = (inside, elsewhere, other_threads);
    }

    /// The object that was asked for.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// What holds it in the end.
    #[must_use]
    pub fn reason(&self) -> &AliveReason {
        &self.reason
    }

    /// The object that the reason holds: the first of the chain, or the object itself.
    #[must_use]
    pub fn anchor(&self) -> NodeId {
        self.anchor
    }

    /// The references that lead from [`WhyAlive::anchor`] to the object; none if that is it.
    #[must_use]
    pub fn retaining_path(&self) -> &[Reference] {
        &self.retaining_path
    }

    /// The strong references to the object: every direct owner.
    #[must_use]
    pub fn owners(&self) -> &[Reference] {
        &self.owners
    }

    /// All that keeps the object alive in the end, the nearest first; the first is
    /// [`WhyAlive::anchor`]. None if it has leaked.
    #[must_use]
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// Values that cannot be looked into, inside of what the holder itself owns, which might hold
    /// the references from outside. If they do, the objects are possibly leaked.
    #[must_use]
    pub fn inner_suspects(&self) -> &[OpaqueValue] {
        &self.inside
    }

    /// Values elsewhere that cannot be looked into and might hold them.
    #[must_use]
    pub fn other_suspects(&self) -> &[OpaqueValue] {
        &self.elsewhere
    }

    /// How many objects of other threads, which might hold them, could not be looked into.
    #[must_use]
    pub fn other_threads(&self) -> usize {
        self.threads
    }

    /// The snapshot that was looked at.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}
