//! What would happen if an object were let go, or a field did not own.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use objgraph_core::{NodeId, ObjectId, PathId, Snapshot};

use super::fields::{FieldPath, Fields};
use super::simulation::Simulation;
use super::{NodeSet, Objects, bytes_of, rows};

/// What would happen to a snapshot if something were changed: the answer of [`what_if_dropped`]
/// and [`what_if_weak`].
///
/// It prints as a report for people.
#[derive(Clone)]
pub struct WhatIf {
    pub(super) snapshot: Arc<Snapshot>,
    change: Change,
    freed: Vec<NodeId>,
    freed_bytes: u64,
    lost: Vec<NodeId>,
    leaked: Vec<NodeId>,
    survivors: Vec<Survivor>,
    retained: usize,
}

/// What is supposed in a [`WhatIf`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// All references to the object that are held from outside are dropped; there were so many,
    /// or, with `None`, it is not known how many.
    Dropped {
        /// The object.
        node: NodeId,
        /// How many references are held from outside.
        external: Option<u32>,
    },
    /// These fields hold `Weak` in place of `Rc` or `Arc`.
    Weak(Vec<FieldPath>),
}

/// An object that stays though the one that led to it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Survivor {
    /// The object.
    pub node: NodeId,
    /// Who keeps it: the first in the order of the snapshot.
    pub owner: Owner,
    /// How many others keep it as well.
    pub other_owners: usize,
}

/// Who keeps an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Owner {
    /// Another object, by this reference.
    Object {
        /// The object that holds the reference.
        node: NodeId,
        /// The field that holds it.
        path: PathId,
        /// The number of the element; see [`PathTable::show`](objgraph_core::PathTable::show).
        index: u32,
    },
    /// So many references from outside of all that was looked into.
    External(u32),
    /// It is not known how many references there are.
    Unknown,
}

/// What would be freed if all references to the object that are held from outside were dropped,
/// what of all that it leads to would stay, and what would leak.
///
/// `None` if the snapshot has no such object. Takes time in proportion to the nodes and edges.
#[must_use]
pub fn what_if_dropped(snapshot: &Arc<Snapshot>, id: ObjectId) -> Option<WhatIf> {
    let node = snapshot.find(id)?;
    let mut simulation = Simulation::new(snapshot);
    let before = simulation.alive();
    let outside = simulation.outside(node);
    simulation.drop_outside(node, outside.unwrap_or(0));
    let change = Change::Dropped {
        node,
        external: outside,
    };
    let mut what_if = WhatIf::new(snapshot, change, &simulation, &before);
    if !simulation.freed().contains(node) {
        what_if.survivors = vec![survivor(&simulation, snapshot, node)];
    }
    Some(what_if)
}

/// What would be freed if the fields of this name held `Weak`, what of all that these led to
/// would stay, and what would leak.
///
/// `field` is `Type.field`, with the short or the full name of the type that declares the field,
/// as a report names it: `Node.parent`, `app::dom::Node.parent`, `Value::Closure.env`. `None` if
/// the snapshot has no strong reference in such a field. Takes time in proportion to the nodes and
/// edges.
#[must_use]
pub fn what_if_weak(snapshot: &Arc<Snapshot>, field: &str) -> Option<WhatIf> {
    let fields = Fields::of(snapshot);
    let numbers = fields.named(snapshot, field);
    let named = numbers.iter().map(|&number| fields.get(number).clone());
    let named: Vec<FieldPath> = named.collect();
    let is_weak = |path: PathId| numbers.contains(&fields.number(path));
    let edges = &snapshot.parts().edges;
    if !edges.iter().any(|edge| edge.strong && is_weak(edge.path)) {
        return None;
    }
    let mut simulation = Simulation::new(snapshot);
    let before = simulation.alive();
    simulation.weaken(is_weak);
    let change = Change::Weak(named);
    Some(WhatIf::new(snapshot, change, &simulation, &before))
}

impl WhatIf {
    fn new(
        snapshot: &Arc<Snapshot>,
        change: Change,
        simulation: &Simulation<'_>,
        before: &NodeSet,
    ) -> Self {
        let freed: Vec<NodeId> = simulation.freed().iter().collect();
        let after = simulation.alive();
        let leaked: Vec<NodeId> = before
            .iter()
            .filter(|&node| !after.contains(node) && !simulation.freed().contains(node))
            .collect();
        // What the freed objects led to, and what the weakened references did.
        let mut edge_of_it = NodeSet::new(snapshot.len());
        for source in (0..snapshot.len()).map(NodeId::new) {
            for edge in rows(snapshot, source) {
                let went = edge.strong && !simulation.owns(source, edge.path.index());
                if went && after.contains(edge.target) {
                    edge_of_it.insert(edge.target);
                }
            }
        }
        let mut retained = edge_of_it.clone();
        let mut queue: Vec<NodeId> = edge_of_it.iter().collect();
        while let Some(node) = queue.pop() {
            for edge in rows(snapshot, node) {
                let owns = edge.strong && simulation.owns(node, edge.path.index());
                if owns && retained.insert(edge.target) {
                    queue.push(edge.target);
                }
            }
        }
        Self {
            change,
            freed_bytes: freed.iter().map(|&node| bytes_of(snapshot, node)).sum(),
            lost: freed
                .iter()
                .copied()
                .filter(|&node| before.contains(node))
                .collect(),
            freed,
            leaked,
            survivors: edge_of_it
                .iter()
                .map(|node| survivor(simulation, snapshot, node))
                .collect(),
            retained: retained.len() - edge_of_it.len(),
            snapshot: Arc::clone(snapshot),
        }
    }

    /// What is supposed.
    #[must_use]
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// The objects that would be freed, in the order of the snapshot.
    #[must_use]
    pub fn freed(&self) -> Objects<'_> {
        Objects::new(&self.snapshot, &self.freed)
    }

    /// How many bytes would be freed.
    #[must_use]
    pub fn freed_bytes(&self) -> u64 {
        self.freed_bytes
    }

    /// Those of the freed objects that are not leaked now: for [`what_if_weak`], objects in use
    /// that would lose their last owner.
    #[must_use]
    pub fn lost(&self) -> Objects<'_> {
        Objects::new(&self.snapshot, &self.lost)
    }

    /// The objects that are alive for a reason now, and would leak, because they keep each other
    /// alive.
    #[must_use]
    pub fn leaked(&self) -> Objects<'_> {
        Objects::new(&self.snapshot, &self.leaked)
    }

    /// The objects that the change lets go of and that stay, with who keeps each, in the order
    /// of the snapshot.
    #[must_use]
    pub fn survivors(&self) -> &[Survivor] {
        &self.survivors
    }

    /// How many more objects stay because those of [`WhatIf::survivors`] own them.
    #[must_use]
    pub fn retained_by_survivors(&self) -> usize {
        self.retained
    }

    /// The snapshot that was looked at.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}

fn survivor(simulation: &Simulation<'_>, snapshot: &Snapshot, node: NodeId) -> Survivor {
    let mut owners = snapshot
        .edges_to(node)
        .filter(|edge| edge.is_strong() && simulation.owns(edge.source(), edge.path_id().index()))
        .map(|edge| Owner::Object {
            node: edge.source(),
            path: edge.path_id(),
            index: snapshot.parts().edges[edge.number()].index,
        });
    let outside = match simulation.outside(node) {
        None => Some(Owner::Unknown),
        Some(0) => None,
        Some(references) => Some(Owner::External(references)),
    };
    let first = owners.next();
    let other_owners = owners.count() + usize::from(first.is_some() && outside.is_some());
    Survivor {
        node,
        owner: first.or(outside).unwrap_or(Owner::Unknown),
        other_owners,
    }
}
