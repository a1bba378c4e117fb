//! The free places of a thread for values that the table has no handle to.
//!
//! Such a place has no lock to hold, so the free list is linked through the slots and takes no
//! memory of its own.

use crate::table::places::chunks::{self, CHUNK, Slot, SlotWord};
use crate::table::places::magazine::{BATCH, Bare, Chain, Hold};

/// The free places of a thread: the chain that it takes from and puts back to, and a second one,
/// full or empty, so that a thread that creates and drops by turns rarely needs the store.
pub(crate) struct BarePlaces {
    near: Chain,
    next: Chain,
    /// Number of places that the chain has room for; 0 until the thread uses the first.
    room: usize,
}

impl BarePlaces {
    pub(crate) const fn new() -> Self {
        Self {
            near: Chain::EMPTY,
            next: Chain::EMPTY,
            room: 0,
        }
    }

    /// Whether the thread ever took or put back a place.
    pub(crate) fn was_used(&self) -> bool {
        self.room > 0
    }

    /// Returns the first free place; no place of the table if the chain is empty.
    #[inline]
    pub(crate) fn first(&self) -> u32 {
        self.near.first()
    }

    /// Takes the first free place, whose slot has this word.
    #[inline]
    pub(crate) fn take(&mut self, free: SlotWord) {
        self.near.unlink(free);
    }

    /// Makes sure that there is a free place. Returns false if the table is full.
    pub(crate) fn refill(&mut self) -> bool {
        self.room = BATCH;
        if self.near.is_empty() {
            std::mem::swap(&mut self.near, &mut self.next);
        }
        if self.near.is_empty() {
            self.near = Bare::store().lock().pop().unwrap_or(Chain::EMPTY);
        }
        if !self.near.is_empty() {
            return true;
        }
        if let Some((number, chunk)) = chunks::make(Bare::side()) {
            // Linked from the end, so that places are used from the start.
            for place in (number * CHUNK..=number * CHUNK + (CHUNK - 1)).rev() {
                self.near.link(place, chunk.slot(place));
            }
        }
        !self.near.is_empty()
    }

    /// Whether the chain has room for one more free place.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.near.places() < self.room
    }

    /// Records that the object in a place, whose slot has this word, dies, and puts the place back.
    /// There must be room.
    #[inline]
    pub(crate) fn death(&mut self, place: u32, slot: &Slot, living: SlotWord) {
        self.near.link_dead(place, slot, living);
    }

    /// Makes room for a free place.
    pub(crate) fn make_room(&mut self) {
        self.room = BATCH;
        if !self.has_room() {
            let full = std::mem::replace(&mut self.near, Chain::EMPTY);
            store(std::mem::replace(&mut self.next, full));
        }
    }

    /// Gives all places to the store, when the thread ends.
    pub(crate) fn give_back(&mut self) {
        store(std::mem::replace(&mut self.near, Chain::EMPTY));
        store(std::mem::replace(&mut self.next, Chain::EMPTY));
    }
}

fn store(chain: Chain) {
    if !chain.is_empty() {
        Bare::store().lock().push(chain);
    }
}
