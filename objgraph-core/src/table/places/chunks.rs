//! Slots, a seqlock each, in chunks that any thread reads without a lock.
//!
//! A chunk is never freed; its slots are used again. The words of a slot are atomic because other
//! threads read them. One thread at a time writes them: the thread that has the free place and
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

/// The words of a slot that any thread may read.
#[derive(Default)]
pub(crate) struct Slot {
    /// Odd while an object lives here. Each birth and each death adds one.
    generation: AtomicU32,
    /// The number of the object's birth; while the slot is free, the link to the next free place.
    birth: AtomicU32,
    pub(crate) last_drop: DropMark,
}

/// Maximum number of objects that live in one slot, one after the other: ids keep two bits for
/// other marks.
const ROUNDS: u32 = 1 << 30;

impl Slot {
    /// Records that an object is born here, and returns the number of objects that lived here
    /// before, which is part of its id.
    #[inline]
    pub(crate) fn birth(&self, birth: u32) -> u32 {
        // Relaxed: the release store below publishes it.
        self.birth.store(birth, Ordering::Relaxed);
        self.last_drop.clear();
        // Relaxed: only the thread that has the place writes the generation.
        let generation = self.generation.load(Ordering::Relaxed);
        // Pairs with the acquire loads of `if_living`, `is_used` and `lives`: a thread that sees
        // the object also sees the number of its birth.
        self.generation
            .store(generation.wrapping_add(1), Ordering::Release);
        generation / 2
    }

    /// Records that the object here dies. Returns false if the slot is worn out and must not be
    /// used again.
    #[inline]
    pub(crate) fn death(&self) -> bool {
        // Relaxed: only the thread that drops the object writes, and the fence below publishes.
        let after = self.generation.load(Ordering::Relaxed).wrapping_add(1);
        self.generation.store(after, Ordering::Relaxed);
        // Pairs with the acquire fence of `if_living`: a reader that sees a word written after this
        // also sees that the object is dead.
        fence(Ordering::Release);
        after < 2 * ROUNDS
    }

    /// Returns the number of the birth of the object that lives here. The caller has a pointer to
    /// the object.
    #[inline]
    pub(crate) fn birth_number(&self) -> u32 {
        // Relaxed: pairs with nothing here. Whatever gave the caller its pointer ordered this after
        // the birth.
        self.birth.load(Ordering::Relaxed)
    }

    /// Returns the kind of the object that lives here. The caller has a pointer to the object.
    pub(crate) fn kind(&self) -> Option<u32> {
        birth_rows::kind(self.birth_number())
    }

    /// Returns the link to the next free place, for the thread that has this one.
    #[inline]
    pub(crate) fn link(&self) -> u32 {
        // Relaxed: the same thread wrote it, or the lock of the store was between.
        self.birth.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn set_link(&self, link: u32) {
        // Relaxed: for readers of the seqlock, the release fence of `death` or `is_unused` comes
        // before; for the next owner of the place, the lock of the store comes after.
        self.birth.store(link, Ordering::Relaxed);
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
        let generation = self.generation.load(Ordering::Acquire);
        if generation % 2 == 0 {
            return None;
        }
        // Relaxed: the fence below orders this load and those of `read` before the second load of
        // the generation.
        let read = read(self.birth.load(Ordering::Relaxed))?;
        // Pairs with the release fences of `death`, of `is_unused` and of `birth_rows::rewrite`.
        fence(Ordering::Acquire);
        // Relaxed: the fence above orders it.
        let after = self.generation.load(Ordering::Relaxed);
        (after == generation).then_some((generation / 2, read))
    }

    /// Whether the slot is free, for the thread that takes it over if so.
    pub(crate) fn is_unused(&self) -> bool {
        // Pairs with the release store of `birth`. The lock of `left` orders it after each death.
        let generation = self.generation.load(Ordering::Acquire);
        // Pairs with the acquire fence of `if_living`: a reader that sees a word written after this
        // also sees that the object that lived here is dead.
        fence(Ordering::Release);
        generation % 2 == 0 && generation < 2 * ROUNDS
    }

    /// Whether any object lives here.
    pub(crate) fn is_used(&self) -> bool {
        // Pairs with the release store of `birth`.
        self.generation.load(Ordering::Acquire) % 2 != 0
    }

    pub(crate) fn lives(&self, id: ObjectId) -> bool {
        // Pairs with the release store of `birth`.
        self.generation.load(Ordering::Acquire) == id.round() * 2 + 1
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

impl Chunk {
    /// Returns the slot of a place in this chunk.
    #[inline]
    pub(crate) fn slot(&self, place: u32) -> &Slot {
        &self.slots[usize::from(place as u8)]
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
        last.generation.store(2 * (ROUNDS - 1), Ordering::Relaxed);
        let id = ObjectId::new(u32::MAX, last.birth(1));
        assert!(last.lives(id));
        // The two highest bits are marks of ids and of headers.
        assert_eq!(id.to_raw() >> 62, 0);
        assert!(!last.death());
        assert!(!last.is_unused() && !last.is_used());
    }
}
