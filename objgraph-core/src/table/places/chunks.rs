//! The places of the table: chunks of slots, which any thread can read without a lock.
//!
//! A chunk, once made, stays for ever and is used again. A slot's words are atomic because
//! other threads read them; one thread at a time writes them (the one that has the place to make
//! an object in, then the one that drops the object), so a write is a plain store.

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
    /// Odd while an object lives here; one more at each birth and each death.
    generation: AtomicU32,
    /// The number of the object's birth. While nothing lives here, whoever has the place may keep
    /// a word of its own in it.
    birth: AtomicU32,
    pub(crate) last_drop: DropMark,
}

/// How many objects may live in one slot, one after the other.
const ROUNDS: u32 = 1 << 30;

impl Slot {
    /// An object is born here; the rounds that lie behind tell its id.
    #[inline]
    pub(crate) fn birth(&self, birth: u32) -> u32 {
        self.birth.store(birth, Ordering::Relaxed);
        self.last_drop.clear();
        let generation = self.generation.load(Ordering::Relaxed);
        self.generation
            .store(generation.wrapping_add(1), Ordering::Release);
        generation / 2
    }

    /// The object here dies; false if the slot is worn out and must not be used again.
    #[inline]
    pub(crate) fn death(&self) -> bool {
        let after = self.generation.load(Ordering::Relaxed).wrapping_add(1);
        self.generation.store(after, Ordering::Relaxed);
        // Who reads words that are written from here on also reads that the object is gone.
        fence(Ordering::Release);
        after < 2 * ROUNDS
    }

    /// The number of the birth of the object that lives here, for whoever has it in hand.
    #[inline]
    pub(crate) fn birth_number(&self) -> u32 {
        self.birth.load(Ordering::Relaxed)
    }

    /// The kind of the object that lives here, for whoever has it in hand.
    pub(crate) fn kind(&self) -> Option<u32> {
        birth_rows::kind(self.birth_number())
    }

    /// The word that is kept while nothing lives here.
    #[inline]
    pub(crate) fn link(&self) -> u32 {
        self.birth.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn set_link(&self, link: u32) {
        self.birth.store(link, Ordering::Relaxed);
    }

    /// The rounds that lie behind and what is known of the object that lives here.
    #[inline]
    pub(crate) fn living(&self, births: &mut Reader) -> Option<(u32, Birth)> {
        self.if_living(|number| births.read(number))
    }

    /// The same, with what `read` makes of the number of its birth.
    #[inline]
    fn if_living<R>(&self, read: impl FnOnce(u32) -> Option<R>) -> Option<(u32, R)> {
        let generation = self.generation.load(Ordering::Acquire);
        if generation.is_multiple_of(2) {
            return None;
        }
        let read = read(self.birth.load(Ordering::Relaxed))?;
        // What was read belongs together if the object still lives.
        fence(Ordering::Acquire);
        let after = self.generation.load(Ordering::Relaxed);
        (after == generation).then_some((generation / 2, read))
    }

    /// Whether an object may be made here, for whoever is to make it.
    pub(crate) fn is_unused(&self) -> bool {
        let generation = self.generation.load(Ordering::Acquire);
        // Who reads words that are written from here on also reads that what lived here is gone.
        fence(Ordering::Release);
        generation.is_multiple_of(2) && generation < 2 * ROUNDS
    }

    /// Whether any object lives here.
    pub(crate) fn is_used(&self) -> bool {
        !self.generation.load(Ordering::Acquire).is_multiple_of(2)
    }

    pub(crate) fn lives(&self, id: ObjectId) -> bool {
        self.generation.load(Ordering::Acquire) == id.round() * 2 + 1
    }
}

pub(crate) type Slots = [Slot; CHUNK as usize];

/// 256 slots.
pub(crate) struct Chunk {
    pub(crate) slots: &'static Slots,
    pub(crate) side: Side,
}

/// Where a chunk's handles to values are.
pub(crate) enum Side {
    /// In the thread that has the chunk; and where in the thread's own table.
    Local(AtomicU32),
    /// Here, each behind a lock.
    Shared(&'static HandleLocks),
    /// Nowhere: there are none.
    Bare,
}

impl Chunk {
    /// The slot of a place in this chunk.
    #[inline]
    pub(crate) fn slot(&self, place: u32) -> &Slot {
        &self.slots[usize::from(place as u8)]
    }
}

/// Chunks by number.
static CHUNKS: Segments<Chunk> = Segments::new();

static MADE: AtomicU64 = AtomicU64::new(0);

/// The chunk with this number, if it was made.
#[inline]
pub(crate) fn get(number: u32) -> Option<&'static Chunk> {
    CHUNKS.get(number)
}

/// The chunk that a place of the table is in.
#[inline]
pub(crate) fn of_place(place: u32) -> Option<&'static Chunk> {
    get(place / CHUNK)
}

/// The slot of an object that lives, or lived.
pub(crate) fn slot_of(id: ObjectId) -> Option<&'static Slot> {
    if !id.is_in_table() {
        return None;
    }
    Some(of_place(id.place())?.slot(id.place()))
}

/// How many chunks were made.
pub(crate) fn made() -> u32 {
    MADE.load(Ordering::Acquire) as u32
}

/// Makes a chunk and gives its number; `None` when there are 2^32 slots.
pub(crate) fn make(side: Side) -> Option<(u32, &'static Chunk)> {
    static SLOTS: Mutex<Pool<Slot>> = Mutex::new(Pool::new());
    // One at a time.
    let mut slots = SLOTS.lock();
    let number = made();
    // The parent may have been about to make the chunk when it forked.
    if number >= (1 << 24) - 1 || is_lost() {
        return None;
    }
    let slots = slots.cut();
    let chunk = CHUNKS.get_or_make(number, || Chunk { slots, side })?;
    MADE.store(u64::from(number) + 1, Ordering::Release);
    Some((number, chunk))
}

fn slots() -> impl Iterator<Item = &'static Slot> {
    (0..made()).filter_map(get).flat_map(|chunk| chunk.slots)
}

/// The numbers of the births of what lives. O(slots).
pub(crate) fn births_of_living() -> impl Iterator<Item = u32> {
    slots().filter_map(|slot| Some(slot.if_living(Some)?.1))
}

/// The origins of what lives, and of the last drops of handles to it. O(slots).
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
    fn a_slot_wears_out_before_its_ids_meet_the_marks_in_them() {
        let last = Slot::default();
        last.generation.store(2 * (ROUNDS - 1), Ordering::Relaxed);
        let id = ObjectId::new(u32::MAX, last.birth(1));
        assert!(last.lives(id));
        // The two highest bits say other things.
        assert_eq!(id.to_raw() >> 62, 0);
        assert!(!last.death());
        assert!(!last.is_unused() && !last.is_used());
    }
}
