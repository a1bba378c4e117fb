//! The entries of handles, which any thread can read without a lock.
//!
//! As with the slots of objects: an entry's words are atomic because other threads read them; one
//! thread at a time writes them (the one that makes the handle, then the one that drops it), so a
//! write is a plain store. ScopeStack, once made, stay for ever and are used again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use crate::epochs::epoch;
use crate::lock::Mutex;

/// What is known of one handle.
pub(crate) struct HandleEntry {
    /// The object; see [`HandleBirth::object`].
    object: AtomicU64,
    /// Odd while a handle has this entry; one more at each birth and each death.
    generation: AtomicU32,
    site: AtomicU32,
    origin: AtomicU32,
    epoch: AtomicU32,
    /// The kind of the object, with [`STRONG`].
    kind: AtomicU32,
    number: u32,
}

/// In the word of the kind: the handle owns.
const STRONG: u32 = 1 << 31;

/// The kind of the object that a handle leads to, and whether it owns.
#[derive(Clone, Copy)]
pub(crate) struct HandleKind(u32);

impl HandleKind {
    #[inline]
    pub(crate) fn new(kind: u32, strong: bool) -> Self {
        Self(if strong { kind | STRONG } else { kind })
    }
}

/// What is known of a handle that is there.
#[derive(Clone, Copy)]
pub(crate) struct HandleBirth {
    /// The object's id, or a promise: the number of an object that is being made.
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

    /// A handle is made.
    #[inline]
    pub(crate) fn birth(&self, object: u64, kind: HandleKind, site: u32, origin: u32) {
        self.object.store(object, Ordering::Relaxed);
        self.site.store(site, Ordering::Relaxed);
        self.origin.store(origin, Ordering::Relaxed);
        self.epoch.store(epoch(), Ordering::Relaxed);
        self.kind.store(kind.0, Ordering::Relaxed);
        let generation = self.generation.load(Ordering::Relaxed);
        self.generation
            .store(generation.wrapping_add(1), Ordering::Release);
    }

    /// The handle is dropped.
    #[inline]
    pub(crate) fn death(&self) {
        let generation = self.generation.load(Ordering::Relaxed);
        self.generation
            .store(generation.wrapping_add(1), Ordering::Relaxed);
        // Who reads words that are written from here on also reads that the handle is gone.
        fence(Ordering::Release);
    }

    /// The object and its kind, for whoever has the handle in hand.
    #[inline]
    pub(crate) fn object(&self) -> (u64, u32) {
        let kind = self.kind.load(Ordering::Relaxed) & !STRONG;
        (self.object.load(Ordering::Relaxed), kind)
    }

    /// Where the handle was made.
    #[inline]
    pub(crate) fn site(&self) -> u32 {
        self.site.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn is_strong(&self) -> bool {
        self.kind.load(Ordering::Relaxed) & STRONG != 0
    }

    /// The handle, which does not own, leads elsewhere from now on.
    pub(crate) fn set_object(&self, object: u64, kind: u32) {
        self.object.store(object, Ordering::Relaxed);
        self.kind.store(kind, Ordering::Relaxed);
    }

    /// A number for the handle that has this entry, which no other handle alive has.
    #[inline]
    pub(crate) fn handle(&self) -> u64 {
        handle(self.number, self.generation.load(Ordering::Relaxed))
    }

    /// The number of the handle and what is known of it, if there is one.
    pub(crate) fn living(&self) -> Option<(u64, HandleBirth)> {
        let generation = self.generation.load(Ordering::Acquire);
        if generation.is_multiple_of(2) {
            return None;
        }
        let kind = self.kind.load(Ordering::Relaxed);
        let born = HandleBirth {
            object: self.object.load(Ordering::Relaxed),
            site: self.site.load(Ordering::Relaxed),
            origin: self.origin.load(Ordering::Relaxed),
            epoch: self.epoch.load(Ordering::Relaxed),
            kind: kind & !STRONG,
            strong: kind & STRONG != 0,
        };
        // The words belong together if the handle is still there.
        fence(Ordering::Acquire);
        let after = self.generation.load(Ordering::Relaxed);
        (after == generation).then(|| (handle(self.number, generation), born))
    }
}

fn handle(number: u32, generation: u32) -> u64 {
    u64::from(number) << 32 | u64::from(generation)
}

/// How many entries are made, and go to the store, at once.
const BATCH: usize = 256;

/// ScopeStack stay for ever, so they are leaked on purpose.
type EntryChunk = &'static [HandleEntry];

static CHUNKS: Mutex<Vec<EntryChunk>> = Mutex::new(Vec::new());

/// Unused entries that no thread has, many at a time.
static STORE: Mutex<Vec<Vec<&'static HandleEntry>>> = Mutex::new(Vec::new());

/// All entries.
pub(crate) fn all() -> impl Iterator<Item = &'static HandleEntry> {
    let chunks = CHUNKS.lock().clone();
    chunks.into_iter().flatten()
}

/// Adds the origins of all handles. O(handles).
pub(crate) fn origins_of_living(origins: &mut HashSet<u32>) {
    origins.extend(all().filter_map(|entry| Some(entry.living()?.1.origin)));
}

/// Whether the handle of a number is still there.
pub(crate) fn is_there(handle: u64) -> bool {
    by_number(handle).is_some_and(|entry| entry.handle() == handle)
}

/// What is known of the handle of a number, if that is still there.
pub(crate) fn living(handle: u64) -> Option<(u64, HandleBirth)> {
    let living = by_number(handle)?.living();
    living.filter(|&(number, _)| number == handle)
}

/// The entry that a handle of this number has or had.
fn by_number(handle: u64) -> Option<&'static HandleEntry> {
    let number = (handle >> 32) as usize;
    let chunk = CHUNKS.lock().get(number / BATCH).copied()?;
    chunk.get(number % BATCH)
}

/// Some entries of the store, or those of a new chunk; `None` when there are 2^32.
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

/// Unused entries, held by a thread for the handles that it makes next.
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

    /// Sees to it that there is an unused entry; false if there can be no more.
    pub(crate) fn refill(&mut self) -> bool {
        if self.0.is_empty()
            && let Some(batch) = stored()
        {
            self.0 = batch;
        }
        !self.0.is_empty()
    }

    /// An entry is not used any more; false if there is no room for it.
    #[inline]
    pub(crate) fn put(&mut self, entry: &'static HandleEntry) -> bool {
        let has_room = self.0.len() < self.0.capacity();
        if has_room {
            self.0.push(entry);
        }
        has_room
    }

    /// Sees to it that there is room.
    pub(crate) fn make_room(&mut self) {
        if self.0.len() >= 2 * BATCH {
            let batch = self.0.split_off(BATCH);
            STORE.lock().push(batch);
        }
        self.0.reserve_exact(2 * BATCH - self.0.len());
    }

    /// The thread ends: all goes to the store.
    pub(crate) fn give_back(&mut self) {
        if !self.0.is_empty() {
            STORE.lock().push(std::mem::take(&mut self.0));
        }
    }
}

/// An unused entry, for a thread that has no magazine any more.
pub(crate) fn take_one() -> Option<&'static HandleEntry> {
    let mut batch = stored()?;
    let entry = batch.pop();
    if !batch.is_empty() {
        STORE.lock().push(batch);
    }
    entry
}

/// An entry is not used any more, on a thread that has no magazine any more.
pub(crate) fn give_one(entry: &'static HandleEntry) {
    let mut store = STORE.lock();
    match store.last_mut() {
        Some(batch) if batch.len() < BATCH => batch.push(entry),
        _ => store.push(vec![entry]),
    }
}
