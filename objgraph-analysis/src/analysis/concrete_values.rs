//! The concrete types of several opaque values of one declared type.

use std::collections::BTreeSet;

use objgraph_core::{ConcreteType, ConcreteTypes, NodeRow, Snapshot};

use crate::order;

/// The concrete types of opaque values. They have no names before a report asks for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConcreteValues {
    types: ConcreteTypes,
    /// Whether some of the values have another type, which is not known.
    has_more: bool,
}

impl ConcreteValues {
    /// Selects the types of values. `numbers` are those of the types.
    pub(crate) fn of(snapshot: &Snapshot, numbers: &BTreeSet<u32>) -> Self {
        let known = numbers.iter().copied();
        let known = known.filter(|&number| number != NodeRow::UNKNOWN);
        Self {
            types: snapshot.parts().concrete_types.subset(known),
            has_more: numbers.contains(&NodeRow::UNKNOWN),
        }
    }

    /// Returns the types that are first by name, and whether these are all.
    pub(crate) fn first(&self, most: usize) -> (Vec<&ConcreteType>, bool) {
        let mut types = order::distinct(self.types.iter().flatten());
        let has_more =
            self.has_more || types.len() > most || self.types.iter().any(|one| one.is_none());
        types.truncate(most);
        (types, !has_more)
    }
}
