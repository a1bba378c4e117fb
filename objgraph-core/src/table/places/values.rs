//! The weak handles to the values of `Rc`, in the part of the table of the thread that created
//! them, and the free list of their places.

use std::rc::Weak;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::object_id::ObjectId;
use crate::table::erased::RcValue;
use crate::table::places::chunks::{self, CHUNK, Chunk, Side, Slot, SlotWord, Slots};
use crate::table::places::left;

/// The places of the `Rc` objects of a thread.
pub(crate) struct RcPlaces {
    /// The first free place: the index of its chunk here times 256, plus its slot in the chunk.
    /// Each free slot has a link to the next.
    free: u32,
    /// A copy of the chunk whose place was used last.
    near: OwnChunk,
    chunks: Vec<OwnChunk>,
    /// By the index of the chunk here and the slot in it. One allocation, so that the handles do
    /// not lie between the objects of the program.
    handles: Vec<LocalHandle>,
}

#[derive(Clone, Copy)]
struct OwnChunk {
    /// `None` for no chunk: in Rust 1.85, a constant may not refer to slots.
    slots: Option<&'static Slots>,
    /// Its first place.
    first: u32,
    /// Its index here times 256.
    here: u32,
}

impl OwnChunk {
    #[inline(always)]
    fn slots(&self) -> &'static Slots {
        match self.slots {
            Some(slots) => slots,
            None => &chunks::NO_SLOTS,
        }
    }
}

/// The first free place.
pub(crate) struct FreePlace<'v> {
    place: u32,
    slot: &'static Slot,
    handle: &'v mut LocalHandle,
    free: &'v mut u32,
}

impl FreePlace<'_> {
    /// Records that an object is born here.
    #[inline(always)]
    pub(crate) fn birth(self, handle: LocalHandle, birth: u32) -> ObjectId {
        let free = self.slot.word();
        *self.free = free.link();
        // A free place has no handle, so there is nothing to drop.
        std::mem::forget(std::mem::replace(self.handle, handle));
        ObjectId::new(self.place, self.slot.birth(free, birth))
    }
}

/// In place of a chunk: no place is in it.
const NO_CHUNK: OwnChunk = OwnChunk {
    slots: None,
    first: 1,
    here: 1,
};

/// A weak handle to a value; `None` where nothing may visit it, or where nothing lives.
pub(crate) type LocalHandle = Option<Weak<dyn RcValue>>;

/// In place of a link: the end of the free list.
const NOWHERE: u32 = u32::MAX;

/// The bits of a place that are its slot in the chunk.
const OFFSET: u32 = CHUNK - 1;

impl RcPlaces {
    pub(crate) const fn new() -> Self {
        Self {
            free: NOWHERE,
            near: NO_CHUNK,
            chunks: Vec::new(),
            handles: Vec::new(),
        }
    }

    /// Returns the first free place, if the near chunk has it.
    #[inline(always)]
    pub(crate) fn near_free(&mut self) -> Option<FreePlace<'_>> {
        let here = self.free;
        if self.near.here == here & !OFFSET {
            let handles = self.handles.as_mut_slice();
            // Always, but without a panic the compiler prepares for none.
            if (here as usize) < handles.len() {
                return Some(FreePlace {
                    place: self.near.first | (here & OFFSET),
                    slot: &self.near.slots()[(here & OFFSET) as usize],
                    handle: &mut handles[here as usize],
                    free: &mut self.free,
                });
            }
        }
        None
    }

    /// Makes the chunk of the first free place the near one. Returns false if there is none.
    pub(crate) fn go_to_free(&mut self) -> bool {
        match self.chunks.get((self.free / CHUNK) as usize) {
            Some(own) => {
                self.near = *own;
                true
            }
            None => false,
        }
    }

    /// Whether the near chunk has a place.
    #[inline(always)]
    pub(crate) fn is_near(&self, place: u32) -> bool {
        self.near.first == place & !OFFSET
    }

    /// Makes the chunk of a place the near one. Returns false if it is another thread's.
    pub(crate) fn go_to(&mut self, place: u32) -> bool {
        if self.is_near(place) {
            return true;
        }
        let Some(chunk) = chunks::of_place(place) else {
            return false;
        };
        let Side::Local(at) = &chunk.side else {
            return false;
        };
        // Relaxed: pairs with the store of `own`, by the same thread. Of another thread's chunk
        // this may be anything, and the comparison rejects it.
        let index = at.load(Ordering::Relaxed) as usize;
        match self.chunks.get(index) {
            Some(own) if own.first == place & !OFFSET => {
                self.near = *own;
                true
            }
            _ => false,
        }
    }

    /// Returns the slot of a place in the near chunk.
    #[inline(always)]
    pub(crate) fn near_slot(&self, place: u32) -> &'static Slot {
        &self.near.slots()[(place & OFFSET) as usize]
    }

    /// Records that the object at a place in the near chunk, whose slot has this word, dies, and
    /// returns its handle.
    #[inline(always)]
    pub(crate) fn death(&mut self, place: u32, slot: &Slot, living: SlotWord) -> LocalHandle {
        let here = self.near.here | (place & OFFSET);
        if slot.death(living, self.free) {
            self.free = here;
        }
        let handles = self.handles.as_mut_slice();
        if (here as usize) < handles.len() {
            return handles[here as usize].take();
        }
        None
    }

    /// Returns the handle of an object, if it lives in a place of this thread and the table has
    /// one.
    #[inline]
    pub(crate) fn handle_of(&mut self, id: ObjectId) -> Option<&Weak<dyn RcValue>> {
        let place = id.place();
        if !self.go_to(place) || !self.near_slot(place).lives(id) {
            return None;
        }
        let here = self.near.here | (place & OFFSET);
        self.handles.get(here as usize)?.as_ref()
    }

    /// Returns the handle at a place of this thread.
    #[inline]
    pub(crate) fn handle(&mut self, place: u32) -> Option<&mut LocalHandle> {
        if !self.go_to(place) {
            return None;
        }
        let here = self.near.here | (place & OFFSET);
        self.handles.get_mut(here as usize)
    }

    /// Returns the handles in the chunk of a place of this thread.
    pub(crate) fn handles_beside(&mut self, place: u32) -> Option<&[LocalHandle]> {
        if !self.go_to(place) {
            return None;
        }
        let first = self.near.here as usize;
        self.handles.get(first..first + CHUNK as usize)
    }

    /// Returns the numbers of the chunks, sorted.
    pub(crate) fn chunks(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.chunks.iter().map(|own| own.first / CHUNK).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Makes sure that there is a free place. Returns false if the table is full.
    pub(crate) fn grow(&mut self) -> bool {
        while self.free == NOWHERE {
            let took = left::take(|number, chunk| self.own(number, chunk));
            if took {
                continue;
            }
            let Some((number, chunk)) = chunks::make(Side::Local(AtomicU32::new(0))) else {
                return false;
            };
            self.own(number, chunk);
        }
        true
    }

    /// Takes a chunk, and links its free slots.
    fn own(&mut self, number: u32, chunk: &'static Chunk) {
        let index = self.chunks.len() as u32;
        if let Side::Local(at) = &chunk.side {
            // Relaxed: read back by this thread alone; see `place`.
            at.store(index, Ordering::Relaxed);
        }
        for offset in (0..CHUNK).rev() {
            let slot = chunk.slot(offset);
            if slot.is_unused() {
                slot.set_link(self.free);
                self.free = index * CHUNK + offset;
            }
        }
        self.chunks.push(OwnChunk {
            slots: Some(chunk.slots),
            first: number * CHUNK,
            here: index * CHUNK,
        });
        let handles = self.chunks.len() * CHUNK as usize;
        self.handles.resize_with(handles, || None);
    }

    /// Gives up all places, when the thread ends, and returns whether any object is alive. Those
    /// that are stay in the table and in the counts, and are not visited any more. Other threads
    /// use the free slots beside them.
    pub(crate) fn give_back(&mut self) -> bool {
        // The header must know, or `weak_count` would still subtract the handle.
        for handle in self.handles.drain(..).flatten() {
            if let Some(value) = handle.upgrade() {
                value.mark_detached();
            }
        }
        self.near = NO_CHUNK;
        let mut any_lives = false;
        for own in self.chunks.drain(..) {
            any_lives |= own.slots().iter().any(Slot::is_used);
            left::put(own.first / CHUNK, own.slots());
        }
        any_lives
    }
}
