//! Options: what a snapshot contains.

use crate::listing::ListedObject;

/// What a snapshot contains besides the objects.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SnapshotOptions {
    /// Whether to write labels of values behind std's pointers, to which no id leads later.
    pub labels: bool,
    /// Whether to measure what each object owns on the heap, and how long its collections are. On
    /// by default. It reads the length and the capacity of each collection, and iterates over those
    /// whose items own bytes (`Vec<String>`, not `Vec<u8>`) even if the items hold no references.
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
    /// Sets whether to write labels.
    #[must_use]
    pub fn labels(mut self, labels: bool) -> Self {
        self.labels = labels;
        self
    }

    /// Sets whether to measure bytes on the heap and lengths of collections.
    #[must_use]
    pub fn heap(mut self, heap: bool) -> Self {
        self.heap = heap;
        self
    }
}

/// Which objects a snapshot contains, besides what the values reach.
pub(super) enum Extent {
    /// All objects, and the roots.
    All,
    /// Some objects, with or without the roots, and with or without the bytes of texts.
    Some {
        listed: Vec<ListedObject>,
        roots: bool,
        texts: bool,
    },
}
