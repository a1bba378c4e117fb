//! The places of the table: chunks of slots, which any thread can read without a lock.
//!
//! A chunk, once made, stays for ever and is used again. A slot's words are atomic because
//! other threads read them; one thread at a time writes them (the owner of a chunk of `Rc`
//! values, the holder of the lock of a chunk of `Arc` values), so a write is a plain store.

use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use parking_lot::Mutex;

use super::shared::SharedEntries;
use crate::object_id::ObjectId;

/// How many slots a chunk has.
pub(super) const CHUNK: u32 = 256;

/// The words of a slot that any thread may read.
#[derive(Default)]
pub(super) struct Slot {
    /// Odd while an object lives here; one more at each birth and each death.
    generation: AtomicU32,
    kind: AtomicU32,
    thread: AtomicU32,
    epoch: AtomicU32,
}

/// Where in its life a slot is.
pub(super) struct Born {
    pub(super) kind: u32,
    pub(super) thread: u32,
    pub(super) epoch: u32,
}

impl Slot {
    /// An object is born here; the rounds that lie behind tell its id.
    pub(super) fn birth(&self, born: &Born) -> u32 {
        self.kind.store(born.kind, Ordering::Relaxed);
        self.thread.store(born.thread, Ordering::Relaxed);
        self.epoch.store(born.epoch, Ordering::Relaxed);
        let generation = self.generation.load(Ordering::Relaxed);
        self.generation.store(generation + 1, Ordering::Release);
        generation / 2
    }

    /// The object here dies; false if the slot is worn out and must not be used again.
    pub(super) fn death(&self) -> bool {
        let generation = self.generation.load(Ordering::Relaxed);
        self.generation.store(generation + 1, Ordering::Release);
        generation < u32::MAX - 2
    }

    pub(super) fn kind(&self) -> u32 {
        self.kind.load(Ordering::Relaxed)
    }

    /// The rounds that lie behind and what is known of the object that lives here.
    pub(super) fn living(&self) -> Option<(u32, Born)> {
        let generation = self.generation.load(Ordering::Acquire);
        if generation.is_multiple_of(2) {
            return None;
        }
        let born = Born {
            kind: self.kind.load(Ordering::Relaxed),
            thread: self.thread.load(Ordering::Relaxed),
            epoch: self.epoch.load(Ordering::Relaxed),
        };
        // The words belong together if the object still lives.
        let after = self.generation.load(Ordering::Acquire);
        (after == generation).then_some((generation / 2, born))
    }

    pub(super) fn lives(&self, id: ObjectId) -> bool {
        self.generation.load(Ordering::Acquire) == id.round() * 2 + 1
    }
}

/// 256 slots.
pub(super) struct Chunk {
    pub(super) slots: [Slot; CHUNK as usize],
    pub(super) side: Side,
}

/// Where a chunk's handles to values are.
pub(super) enum Side {
    /// In the thread that owns the chunk.
    Local(LocalSide),
    /// Here, behind a lock.
    Shared(Mutex<SharedEntries>),
}

/// What ties a chunk to the thread that owns it.
#[derive(Default)]
pub(super) struct LocalSide {
    /// The number of the thread; 0 for a chunk without one.
    pub(super) owner: AtomicU32,
    /// Where in the thread's own table its handles are.
    pub(super) index: AtomicU32,
}

/// Chunks stay for ever, so they are leaked on purpose.
type Segment = Box<[OnceLock<&'static Chunk>]>;

/// Chunks by number, in segments that double, so that a chunk never moves.
static SEGMENTS: [OnceLock<Segment>; 25] = [const { OnceLock::new() }; 25];

static MADE: AtomicU64 = AtomicU64::new(0);

/// The segment of a chunk and its place in it: segment `s` holds the chunks `2^s - 1` to
/// `2^(s + 1) - 2`.
fn locate(number: u32) -> (usize, usize) {
    let segment = (number + 1).ilog2();
    (segment as usize, (number + 1 - (1 << segment)) as usize)
}

/// The chunk with this number, if it was made.
#[inline]
pub(super) fn get(number: u32) -> Option<&'static Chunk> {
    let (segment, index) = locate(number);
    SEGMENTS.get(segment)?.get()?.get(index)?.get().copied()
}

/// The chunk that a place of the table is in.
pub(super) fn of_place(place: u32) -> Option<&'static Chunk> {
    get(place / CHUNK)
}

/// The slot of an object that lives, or lived.
pub(super) fn slot_of(id: ObjectId) -> Option<&'static Slot> {
    if !id.is_in_table() {
        return None;
    }
    of_place(id.place())?
        .slots
        .get((id.place() % CHUNK) as usize)
}

/// How many chunks were made.
pub(super) fn made() -> u32 {
    MADE.load(Ordering::Acquire) as u32
}

/// Makes a chunk and gives its number; `None` when there are 2^32 slots.
pub(super) fn make(side: Side) -> Option<(u32, &'static Chunk)> {
    static MAKING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = MAKING.lock();
    let number = made();
    if number >= (1 << 24) - 1 {
        return None;
    }
    let (segment, index) = locate(number);
    let chunks =
        SEGMENTS[segment].get_or_init(|| (0..1usize << segment).map(|_| OnceLock::new()).collect());
    let slots = std::array::from_fn(|_| Slot::default());
    let chunk = chunks[index].get_or_init(|| Box::leak(Box::new(Chunk { slots, side })));
    MADE.store(u64::from(number) + 1, Ordering::Release);
    Some((number, chunk))
}

/// The numbers of the threads that made what lives. O(slots).
pub(super) fn threads_of_living() -> HashSet<u32> {
    let chunks = (0..made()).filter_map(get);
    let living = chunks.flat_map(|chunk| chunk.slots.iter().filter_map(Slot::living));
    living.map(|(_, born)| born.thread).collect()
}
