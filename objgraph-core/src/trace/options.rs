//! Options: what a snapshot contains.

use std::num::NonZero;
use std::thread::available_parallelism;

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
    pub(super) second_thread: Option<SecondThread>,
}

/// When a trace gets a second thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct SecondThread {
    /// Minimum number of objects.
    pub(super) objects: usize,
    /// Minimum number of processors that the process may use.
    pub(super) processors: usize,
    /// Number of edges, or of lengths, that are passed to it at once.
    pub(super) chunk: usize,
}

impl SecondThread {
    const DEFAULT: Self = Self {
        objects: 200_000,
        processors: 2,
        chunk: 4096,
    };

    /// Whether the thread helps to trace this many objects.
    pub(super) fn helps(&self, objects: usize) -> bool {
        let processors = || available_parallelism().map_or(1, NonZero::get);
        !cfg!(target_family = "wasm") && objects >= self.objects && processors() >= self.processors
    }
}

impl Default for SnapshotOptions {
    fn default() -> Self {
        Self {
            labels: false,
            heap: true,
            second_thread: Some(SecondThread::DEFAULT),
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

    /// Sets whether a second thread may help with many objects, if the process may use two processors.
    /// On by default.
    ///
    /// It runs no code of the program, makes no difference to the snapshot, and has ended when the
    /// snapshot is returned.
    ///
    /// ```
    /// use objgraph_core::{SnapshotOptions, snapshot_with};
    ///
    /// let alone = SnapshotOptions::default().second_thread(false);
    /// let (snapshot, _) = snapshot_with(&[], alone);
    /// # drop(snapshot);
    /// ```
    #[must_use]
    pub fn second_thread(mut self, may_help: bool) -> Self {
        self.second_thread = may_help.then_some(SecondThread::DEFAULT);
        self
    }

    /// Lets the second thread help with any number of objects and on one processor, in chunks of this
    /// length: for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn __always_second_thread(mut self, chunk: usize) -> Self {
        self.second_thread = Some(SecondThread {
            objects: 0,
            processors: 1,
            chunk,
        });
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
