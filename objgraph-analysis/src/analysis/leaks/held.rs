//! Which objects are alive without an owner among the objects, and why.

use objgraph_core::{NodeId, Snapshot};

use super::OverReportedObject;
use crate::analysis::NodeSet;
use crate::analysis::balance::{Balance, Reported};

/// Why an object is alive although no object that was found needs to own it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HeldBy {
    /// It is a root, which the user named.
    Root,
    /// It has external references.
    External,
    /// It lives by value, and no object that was found contains it.
    InPlace,
    /// More references were reported than exist, so any of them may be external.
    OverReported,
    /// Its references could not be counted.
    Unknown,
}

/// Returns the objects with external references, and the objects treated as such, sorted.
pub(crate) fn held(snapshot: &Snapshot) -> Vec<NodeId> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    HeldObjects::of(snapshot).all
}

/// Returns the same objects, and why each is alive.
pub(crate) fn held_by(snapshot: &Snapshot) -> Vec<(NodeId, HeldBy)> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let held = HeldObjects::of(snapshot);
    let is_one = |nodes: &[NodeId], node| nodes.binary_search(&node).is_ok();
    let over_reported: Vec<NodeId> = held.over_reported.iter().map(|over| over.node).collect();
    let reason = |id: NodeId| {
        let node = snapshot.node(id);
        if node.root().is_some() {
            HeldBy::Root
        } else if is_one(&held.by_references, id) {
            HeldBy::External
        } else if is_one(&over_reported, id) {
            HeldBy::OverReported
        } else if node.pointer_kind().counts() {
            HeldBy::Unknown
        } else {
            HeldBy::InPlace
        }
    };
    held.all.iter().map(|&node| (node, reason(node))).collect()
}

/// The objects with external references, and those treated as such.
pub(super) struct HeldObjects {
    /// All of them, sorted.
    pub(super) all: Vec<NodeId>,
    /// The objects whose count exceeds the references found, sorted: opaque values might hold the
    /// difference.
    pub(super) by_references: Vec<NodeId>,
    pub(super) over_reported: Vec<OverReportedObject>,
}

impl HeldObjects {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut held = Self {
            all: Vec::new(),
            by_references: Vec::new(),
            over_reported: Vec::new(),
        };
        let reported = Reported::of(snapshot);
        for node in snapshot.nodes() {
            let id = node.node_id();
            let reported = reported.to(id);
            match Balance::of(node, reported) {
                Balance::Owned => continue,
                Balance::Counted(references) if references == reported => continue,
                Balance::Counted(_) => held.by_references.push(id),
                Balance::OverReported(references) => held.over_reported.push(OverReportedObject {
                    node: id,
                    references,
                    reported,
                }),
                Balance::InPlace | Balance::Unknown => {}
            }
            held.all.push(id);
        }
        held
    }

    /// Removes nodes that are not held any more.
    pub(super) fn remove(&mut self, nodes: &NodeSet) {
        self.all.retain(|&node| !nodes.contains(node));
        self.by_references.retain(|&node| !nodes.contains(node));
    }
}
