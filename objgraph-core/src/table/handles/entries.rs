//! The entries of handles, which any thread reads without a lock.
//!
//! An entry is a seqlock, as a slot is: the thread that creates the handle writes it, then the
//! thread that drops the handle, so a write is a plain store. [`HandleEntry::set_object`] is the
//! exception. Entries are never freed, and are used again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use crate::epochs::epoch;
use crate::lock::Mutex;

/// The record of one handle.
pub(crate) struct HandleEntry {
    /// The object; see [`HandleBirth::object`].
    object: AtomicU64,
    /// Odd while a handle has this entry. Each birth and each death adds one.
    generation: AtomicU32,
    site: AtomicU32,
    origin: AtomicU32,
    epoch: AtomicU32,
    /// The kind of the object, with [`STRONG`].
    kind: AtomicU32,
    number: u32,
}

/// A bit of the kind: the handle owns.
const STRONG: u32 = 1 << 31;

/// The kind of the object that a handle leads to, and whether the handle owns.
#[derive(Clone, Copy)]
pub(crate) struct HandleKind(u32);

impl HandleKind {
    #[inline]
    pub(crate) fn new(kind: u32, strong: bool) -> Self {
        Self(if strong { kind | STRONG } else { kind })
    }
}

/// What is known of a handle from its creation.
#[derive(Clone, Copy)]
pub(crate) struct HandleBirth {
    /// The object's id, or a promise: the number of an object that is not created yet.
    pub(crate) object: u64,
    pub(crate) site: u32,
    pub(crate) origin: u32,
    pub(crate) epoch: u32,
    pub(crate) kind: u32,
    pub(crate) strong: bool,
}

impl HandleEntry {
    fn new(number: u32) -> Self {
        Self {
            object: AtomicU64::new(0),
            generation: AtomicU32::new(0),
            site: AtomicU32::new(0),
            origin: AtomicU32::new(0),
            epoch: AtomicU32::new(0),
            kind: AtomicU32::new(0),
            number,
        }
    }

    /// Records that a handle is created.
    #[inline]
    pub(crate) fn birth(&self, object: u64, kind: HandleKind, site: u32, origin: u32) {
        // Relaxed: the release store below publishes these words.
        self.object.store(object, Ordering::Relaxed);
        self.site.store(site, Ordering::Relaxed);
        self.origin.store(origin, Ordering::Relaxed);
        self.epoch.store(epoch(), Ordering::Relaxed);
        self.kind.store(kind.0, Ordering::Relaxed);
        // Relaxed: only the thread that has the entry writes the generation.
        let generation = self.generation.load(Ordering::Relaxed);
        // Pairs with the acquire load of `living`.
        self.generation
            .store(generation.wrapping_add(1), Ordering::Release);
    }

    /// Records that the handle is dropped.
    #[inline]
    pub(crate) fn death(&self) {
        // Relaxed: only the thread that drops the handle writes, and the fence below publishes.
        let generation = self.generation.load(Ordering::Relaxed);
        self.generation
            .store(generation.wrapping_add(1), Ordering::Relaxed);
        // Pairs with the acquire fence of `living`: a reader that sees a word written after this
        // also sees that the handle is dropped.
        fence(Ordering::Release);
    }

    /// Returns the object and its kind. The caller has the handle.
    #[inline]
    pub(crate) fn object(&self) -> (u64, u32) {
        // Relaxed, here and in the next two functions: whatever gave the caller the handle ordered
        // this after its creation.
        let kind = self.kind.load(Ordering::Relaxed) & !STRONG;
        (self.object.load(Ordering::Relaxed), kind)
    }

    /// Returns the number of the site that created the handle.
    #[inline]
    pub(crate) fn site(&self) -> u32 {
        self.site.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn is_strong(&self) -> bool {
        self.kind.load(Ordering::Relaxed) & STRONG != 0
    }

    /// Makes the handle, which is weak, lead elsewhere.
    ///
    /// The thread that moves the value calls it for handles that other threads have. If one of them
    /// drops its handle at this moment and creates another with the entry, that one is reported to
    /// lead to the moved value.
    pub(crate) fn set_object(&self, object: u64, kind: u32) {
        // Relaxed: pairs with nothing. A reader may see the old object or the new one.
        self.object.store(object, Ordering::Relaxed);
        self.kind.store(kind, Ordering::Relaxed);
    }

    /// Returns a number for the handle that has this entry, which no other live handle has.
    #[inline]
    pub(crate) fn handle(&self) -> u64 {
        // Relaxed: the caller compares the number, or has the handle.
        handle(self.number, self.generation.load(Ordering::Relaxed))
    }

    /// Returns the number of the handle and what is known of it, if there is one.
    pub(crate) fn living(&self) -> Option<(u64, HandleBirth)> {
        // Pairs with the release store of `birth`.
        let generation = self.generation.load(Ordering::Acquire);
        if generation % 2 == 0 {
            return None;
        }
        // Relaxed: the fence below orders these loads before the second load of the generation.
        let kind = self.kind.load(Ordering::Relaxed);
        let born = HandleBirth {
            object: self.object.load(Ordering::Relaxed),
            site: self.site.load(Ordering::Relaxed),
            origin: self.origin.load(Ordering::Relaxed),
            epoch: self.epoch.load(Ordering::Relaxed),
            kind: kind & !STRONG,
            strong: kind & STRONG != 0,
        };
        // Pairs with the release fence of `death`.
        fence(Ordering::Acquire);
        // Relaxed: the fence above orders it.
        let after = self.generation.load(Ordering::Relaxed);
        (after == generation).then(|| (handle(self.number, generation), born))
    }
}

fn handle(number: u32, generation: u32) -> u64 {
    u64::from(number) << 32 | u64::from(generation)
}

/// Number of entries that are created, and that go to the store, at once.
const BATCH: usize = 256;

/// Entries that were created at once. Leaked on purpose, since they are never freed.
pub(super) type EntryChunk = &'static [HandleEntry];

static CHUNKS: Mutex<Vec<EntryChunk>> = Mutex::new(Vec::new());

/// Free entries that no thread has.
static STORE: Mutex<Vec<Vec<&'static HandleEntry>>> = Mutex::new(Vec::new());

/// Lists all chunks.
pub(super) fn chunks() -> Vec<EntryChunk> {
    CHUNKS.lock().clone()
}

/// Lists all entries.
pub(crate) fn all() -> impl Iterator<Item = &'static HandleEntry> {
    chunks().into_iter().flatten()
}

/// Adds the origins of all handles. O(handles).
pub(crate) fn origins_of_living(origins: &mut HashSet<u32>) {
    origins.extend(all().filter_map(|entry| Some(entry.living()?.1.origin)));
}

/// Whether the handle with a number still exists.
pub(crate) fn is_there(handle: u64) -> bool {
    by_number(handle).is_some_and(|entry| entry.handle() == handle)
}

/// Returns what is known of the handle with a number, if it still exists.
pub(crate) fn living(handle: u64) -> Option<(u64, HandleBirth)> {
    let living = by_number(handle)?.living();
    living.filter(|&(number, _)| number == handle)
}

/// Returns the entry that a handle of this number has or had.
fn by_number(handle: u64) -> Option<&'static HandleEntry> {
    let number = (handle >> 32) as usize;
    let chunk = CHUNKS.lock().get(number / BATCH).copied()?;
    chunk.get(number % BATCH)
}

/// Takes entries from the store, or makes a chunk; `None` when there are 2^32.
fn stored() -> Option<Vec<&'static HandleEntry>> {
    if let Some(batch) = STORE.lock().pop() {
        return Some(batch);
    }
    let mut chunks = CHUNKS.lock();
    let first = u32::try_from(chunks.len() * BATCH).ok()?;
    let made: Vec<HandleEntry> = (0..BATCH as u32)
        .map(|offset| HandleEntry::new(first + offset))
        .collect();
    let chunk: EntryChunk = Box::leak(made.into_boxed_slice());
    chunks.push(chunk);
    // From the end, so that entries are used from the start.
    Some(chunk.iter().rev().collect())
}

/// The free entries that a thread holds for the handles that it creates next.
pub(crate) struct EntryMagazine(Vec<&'static HandleEntry>);

impl EntryMagazine {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn was_used(&self) -> bool {
        self.0.capacity() > 0
    }

    #[inline]
    pub(crate) fn take(&mut self) -> Option<&'static HandleEntry> {
        self.0.pop()
    }

    /// Makes sure that there is a free entry. Returns false if there can be no more.
    pub(crate) fn refill(&mut self) -> bool {
        if self.0.is_empty() {
            self.0 = stored().unwrap_or_default();
        }
        !self.0.is_empty()
    }

    /// Puts a free entry back. Returns false if there is no room for it.
    #[inline]
    pub(crate) fn put(&mut self, entry: &'static HandleEntry) -> bool {
        let has_room = self.0.len() < self.0.capacity();
        if has_room {
            self.0.push(entry);
        }
        has_room
    }

    /// Makes room for a free entry.
    pub(crate) fn make_room(&mut self) {
        if self.0.len() >= 2 * BATCH {
            let batch = self.0.split_off(BATCH);
            STORE.lock().push(batch);
        }
        self.0.reserve_exact(2 * BATCH - self.0.len());
    }

    /// Gives all entries to the store, when the thread ends.
    pub(crate) fn give_back(&mut self) {
        if !self.0.is_empty() {
            STORE.lock().push(std::mem::take(&mut self.0));
        }
    }
}

/// Takes a free entry, for a thread that has no magazine any more.
pub(crate) fn take_one() -> Option<&'static HandleEntry> {
    let mut batch = stored()?;
    let entry = batch.pop();
    if !batch.is_empty() {
        STORE.lock().push(batch);
    }
    entry
}

/// Puts a free entry back, for a thread that has no magazine any more.
pub(crate) fn give_one(entry: &'static HandleEntry) {
    let mut store = STORE.lock();
    match store.last_mut() {
        Some(batch) if batch.len() < BATCH => batch.push(entry),
        _ => store.push(vec![entry]),
    }
}
