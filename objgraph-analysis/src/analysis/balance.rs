//! Compares the strong count of an object with the references that the trace found.
//!
//! Every analysis that depends on counts asks this module, so that all of them agree on what is
//! alive.

use std::collections::HashMap;

use objgraph_core::{Node, NodeId, PointerKind, ReferenceKind, Snapshot, State};

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

/// The references that the trace found to one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) strong: u32,
    pub(super) weak: u32,
    /// Number of inferred references: one for each opaque value that has a word for the object.
    pub(super) inferred: u32,
    /// Number of these words; where handles can be distinguished, of the handles that they name, once for
    /// each place.
    pub(super) words: u32,
}

impl Found {
    /// O(references to the node), after [`Snapshot::gather_edges_to`].
    pub(super) fn to(snapshot: &Snapshot, node: NodeId) -> Self {
        let mut found = Self::default();
        for edge in snapshot.edges_to(node) {
            found.words += u32::from(edge.words());
            let counter = match edge.reference_kind() {
                ReferenceKind::Strong => &mut found.strong,
                ReferenceKind::Weak => &mut found.weak,
                _ => &mut found.inferred,
            };
            *counter += 1;
        }
        found
    }
}

/// Returns the number of external references of a node, and how many of its inferred references
/// own it, at least. `None` if it has no external reference, or if that is not known.
///
/// A handle that no visit reported is outside, or in an opaque value. Where handles can be distinguished,
/// those in opaque values are counted. Elsewhere, if each opaque value with a word for the object has
/// one handle to it, and no more of them are weak than there are weak handles that no visit reported,
/// the others are strong.
pub(super) fn inferred_owners(node: Node<'_>, found: &Found) -> Option<(u32, u32)> {
    let Balance::Counted(strong) = Balance::of(node, found.strong) else {
        return None;
    };
    let external = strong - found.strong;
    let words_alone = || {
        let unreported_weak = node.weak()?.saturating_sub(found.weak);
        Some(found.inferred.saturating_sub(unreported_weak))
    };
    let owners = node.captured().or_else(words_alone).unwrap_or(0);
    (external > 0).then_some((external, owners.min(external)))
}

/// The number of strong references that the trace found to each node.
///
/// Nearly all nodes have few, and targets come in any order: one byte for each node fits into a cache where
/// four would not.
pub(super) struct Reported {
    few: Vec<u8>,
    /// The numbers that do not fit into a byte.
    many: HashMap<NodeId, u32>,
}

/// In place of a number that does not fit.
const MANY: u8 = u8::MAX;

impl Reported {
    /// Counts the references. O(nodes + edges).
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut reported = Self {
            few: vec![0; snapshot.len()],
            many: HashMap::new(),
        };
        for edge in snapshot.parts().edges.iter().filter(|edge| edge.strong) {
            reported.add(edge.target);
        }
        reported
    }

    fn add(&mut self, target: NodeId) {
        let count = &mut self.few[target.index()];
        if *count < MANY - 1 {
            *count += 1;
        } else {
            *count = MANY;
            *self.many.entry(target).or_insert(u32::from(MANY) - 1) += 1;
        }
    }

    /// Returns the number of references to a node.
    pub(super) fn to(&self, node: NodeId) -> u32 {
        match self.few[node.index()] {
            MANY => self.many[&node],
            few => u32::from(few),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NodeId, Reported};
    use crate::analysis::testkit::Kit;

    #[test]
    fn numbers_of_references_need_not_fit_into_a_byte() {
        let mut kit = Kit::new();
        let numbers = [0, 1, 253, 254, 255, 256, 257, 70_000];
        let nodes: Vec<NodeId> = numbers.iter().map(|_| kit.node("app::Node", 1)).collect();
        for (&node, &references) in nodes.iter().zip(&numbers) {
            (0..references).for_each(|_| kit.edge(nodes[0], "strong", node));
            kit.weak(nodes[0], "weak", node);
        }
        let reported = Reported::of(&kit.snapshot());
        let found: Vec<u32> = nodes.iter().map(|&node| reported.to(node)).collect();
        assert_eq!(found, numbers);
    }
}
