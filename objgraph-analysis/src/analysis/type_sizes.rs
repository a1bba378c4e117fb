//! Bytes by type.

use super::ShownNames;
use crate::order;
use objgraph_core::Snapshot;

/// How many bytes the objects of each type take, most first; of equal, by name.
///
/// It prints as a table of the ten largest, of 80 columns where names allow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeSizes {
    rows: Vec<TypeSize>,
    pub(crate) is_enabled: bool,
    pub(crate) names: ShownNames,
}

/// How many bytes the objects of one type take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeSize {
    /// The full name of the type.
    pub type_name: String,
    /// How many objects of the type are alive.
    pub count: usize,
    /// The bytes of their own allocations; see [`Node::shallow_bytes`](objgraph_core::Node::shallow_bytes).
    pub shallow_bytes: u64,
    /// The bytes that their values own on the heap beside, outside of other objects; a lower
    /// bound. See [`Node::heap_bytes`](objgraph_core::Node::heap_bytes).
    pub heap_bytes: u64,
}

impl TypeSize {
    /// All bytes that they take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shallow_bytes + self.heap_bytes
    }
}

impl TypeSizes {
    /// Adds up the objects of a snapshot. O(objects + types · log types).
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
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

    /// The types, those of most bytes first.
    #[must_use]
    pub fn rows(&self) -> &[TypeSize] {
        &self.rows
    }

    /// The largest type of this name, short or full; see `count`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&TypeSize> {
        self.rows
            .iter()
            .find(|row| objgraph_core::TypeInfo::opaque(&row.type_name, 0).matches(name))
    }

    /// All types together; without a name.
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
