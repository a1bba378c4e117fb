//! What a snapshot holds.

use crate::listing::ListedObject;

/// What a snapshot holds besides the objects.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SnapshotOptions {
    /// Whether to take labels of values behind std's pointers, to which no id leads back later.
    pub labels: bool,
    /// Whether to measure what each object owns on the heap, and to write down how long its
    /// collections are. On by default. It asks each collection for its length and capacity, and
    /// walks those whose items own bytes (`Vec<String>`, not `Vec<u8>`) though they hold no
    /// reference.
    pub heap: bool,
}

impl Default for SnapshotOptions {
    fn default() -> Self {
        Self {
            labels: false,
            heap: true,
        }
    }
}

impl SnapshotOptions {
    /// With labels, or without.
    #[must_use]
    pub fn labels(mut self, labels: bool) -> Self {
        self.labels = labels;
        self
    }

    /// With bytes on the heap and lengths of collections, or without.
    #[must_use]
    pub fn heap(mut self, heap: bool) -> Self {
        self.heap = heap;
        self
    }
}

/// Of which objects a snapshot is, besides what the values lead to.
pub(super) enum Extent {
    /// All, and the roots.
    All,
    /// Some, with the roots or without, and with the bytes of texts or without.
    Some {
        listed: Vec<ListedObject>,
        roots: bool,
        texts: bool,
    },
}
