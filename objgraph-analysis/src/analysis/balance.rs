//! What the counts of an object tell: whether its references were all found, and if not, why not.
//!
//! Every analysis asks here, so that none takes for gone what another holds to be alive.

use objgraph_core::{Holder, Node, Snapshot, State};

/// The references that an object has, against those that the trace saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Balance {
    /// So many references, none fewer than were seen; what is left is held from outside.
    Counted(u32),
    /// It stands inside of objects that were seen, and lives as long as they do.
    Owned,
    /// It lives where it stands; nobody counts references to it.
    InPlace,
    /// So many references, and more were reported, or one more than once.
    OverReported(u32),
    /// The number of references could not be read, or cannot be relied upon.
    Unknown,
}

impl Balance {
    /// Of a node to which so many strong references were seen.
    pub(super) fn of(node: Node<'_>, reported: u32) -> Self {
        match node.holder() {
            Holder::Instance if reported > 0 => return Self::Owned,
            Holder::Instance | Holder::Value => return Self::InPlace,
            _ => {}
        }
        let is_uncertain = matches!(
            node.state(),
            State::OtherThread | State::Lent | State::InFlight
        );
        match node.strong() {
            // A value that is alive with no reference is being made (`new_cyclic`) or dropped, so
            // somebody is at work on it.
            None | Some(0) => Self::Unknown,
            Some(_) if is_uncertain => Self::Unknown,
            Some(strong) if strong < reported || node.is_repeated() => Self::OverReported(strong),
            Some(strong) => Self::Counted(strong),
        }
    }
}

/// How many strong references to each node the trace saw.
pub(super) fn reported(snapshot: &Snapshot) -> Vec<u32> {
    let mut reported = vec![0u32; snapshot.len()];
    for edge in &snapshot.parts().edges {
        reported[edge.target.index()] += u32::from(edge.strong);
    }
    reported
}
