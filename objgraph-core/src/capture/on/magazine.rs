//! Unused places for objects that any thread may drop.

use super::chunks::{self, CHUNK, Chunk, Side, Slot};
use crate::lock::Mutex;

/// An unused place.
pub(super) struct Spare<H> {
    pub(super) place: u32,
    pub(super) slot: &'static Slot,
    pub(super) hold: H,
}

/// What whoever has an unused place holds of it.
pub(super) trait Hold: Sized + 'static {
    /// The side of the chunks that such places are in.
    fn side() -> Side;

    /// Takes hold of a place of a new chunk.
    fn of(chunk: &'static Chunk, place: u32) -> Option<Self>;

    /// Unused places that no thread has, many at a time.
    fn store() -> &'static Store<Self>;
}

pub(super) type Store<H> = Mutex<Vec<Vec<Spare<H>>>>;

/// Nothing: there is no handle to the value.
pub(super) type Bare = ();

impl Hold for Bare {
    fn side() -> Side {
        Side::Bare
    }

    fn of(_: &'static Chunk, _: u32) -> Option<Self> {
        Some(())
    }

    fn store() -> &'static Store<Self> {
        static STORE: Store<Bare> = Mutex::new(Vec::new());
        &STORE
    }
}

/// Unused places, held by a thread for the objects that it makes next.
///
/// Places that it drops go there too, whichever thread took them first. Beyond a number they
/// go, many at once, to a store that all threads take from.
pub(super) struct Magazine<H>(Vec<Spare<H>>);

/// How many places go to the store at once.
const BATCH: usize = CHUNK as usize;

impl<H: Hold> Magazine<H> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether the thread took or gave places.
    pub(super) fn was_used(&self) -> bool {
        self.0.capacity() > 0
    }

    /// An unused place; `None` if there is none at hand.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Spare<H>> {
        self.0.pop()
    }

    /// Sees to it that there is an unused place; false if the table is full.
    pub(super) fn refill(&mut self) -> bool {
        if self.0.is_empty()
            && let Some(batch) = stored()
        {
            self.0 = batch;
        }
        !self.0.is_empty()
    }

    /// Room for a place that is not used any more; `None` if there is none.
    #[inline]
    pub(super) fn room(&mut self) -> Option<Room<'_, H>> {
        (self.0.len() < self.0.capacity()).then_some(Room(&mut self.0))
    }

    /// Sees to it that there is room.
    pub(super) fn make_room(&mut self) {
        if self.0.len() >= 2 * BATCH {
            let batch = self.0.split_off(BATCH);
            H::store().lock().push(batch);
        }
        self.0.reserve_exact(2 * BATCH - self.0.len());
    }

    /// The thread ends: all goes to the store.
    pub(super) fn give_back(&mut self) {
        if !self.0.is_empty() {
            H::store().lock().push(std::mem::take(&mut self.0));
        }
    }
}

/// Room for one place in a magazine.
pub(super) struct Room<'m, H>(&'m mut Vec<Spare<H>>);

impl<H> Room<'_, H> {
    /// The object that lives in a place dies, and the place is not used any more.
    #[inline]
    pub(super) fn put(self, spare: Spare<H>) {
        // A slot that is worn out is not used again.
        if spare.slot.death() {
            self.0.push(spare);
        }
    }
}

/// Some places of the store, or those of a new chunk.
fn stored<H: Hold>() -> Option<Vec<Spare<H>>> {
    if let Some(batch) = H::store().lock().pop() {
        return Some(batch);
    }
    let (number, chunk) = chunks::make(H::side())?;
    // From the end, so that places are used from the start.
    let places = (number * CHUNK..=number * CHUNK + (CHUNK - 1)).rev();
    Some(
        places
            .filter_map(|place| {
                Some(Spare {
                    place,
                    slot: chunk.slot(place),
                    hold: H::of(chunk, place)?,
                })
            })
            .collect(),
    )
}

/// An unused place, for a thread that has no magazine any more.
pub(super) fn take_one<H: Hold>() -> Option<Spare<H>> {
    let mut batch = stored()?;
    let spare = batch.pop();
    if !batch.is_empty() {
        H::store().lock().push(batch);
    }
    spare
}

/// The object that lives in a place dies, on a thread that has no magazine any more.
pub(super) fn give_one<H: Hold>(spare: Spare<H>) {
    if !spare.slot.death() {
        return;
    }
    let mut store = H::store().lock();
    match store.last_mut() {
        Some(batch) if batch.len() < BATCH => batch.push(spare),
        _ => store.push(vec![spare]),
    }
}
