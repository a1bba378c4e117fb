//! The part of the table that belongs to a thread: the handles to its `Rc` values, which no
//! other thread may touch, and what makes listing an object fast.

use std::cell::RefCell;
use std::panic::Location;
use std::rc::Weak;
use std::sync::atomic::Ordering;

use parking_lot::Mutex;

use super::chunks::{self, Born, CHUNK, Chunk, LocalSide, Side};
use super::counters::{Counter, Sheet};
use super::inner::Erased;
use super::kinds::{self, TypeMeta};
use super::shared::Magazine;
use super::threads;
use super::watched::WatchedRc;
use crate::capture::epoch;
use crate::trace::watch_thread_end;

thread_local! {
    static LOCAL: RefCell<Local> = RefCell::new(Local::begin());
}

/// Runs with the thread's own part of the table; `None` when the thread is so far gone that it
/// has none. No code of the user may run inside.
pub(super) fn with<R>(run: impl FnOnce(&mut Local) -> R) -> Option<R> {
    LOCAL.try_with(|local| run(&mut local.borrow_mut())).ok()
}

/// The part of a thread.
pub(super) struct Local {
    pub(super) thread: u32,
    pub(super) magazine: Magazine,
    pub(super) values: RcValues,
    kinds: KindCache,
}

/// What a thread knows of kinds: numbers of those that it used last, and its counters.
pub(super) struct KindCache {
    sheet: &'static Sheet,
    counters: Vec<&'static Counter>,
    lines: Box<[CacheLine; KindCache::LINES]>,
}

/// The kind that belongs to the addresses of two constants.
#[derive(Clone, Copy)]
struct CacheLine {
    meta: usize,
    site: usize,
    kind: u32,
}

/// The handles to the values of `Rc`, by chunk.
pub(super) struct RcValues {
    /// The first unused entry, by the number of its chunk here and its place in the chunk; the
    /// others follow from [`Entry::Free`].
    free: u32,
    chunks: Vec<OwnChunk>,
}

struct OwnChunk {
    chunk: &'static Chunk,
    number: u32,
    entries: Box<[Entry]>,
}

/// A handle to a value, as far as there is one.
pub(super) enum Entry {
    /// Nothing lives here; the next unused entry.
    Free(u32),
    /// Nothing may look at what lives here.
    Lent,
    Live(Weak<dyn Erased>),
    /// A value behind an `Rc` of std.
    Watched(Weak<dyn WatchedRc>),
}

/// No entry.
const NOWHERE: u32 = u32::MAX;

/// Chunks of threads that ended, all of whose slots are unused.
static UNUSED: Mutex<Vec<u32>> = Mutex::new(Vec::new());

impl Local {
    fn begin() -> Self {
        Self {
            thread: threads::number(),
            magazine: Magazine::new(),
            values: RcValues {
                free: NOWHERE,
                chunks: Vec::new(),
            },
            kinds: KindCache::new(),
        }
    }

    /// What is to be written down of an object that this thread makes, which is counted.
    #[inline]
    pub(super) fn birth(
        &mut self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
    ) -> Born {
        let kind = self.kinds.number(meta, site);
        self.kinds.counter(kind).birth();
        Born {
            kind,
            thread: self.thread,
            epoch: epoch(),
        }
    }

    #[inline]
    pub(super) fn count_death(&mut self, kind: u32) {
        self.kinds.counter(kind).death();
    }
}

impl KindCache {
    const LINES: usize = 64;

    pub(super) fn new() -> Self {
        let empty = CacheLine {
            meta: 0,
            site: 0,
            kind: 0,
        };
        Self {
            sheet: Sheet::take(),
            counters: Vec::new(),
            lines: Box::new([empty; Self::LINES]),
        }
    }

    #[inline]
    pub(super) fn number(
        &mut self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
    ) -> u32 {
        let meta_address = std::ptr::from_ref(meta).addr();
        let site_address = std::ptr::from_ref(site).addr();
        let line = &mut self.lines[((meta_address >> 4) ^ (site_address >> 3)) % Self::LINES];
        if line.meta != meta_address || line.site != site_address {
            let kind = kinds::number(meta, site);
            *line = CacheLine {
                meta: meta_address,
                site: site_address,
                kind,
            };
        }
        line.kind
    }

    #[inline]
    pub(super) fn counter(&mut self, kind: u32) -> &'static Counter {
        match self.counters.get(kind as usize) {
            Some(counter) => counter,
            None => self.more_counters(kind),
        }
    }

    #[cold]
    fn more_counters(&mut self, kind: u32) -> &'static Counter {
        for kind in self.counters.len() as u32..=kind {
            self.counters.push(self.sheet.counter(kind));
        }
        self.counters[kind as usize]
    }
}

impl RcValues {
    /// Puts an entry into an unused place; `None` if the table is full.
    #[inline]
    pub(super) fn put(&mut self, owner: u32, entry: Entry) -> Option<(u32, &'static Chunk)> {
        if self.free == NOWHERE {
            self.grow(owner)?;
        }
        let offset = self.free % CHUNK;
        let own = self.chunks.get_mut((self.free / CHUNK) as usize)?;
        let entry = std::mem::replace(own.entries.get_mut(offset as usize)?, entry);
        let Entry::Free(next) = entry else {
            return None;
        };
        self.free = next;
        Some((own.number * CHUNK + offset, own.chunk))
    }

    /// The numbers of the chunks, sorted.
    pub(super) fn chunks(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.chunks.iter().map(|own| own.number).collect();
        numbers.sort_unstable();
        numbers
    }

    /// The handle at a place of this thread.
    pub(super) fn entry(&mut self, place: u32) -> Option<&mut Entry> {
        let (own, offset) = self.find(place)?;
        own.entries.get_mut(offset)
    }

    #[inline]
    fn find(&mut self, place: u32) -> Option<(&mut OwnChunk, usize)> {
        let Side::Local(side) = &chunks::of_place(place)?.side else {
            return None;
        };
        let own = self
            .chunks
            .get_mut(side.index.load(Ordering::Relaxed) as usize)?;
        (own.number == place / CHUNK).then_some((own, (place % CHUNK) as usize))
    }

    /// The object at a place is dead; gives the handle that was there. `index` is where the chunk
    /// is here.
    #[inline]
    pub(super) fn free(&mut self, index: u32, place: u32, reusable: bool) -> Option<Entry> {
        let own = self
            .chunks
            .get_mut(index as usize)
            .filter(|own| own.number == place / CHUNK)?;
        let next = if reusable { self.free } else { NOWHERE };
        let entry = own.entries.get_mut((place % CHUNK) as usize)?;
        if reusable {
            self.free = index * CHUNK + place % CHUNK;
        }
        Some(std::mem::replace(entry, Entry::Free(next)))
    }

    #[cold]
    fn grow(&mut self, owner: u32) -> Option<()> {
        watch_thread_end();
        let unused = UNUSED.lock().pop();
        let (number, chunk) = match unused.and_then(|number| Some((number, chunks::get(number)?))) {
            Some(found) => found,
            None => chunks::make(Side::Local(LocalSide::default()))?,
        };
        let Side::Local(side) = &chunk.side else {
            return None;
        };
        side.owner.store(owner, Ordering::Relaxed);
        side.index
            .store(self.chunks.len() as u32, Ordering::Relaxed);
        let first = self.chunks.len() as u32 * CHUNK;
        let entries = (first + 1..=first + CHUNK)
            .map(|next| Entry::Free(if next == first + CHUNK { NOWHERE } else { next }))
            .collect();
        self.chunks.push(OwnChunk {
            chunk,
            number,
            entries,
        });
        self.free = first;
        Some(())
    }
}

impl Drop for Local {
    /// The thread ends. Chunks in which something still lives stay as they are, without an owner:
    /// what lives there is counted and listed for ever, and looked at no more.
    fn drop(&mut self) {
        let mut left_behind = self.magazine.was_used();
        self.magazine.give_back();
        self.kinds.sheet.give_back();
        for own in self.values.chunks.drain(..) {
            let lives = own
                .entries
                .iter()
                .any(|entry| !matches!(entry, Entry::Free(_)));
            left_behind |= lives;
            if let Side::Local(side) = &own.chunk.side {
                side.owner.store(0, Ordering::Relaxed);
            }
            if !lives {
                UNUSED.lock().push(own.number);
            }
        }
        threads::end(self.thread, !left_behind);
    }
}
