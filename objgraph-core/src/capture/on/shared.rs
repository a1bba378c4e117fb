//! Places for values of `Arc`, which any thread may make, look at and drop.

use std::sync::Weak;

use parking_lot::Mutex;

use super::chunks::{self, CHUNK, Chunk, Side};
use super::inner::SharedErased;
use super::watched::WatchedArc;

/// The handles to the values of a chunk.
pub(super) struct SharedEntries(Box<[SharedEntry]>);

/// A handle to a value, as far as there is one.
#[derive(Clone)]
pub(super) enum SharedEntry {
    /// Nothing lives here, or nothing may look at what lives here.
    None,
    Live(Weak<dyn SharedErased>),
    /// A value behind an `Arc` of std.
    Watched(Weak<dyn WatchedArc>),
}

impl SharedEntries {
    fn new() -> Self {
        Self((0..CHUNK).map(|_| SharedEntry::None).collect())
    }

    pub(super) fn get(&self, place: u32) -> &SharedEntry {
        &self.0[(place % CHUNK) as usize]
    }

    /// Puts a handle in and gives back what was there.
    pub(super) fn replace(&mut self, place: u32, entry: SharedEntry) -> SharedEntry {
        std::mem::replace(&mut self.0[(place % CHUNK) as usize], entry)
    }
}

/// Unused places, held by a thread for the objects that it makes next.
///
/// Places that it drops go there too, whichever thread took them first. Beyond a number they
/// go, many at once, to a store that all threads take from.
#[derive(Default)]
pub(super) struct Magazine(Vec<u32>);

/// How many places go to the store at once.
const BATCH: usize = CHUNK as usize;

static STORE: Mutex<Vec<Vec<u32>>> = Mutex::new(Vec::new());

impl Magazine {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether the thread took or gave places.
    pub(super) fn was_used(&self) -> bool {
        self.0.capacity() > 0
    }

    /// An unused place; `None` if the table is full.
    pub(super) fn take(&mut self) -> Option<u32> {
        if let Some(place) = self.0.pop() {
            return Some(place);
        }
        self.refill()
    }

    #[cold]
    fn refill(&mut self) -> Option<u32> {
        if let Some(batch) = STORE.lock().pop() {
            self.0 = batch;
        } else {
            let (number, _) = chunks::make(Side::Shared(Mutex::new(SharedEntries::new())))?;
            self.0.reserve(2 * BATCH);
            // From the end, so that places are used from the start.
            self.0.extend((number * CHUNK..(number + 1) * CHUNK).rev());
        }
        self.0.pop()
    }

    /// A place that is not used any more.
    pub(super) fn put(&mut self, place: u32) {
        if self.0.len() >= 2 * BATCH {
            let batch = self.0.split_off(BATCH);
            STORE.lock().push(batch);
        }
        self.0.push(place);
    }

    /// The thread ends: all goes to the store.
    pub(super) fn give_back(&mut self) {
        if !self.0.is_empty() {
            STORE.lock().push(std::mem::take(&mut self.0));
        }
    }
}

/// The entries of a chunk that holds values of `Arc`.
pub(super) fn entries(chunk: &Chunk) -> Option<&Mutex<SharedEntries>> {
    match &chunk.side {
        Side::Shared(entries) => Some(entries),
        Side::Local(_) => None,
    }
}
