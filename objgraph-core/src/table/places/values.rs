//! The weak handles to the values of `Rc`, in the part of the table of the thread that created
//! them, and the free list of their places.

use std::rc::Weak;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::object_id::ObjectId;
use crate::table::erased::RcValue;
use crate::table::places::chunks::{self, CHUNK, Chunk, Side, Slot, Slots};
use crate::table::places::left;

/// The places of the `Rc` objects of a thread.
pub(crate) struct RcPlaces {
    /// The first free place: the index of its chunk here times 256, plus its slot in the chunk.
    /// Each free slot has a link to the next.
    free: u32,
    /// The index here of the chunk that was used last.
    near: u32,
    chunks: Vec<OwnChunk>,
    /// By the index of the chunk here and the slot in it. One allocation, so that the handles do
    /// not lie between the objects of the program.
    handles: Vec<LocalHandle>,
}

struct OwnChunk {
    slots: &'static Slots,
    /// Its first place.
    first: u32,
}

/// A place of this thread.
pub(crate) struct OwnPlace<'v> {
    place: u32,
    slot: &'static Slot,
    handle: &'v mut LocalHandle,
    /// The index of its chunk here times 256, plus its slot in the chunk.
    here: u32,
    free: &'v mut u32,
}

impl OwnPlace<'_> {
    /// Returns the number of the birth of the object that lives here.
    #[inline]
    pub(crate) fn birth_number(&self) -> u32 {
        self.slot.birth_number()
    }

    /// Records that an object is born here, in the first free place.
    #[inline]
    pub(crate) fn birth(self, handle: LocalHandle, birth: u32) -> ObjectId {
        *self.free = self.slot.link();
        // A free place has no handle, so there is nothing to drop.
        std::mem::forget(std::mem::replace(self.handle, handle));
        ObjectId::new(self.place, self.slot.birth(birth))
    }

    /// Records that the object here dies, and returns its handle.
    #[inline]
    pub(crate) fn death(self) -> LocalHandle {
        if self.slot.death() {
            self.slot.set_link(*self.free);
            *self.free = self.here;
        }
        self.handle.take()
    }
}

impl<'v> OwnPlace<'v> {
    /// Returns the handle of an object, if it lives here and the table has one.
    #[inline]
    pub(crate) fn handle_of(self, id: ObjectId) -> Option<&'v Weak<dyn RcValue>> {
        self.handle.as_ref().filter(|_| self.slot.lives(id))
    }
}

/// A weak handle to a value; `None` where nothing may visit it, or where nothing lives.
pub(crate) type LocalHandle = Option<Weak<dyn RcValue>>;

/// In place of a link: the end of the free list.
const NOWHERE: u32 = u32::MAX;

impl RcPlaces {
    pub(crate) const fn new() -> Self {
        Self {
            free: NOWHERE,
            near: 0,
            chunks: Vec::new(),
            handles: Vec::new(),
        }
    }

    /// Returns the first free place; `None` if the free list is empty.
    #[inline]
    pub(crate) fn first_unused(&mut self) -> Option<OwnPlace<'_>> {
        self.own_place(self.free)
    }

    #[inline]
    fn own_place(&mut self, here: u32) -> Option<OwnPlace<'_>> {
        let own = self.chunks.get((here / CHUNK) as usize)?;
        let offset = here as u8;
        Some(OwnPlace {
            place: own.first | u32::from(offset),
            slot: &own.slots[usize::from(offset)],
            handle: self.handles.get_mut(here as usize)?,
            here,
            free: &mut self.free,
        })
    }

    /// Returns a place of this thread, most often in the chunk that was used last; `None` if it is
    /// another thread's.
    #[inline]
    pub(crate) fn place(&mut self, place: u32) -> Option<OwnPlace<'_>> {
        let first = place & !(CHUNK - 1);
        let is_here = |near: &OwnChunk| near.first == first;
        if !self.chunks.get(self.near as usize).is_some_and(is_here) {
            let Side::Local(at) = &chunks::of_place(place)?.side else {
                return None;
            };
            // Relaxed: pairs with the store of `own`, by the same thread. Of another thread's chunk
            // this may be anything, and the next line rejects it.
            let near = at.load(Ordering::Relaxed);
            self.chunks.get(near as usize).filter(|own| is_here(own))?;
            self.near = near;
        }
        self.own_place((self.near * CHUNK) | (place % CHUNK))
    }

    /// Returns the handle at a place of this thread.
    #[inline]
    pub(crate) fn handle(&mut self, place: u32) -> Option<&mut LocalHandle> {
        Some(self.place(place)?.handle)
    }

    /// Returns the handles in the chunk of a place of this thread.
    pub(crate) fn handles_beside(&mut self, place: u32) -> Option<&[LocalHandle]> {
        self.place(place)?;
        let first = (self.near * CHUNK) as usize;
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
            slots: chunk.slots,
            first: number * CHUNK,
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
        let mut any_lives = false;
        for own in self.chunks.drain(..) {
            any_lives |= own.slots.iter().any(Slot::is_used);
            left::put(own.first / CHUNK, own.slots);
        }
        any_lives
    }
}
