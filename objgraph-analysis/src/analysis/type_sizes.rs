//! Size by type.

use super::ShownNames;
use crate::order;
use objgraph_core::Snapshot;

/// The size of the objects of each type, most bytes first, equal ones by name.
///
/// Prints as a table of the ten largest, 80 columns wide where names allow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeSizes {
    rows: Vec<TypeSize>,
    pub(crate) is_enabled: bool,
    pub(crate) names: ShownNames,
}

/// The size of the objects of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeSize {
    /// The full name of the type.
    pub type_name: String,
    /// Number of objects of the type that are alive.
    pub count: usize,
    /// Size of their own allocations in bytes; see
    /// [`Node::shallow_bytes`](objgraph_core::Node::shallow_bytes).
    pub shallow_bytes: u64,
    /// Size in bytes of the heap memory that their values own besides, outside of other objects; a
    /// lower bound. See [`Node::heap_bytes`](objgraph_core::Node::heap_bytes).
    pub heap_bytes: u64,
}

impl TypeSize {
    /// Returns the size in bytes, with the heap memory.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shallow_bytes + self.heap_bytes
    }
}

impl TypeSizes {
    /// Adds up the objects of a snapshot. O(objects + types · log types).
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let types = snapshot.types().iter();
        let mut rows: Vec<TypeSize> = types
            .map(|info| TypeSize {
                type_name: info.name.clone(),
                ..TypeSize::default()
            })
            .collect();
        for node in snapshot.nodes() {
            let row = &mut rows[node.type_index()];
            row.count += 1;
            row.shallow_bytes += node.shallow_bytes();
            row.heap_bytes += node.heap_bytes();
        }
        rows.retain(|row| row.count > 0);
        order::sort_by(&mut rows, |a, b| {
            let by_bytes = b.bytes().cmp(&a.bytes());
            by_bytes.then_with(|| a.type_name.cmp(&b.type_name))
        });
        Self {
            rows,
            is_enabled: snapshot.parts().enabled,
            names: ShownNames::of(snapshot),
        }
    }

    /// Returns the types, those with the most bytes first.
    #[must_use]
    pub fn rows(&self) -> &[TypeSize] {
        &self.rows
    }

    /// Returns the largest type with this short or full name; see `count`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&TypeSize> {
        self.rows
            .iter()
            .find(|row| objgraph_core::TypeInfo::opaque(&row.type_name, 0).matches(name))
    }

    /// Returns the sum over all types, with an empty name.
    #[must_use]
    pub fn total(&self) -> TypeSize {
        let mut total = TypeSize::default();
        for row in &self.rows {
            total.count += row.count;
            total.shallow_bytes += row.shallow_bytes;
            total.heap_bytes += row.heap_bytes;
        }
        total
    }
}
