//! What would happen if an object were dropped, or a field became `Weak`.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use objgraph_core::{NodeId, ObjectId, PathId, Snapshot};

use super::fields::{FieldPath, Fields};
use super::simulation::Simulation;
use super::{NodeSet, Objects, bytes_of, rows};

/// What would happen to a snapshot after a change; see [`what_if_dropped`] and [`what_if_weak`].
///
/// Prints as a report.
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

/// The change that a [`WhatIf`] supposes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// All external references to the object are dropped.
    Dropped {
        /// The object.
        node: NodeId,
        /// Number of external references; `None` if it is not known.
        external: Option<u32>,
    },
    /// These fields hold `Weak` instead of `Rc` or `Arc`.
    Weak(Vec<FieldPath>),
}

/// An object that stays alive although an owner of it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Survivor {
    /// The object.
    pub node: NodeId,
    /// A remaining owner, the first in the order of the snapshot.
    pub owner: Owner,
    /// Number of other remaining owners.
    pub other_owners: usize,
}

/// An owner of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Owner {
    /// Another object, through this reference.
    Object {
        /// The object that holds the reference.
        node: NodeId,
        /// The path of the field that holds it.
        path: PathId,
        /// The index of the element; see [`PathTable::show`](objgraph_core::PathTable::show).
        index: u32,
    },
    /// This number of external references.
    External(u32),
    /// Unknown: the number of references could not be determined.
    Unknown,
}

/// Finds what would be freed if all external references to the object were dropped, what would
/// survive of what it leads to, and what would leak.
///
/// `None` if the snapshot has no such object. O(nodes + edges).
#[must_use]
pub fn what_if_dropped(snapshot: &Arc<Snapshot>, id: ObjectId) -> Option<WhatIf> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let node = snapshot.find(id)?;
    let mut simulation = Simulation::new(snapshot);
    let before = simulation.alive();
    let external = simulation.external(node);
    simulation.drop_external(node, external.unwrap_or(0));
    let change = Change::Dropped { node, external };
    let mut what_if = WhatIf::new(snapshot, change, &simulation, &before);
    if !simulation.freed().contains(node) {
        what_if.survivors = vec![survivor(&simulation, snapshot, node)];
    }
    Some(what_if)
}

/// Finds what would be freed if the fields of this name held `Weak`, what would survive of what
/// they lead to, and what would leak.
///
/// `field` is `Type.field`, with the short or full name of the type that declares the field, as
/// reports print it: `Node.parent`, `app::dom::Node.parent`, `Value::Closure.env`. `None` if the
/// snapshot has no strong reference in such a field. O(nodes + edges).
#[must_use]
pub fn what_if_weak(snapshot: &Arc<Snapshot>, field: &str) -> Option<WhatIf> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let fields = Fields::of(snapshot);
    let numbers = fields.named(snapshot, field);
    let is_weak = |path: PathId| numbers.contains(&fields.number(path));
    let edges = &snapshot.parts().edges;
    if !edges.iter().any(|edge| edge.strong && is_weak(edge.path)) {
        return None;
    }
    let mut simulation = Simulation::new(snapshot);
    let before = simulation.alive();
    simulation.weaken(is_weak);
    let named = numbers.iter().map(|&number| fields.get(number).clone());
    let change = Change::Weak(named.collect());
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
        // What the freed objects and the weakened references led to.
        let mut frontier = NodeSet::new(snapshot.len());
        for source in (0..snapshot.len()).map(NodeId::new) {
            for edge in rows(snapshot, source) {
                let is_gone = edge.strong && !simulation.owns(source, edge.path.index());
                if is_gone && after.contains(edge.target) {
                    frontier.insert(edge.target);
                }
            }
        }
        let mut retained = frontier.clone();
        let mut queue: Vec<NodeId> = frontier.iter().collect();
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
            survivors: frontier
                .iter()
                .map(|node| survivor(simulation, snapshot, node))
                .collect(),
            retained: retained.len() - frontier.len(),
            snapshot: Arc::clone(snapshot),
        }
    }

    /// Returns the supposed change.
    #[must_use]
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// Returns the objects that would be freed, in the order of the snapshot.
    #[must_use]
    pub fn freed(&self) -> Objects<'_> {
        Objects::new(&self.snapshot, &self.freed)
    }

    /// Returns the size in bytes of what would be freed.
    #[must_use]
    pub fn freed_bytes(&self) -> u64 {
        self.freed_bytes
    }

    /// Returns the freed objects that have not leaked now: for [`what_if_weak`], objects in use
    /// that would lose their last owner.
    #[must_use]
    pub fn lost(&self) -> Objects<'_> {
        Objects::new(&self.snapshot, &self.lost)
    }

    /// Returns the objects that have not leaked now, and would, because they keep each other alive.
    #[must_use]
    pub fn leaked(&self) -> Objects<'_> {
        Objects::new(&self.snapshot, &self.leaked)
    }

    /// Returns the objects that lose an owner and stay alive, with a remaining owner of each, in
    /// the order of the snapshot.
    #[must_use]
    pub fn survivors(&self) -> &[Survivor] {
        &self.survivors
    }

    /// Returns the number of further objects that stay alive because those of [`WhatIf::survivors`]
    /// own them.
    #[must_use]
    pub fn retained_by_survivors(&self) -> usize {
        self.retained
    }

    /// Returns the snapshot that was analysed.
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
    let external = match simulation.external(node) {
        None => Some(Owner::Unknown),
        Some(0) => None,
        Some(references) => Some(Owner::External(references)),
    };
    let first = owners.next();
    let other_owners = owners.count() + usize::from(first.is_some() && external.is_some());
    Survivor {
        node,
        owner: first.or(external).unwrap_or(Owner::Unknown),
        other_owners,
    }
}
