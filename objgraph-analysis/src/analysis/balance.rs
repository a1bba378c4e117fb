//! Compares the strong count of an object with the references that the trace found.
//!
//! Every analysis that depends on counts asks this module, so that all of them agree on what is
//! alive.

use objgraph_core::{Node, PointerKind, Snapshot, State};

/// The strong count of an object, against the strong references that the trace found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Balance {
    /// The strong count, which is at least the number of references found; the rest are external.
    Counted(u32),
    /// The object is part of objects that were found, and lives as long as they do.
    Owned,
    /// The object lives by value, and its references are not counted.
    InPlace,
    /// The strong count; more references were reported, or one of them more than once.
    OverReported(u32),
    /// The strong count could not be read, or cannot be relied upon.
    Unknown,
}

impl Balance {
    /// Returns the balance of a node to which `reported` strong references were found.
    pub(super) fn of(node: Node<'_>, reported: u32) -> Self {
        match node.pointer_kind() {
            PointerKind::Instance if reported > 0 => return Self::Owned,
            PointerKind::Instance | PointerKind::Value => return Self::InPlace,
            _ => {}
        }
        let is_uncertain = matches!(
            node.state(),
            State::OtherThread | State::Lent | State::InFlight
        );
        match node.strong() {
            // A live value without a reference is being created (`new_cyclic`) or dropped.
            None | Some(0) => Self::Unknown,
            Some(_) if is_uncertain => Self::Unknown,
            Some(strong) if strong < reported || node.is_repeated() => Self::OverReported(strong),
            Some(strong) => Self::Counted(strong),
        }
    }
}

/// Returns the number of strong references that the trace found to each node.
pub(super) fn reported(snapshot: &Snapshot) -> Vec<u32> {
    let mut reported = vec![0u32; snapshot.len()];
    for edge in &snapshot.parts().edges {
        reported[edge.target.index()] += u32::from(edge.strong);
    }
    reported
}
