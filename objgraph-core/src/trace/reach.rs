//! What a value reaches, with weak handles to the values behind std's pointers.

use super::options::{Extent, SnapshotOptions};
use super::starts::Starts;
use super::take::take;
use super::visitor::Visitor;
use super::weak_handles::WeakHandles;
use crate::emptiness::nothing;
use crate::snapshot::{NodeId, Snapshot};
use crate::tracked::Visit;

/// A snapshot in which the value is a node of its own, whatever it is.
#[derive(Debug)]
pub struct Reach {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// The node of the value.
    pub value: NodeId,
    /// The objects that the value points to, if it is a pointer, or several.
    pub pointed_to: Vec<NodeId>,
    /// Weak handles to the values behind std's pointers.
    pub kept: WeakHandles,
}

/// Takes a snapshot of what the value reaches; `None` where tracking is off. References from
/// elsewhere count as external.
#[must_use]
pub fn snapshot_keeping(value: &dyn Visit) -> Option<Reach> {
    if !crate::ENABLED {
        return nothing();
    }
    let itself: &dyn Visit = &ValueNode(value);
    let mut is_pointers = Starts::default();
    let values: &[&dyn Visit] = match value.starts(&mut is_pointers) {
        true => &[value, itself],
        false => &[itself],
    };
    let options = SnapshotOptions::default();
    let nothing_else = Extent::Some {
        listed: Vec::new(),
        roots: false,
        texts: false,
    };
    let (snapshot, mut starts, kept) =
        take(values, options, nothing_else, Some(WeakHandles::default()));
    let value = starts.pop()?;
    // An object behind a weak pointer is not owned.
    let owns = |node| {
        snapshot
            .edges(value)
            .any(|edge| edge.is_strong() && edge.target() == node)
    };
    starts.retain(|&start| owns(start));
    Some(Reach {
        snapshot,
        value,
        pointed_to: starts,
        kept: kept.unwrap_or_default(),
    })
}

/// The value as a node of its own, even if it is a pointer.
struct ValueNode<'v>(&'v dyn Visit);

impl Visit for ValueNode<'_> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.0.visit(visitor);
    }

    fn __type_name(&self) -> &'static str {
        self.0.__type_name()
    }
}
