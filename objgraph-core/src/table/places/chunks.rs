//! Slots, a seqlock each, in chunks that any thread reads without a lock.
//!
//! A chunk is never freed; its slots are used again. The word of a slot is atomic because other
//! threads read it. One thread at a time writes it: the thread that has the free place and
//! creates an object in it, then the thread that drops the object. So a write is a plain store.
//! The essay in [`table`](crate::table) draws the states of a slot.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

pub(crate) use super::CHUNK;
use crate::lock::{Mutex, is_lost};
use crate::object_id::ObjectId;
use crate::table::handles::DropMark;
use crate::table::interned::birth_rows::{self, Birth, Reader};
use crate::table::places::handle_locks::HandleLocks;
use crate::table::places::pool::Pool;
use crate::table::places::segments::Segments;

/// What any thread may read of a place.
pub(crate) struct Slot {
    /// A [`SlotWord`].
    word: AtomicU64,
    pub(crate) last_drop: DropMark,
}

/// The generation of a slot in the lower half, which is odd while an object lives there: each birth
/// and each death adds one. In the upper half the number of the object's birth; while the slot is
/// free, the link to the next free place.
///
/// One word, so that a birth and a death are a load and a store each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotWord(u64);

/// Maximum number of objects that live in one slot, one after the other: ids keep two bits for
/// other marks.
const ROUNDS: u32 = 1 << 30;

impl SlotWord {
    #[inline(always)]
    const fn new(generation: u32, birth_or_link: u32) -> Self {
        Self((birth_or_link as u64) << 32 | generation as u64)
    }

    #[inline(always)]
    const fn generation(self) -> u32 {
        self.0 as u32
    }

    /// Returns the number of the birth of the object that lives in the slot.
    #[inline(always)]
    pub(crate) const fn birth_number(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Returns the link to the next free place, if the slot is free.
    #[inline(always)]
    pub(crate) const fn link(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline(always)]
    const fn is_living(self) -> bool {
        self.0 & 1 != 0
    }

    /// Returns the word of the next generation.
    #[inline(always)]
    const fn next(self, birth_or_link: u32) -> Self {
        Self::new((self.0 as u32).wrapping_add(1), birth_or_link)
    }
}

impl Slot {
    const fn new() -> Self {
        Self {
            // Not zero, so that new slots are written at once. Zeros would stay fresh from the system
            // until they are read and, by a second page fault, written.
            word: AtomicU64::new(SlotWord::new(0, u32::MAX).0),
            last_drop: DropMark::new(),
        }
    }

    /// Returns the word, for the thread that may write it, or that has a pointer to the object.
    #[inline(always)]
    pub(crate) fn word(&self) -> SlotWord {
        // Relaxed: the same thread wrote it, or whatever passed the place or the pointer on was
        // between: the lock of a store, of `left`, or what gave the thread its pointer.
        SlotWord(self.word.load(Ordering::Relaxed))
    }

    /// Records that an object is born here, where `free` is the word, and returns the number of
    /// objects that lived here before, which is part of its id.
    #[inline(always)]
    pub(crate) fn birth(&self, free: SlotWord, birth: u32) -> u32 {
        self.last_drop.clear();
        // Pairs with the acquire loads of `if_living`, `is_used` and `lives`: a thread that sees
        // the object also sees the row of its birth.
        self.word.store(free.next(birth).0, Ordering::Release);
        free.generation() / 2
    }

    /// Records that the object here dies, where `living` is the word, and writes a link. Returns
    /// false if the slot is worn out and must not be used again.
    #[inline(always)]
    pub(crate) fn death(&self, living: SlotWord, link: u32) -> bool {
        let free = living.next(link);
        // Relaxed: a reader sees the link and the death at once, and nothing else with them. For
        // the next owner of the place, the lock of the store or of `left` comes after.
        self.word.store(free.0, Ordering::Relaxed);
        free.generation() < 2 * ROUNDS
    }

    /// Returns the number of the birth of the object that lives here. The caller has a pointer to
    /// the object.
    #[inline]
    pub(crate) fn birth_number(&self) -> u32 {
        self.word().birth_number()
    }

    /// Returns the kind of the object that lives here. The caller has a pointer to the object.
    pub(crate) fn kind(&self) -> Option<u32> {
        birth_rows::kind(self.birth_number())
    }

    /// Writes the link to the next free place, for the thread that has this one.
    #[inline]
    pub(crate) fn set_link(&self, link: u32) {
        let word = SlotWord::new(self.word().generation(), link);
        // Relaxed: the generation does not change. For the next owner of the place, the lock of the
        // store comes after.
        self.word.store(word.0, Ordering::Relaxed);
    }

    /// Returns the number of objects that lived here before, and the birth of the one that lives
    /// here; `None` if the slot is free.
    #[inline]
    pub(crate) fn living(&self, births: &mut Reader) -> Option<(u32, Birth)> {
        self.if_living(|number| births.read(number))
    }

    /// Reads the slot as a seqlock: what `read` returns for the number of the birth counts only if
    /// the same object still lives afterwards.
    #[inline]
    fn if_living<R>(&self, read: impl FnOnce(u32) -> Option<R>) -> Option<(u32, R)> {
        // Pairs with the release store of `birth`.
        let word = SlotWord(self.word.load(Ordering::Acquire));
        if !word.is_living() {
            return None;
        }
        let read = read(word.birth_number())?;
        // Pairs with the release fence of `birth_rows::rewrite`.
        fence(Ordering::Acquire);
        // Relaxed: the fence above orders it.
        let after = SlotWord(self.word.load(Ordering::Relaxed));
        (after == word).then_some((word.generation() / 2, read))
    }

    /// Whether the slot is free, for the thread that takes it over if so.
    pub(crate) fn is_unused(&self) -> bool {
        // Pairs with the release store of `birth`. The lock of `left` orders it after each death.
        let word = SlotWord(self.word.load(Ordering::Acquire));
        !word.is_living() && word.generation() < 2 * ROUNDS
    }

    /// Whether any object lives here.
    pub(crate) fn is_used(&self) -> bool {
        // Pairs with the release store of `birth`.
        SlotWord(self.word.load(Ordering::Acquire)).is_living()
    }

    pub(crate) fn lives(&self, id: ObjectId) -> bool {
        // Pairs with the release store of `birth`.
        let word = SlotWord(self.word.load(Ordering::Acquire));
        word.generation() == id.round() * 2 + 1
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self::new()
    }
}

pub(crate) type Slots = [Slot; CHUNK as usize];

/// A chunk of 256 slots, and the weak handles to their values.
pub(crate) struct Chunk {
    pub(crate) slots: &'static Slots,
    pub(crate) side: Side,
}

/// Where the weak handles to the values of a chunk are.
pub(crate) enum Side {
    /// In the part of the table of the thread that has the chunk, at this index of its chunks.
    Local(AtomicU32),
    /// Here, each behind a lock.
    Shared(&'static HandleLocks),
    /// There are none.
    Bare,
}

/// Slots in which nothing ever lives, in place of those of a chunk.
pub(crate) static NO_SLOTS: Slots = [const { Slot::new() }; CHUNK as usize];

impl Chunk {
    /// Returns the slot of a place in this chunk.
    #[inline(always)]
    pub(crate) fn slot(&self, place: u32) -> &'static Slot {
        &self.slots[(place % CHUNK) as usize]
    }
}

/// The chunks by number.
static CHUNKS: Segments<Chunk> = Segments::new();

static MADE: AtomicU64 = AtomicU64::new(0);

/// Returns the chunk with this number, if it exists.
#[inline]
pub(crate) fn get(number: u32) -> Option<&'static Chunk> {
    CHUNKS.get(number)
}

/// Returns the chunk of a place.
#[inline]
pub(crate) fn of_place(place: u32) -> Option<&'static Chunk> {
    get(place / CHUNK)
}

/// Returns the slot in which an object lives, or lived.
pub(crate) fn slot_of(id: ObjectId) -> Option<&'static Slot> {
    if !id.is_in_table() {
        return None;
    }
    Some(of_place(id.place())?.slot(id.place()))
}

/// Returns the number of chunks.
pub(crate) fn made() -> u32 {
    // Pairs with the release store of `make`: a thread that sees the number sees the chunks.
    MADE.load(Ordering::Acquire) as u32
}

/// Makes a chunk, and returns it with its number; `None` when there are 2^32 slots.
pub(crate) fn make(side: Side) -> Option<(u32, &'static Chunk)> {
    static SLOTS: Mutex<Pool<Slot>> = Mutex::new(Pool::new());
    // Held to the end, so that each number is given out once.
    let mut slots = SLOTS.lock();
    let number = made();
    // In the child of a fork, the parent may have been about to make the chunk with this number.
    if number >= (1 << 24) - 1 || is_lost() {
        return None;
    }
    let slots = slots.cut();
    let chunk = CHUNKS.get_or_make(number, || Chunk { slots, side })?;
    // Pairs with the acquire load of `made`.
    MADE.store(u64::from(number) + 1, Ordering::Release);
    Some((number, chunk))
}

fn slots() -> impl Iterator<Item = &'static Slot> {
    (0..made()).filter_map(get).flat_map(|chunk| chunk.slots)
}

/// Lists the numbers of the births of all objects. O(slots).
pub(crate) fn births_of_living() -> impl Iterator<Item = u32> {
    slots().filter_map(|slot| Some(slot.if_living(Some)?.1))
}

/// Collects the origins of all objects, and of the last drops of handles to them. O(slots).
pub(crate) fn origins_of_living() -> HashSet<u32> {
    let (mut births, mut origins, mut near) = (Reader::default(), HashSet::new(), None);
    for slot in slots() {
        let Some((_, born)) = slot.living(&mut births) else {
            continue;
        };
        origins.extend(slot.last_drop.origin());
        if near != Some(born.origin) {
            near = Some(born.origin);
            origins.insert(born.origin);
        }
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_wears_out_before_its_ids_need_the_bits_of_marks() {
        let last = Slot::default();
        // Relaxed: one thread.
        let free = SlotWord::new(2 * (ROUNDS - 1), 0);
        last.word.store(free.0, Ordering::Relaxed);
        let id = ObjectId::new(u32::MAX, last.birth(free, 1));
        assert!(last.lives(id));
        // The two highest bits are marks of ids and of headers.
        assert_eq!(id.to_raw() >> 62, 0);
        assert!(!last.death(last.word(), 0));
        assert!(!last.is_unused() && !last.is_used());
    }
}
