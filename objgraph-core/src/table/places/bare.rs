//! Unused places for values that the table has no way to reach. There is nothing to hold of such a
//! place, so a thread's hang together by the links in their slots.

use crate::table::places::chunks::{self, CHUNK, Slot};
use crate::table::places::magazine::{BATCH, Bare, Chain, Hold};

/// The unused places of a thread: a chain that it takes from and puts to, and another, full or
/// empty, so that who makes and drops by turns does not go to the store each time.
pub(crate) struct BarePlaces {
    near: Chain,
    next: Chain,
    /// How many the chain has room for: none before the thread has to do with any.
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

    /// Whether the thread took or gave places.
    pub(crate) fn was_used(&self) -> bool {
        self.room > 0
    }

    /// The first unused place; no place of the table if there is none at hand.
    #[inline]
    pub(crate) fn first(&self) -> u32 {
        self.near.first()
    }

    /// Takes the first unused place, whose slot this is.
    #[inline]
    pub(crate) fn take(&mut self, slot: &Slot) {
        self.near.unlink(slot);
    }

    /// Sees to it that there is an unused place; false if the table is full.
    pub(crate) fn refill(&mut self) -> bool {
        self.room = BATCH;
        if self.near.is_empty() {
            std::mem::swap(&mut self.near, &mut self.next);
        }
        if self.near.is_empty()
            && let Some(stored) = Bare::store().lock().pop()
        {
            self.near = stored;
        }
        if self.near.is_empty()
            && let Some((number, chunk)) = chunks::make(Bare::side())
        {
            // From the end, so that places are used from the start.
            for place in (number * CHUNK..=number * CHUNK + (CHUNK - 1)).rev() {
                self.near.link(place, chunk.slot(place));
            }
        }
        !self.near.is_empty()
    }

    /// Whether there is room for a place that is not used any more.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.near.places() < self.room
    }

    /// The object that lives in a place dies. There must be room.
    #[inline]
    pub(crate) fn death(&mut self, place: u32, slot: &Slot) {
        // A slot that is worn out is not used again.
        if slot.death() {
            self.near.link(place, slot);
        }
    }

    /// Sees to it that there is room.
    pub(crate) fn make_room(&mut self) {
        self.room = BATCH;
        if !self.has_room() {
            let full = std::mem::replace(&mut self.near, Chain::EMPTY);
            store(std::mem::replace(&mut self.next, full));
        }
    }

    /// The thread ends: all goes to the store.
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
