//! Unused places for objects that any thread may drop.

use crate::lock::Mutex;
use crate::table::places::chunks::{self, CHUNK, Chunk, Side, Slot};

/// An unused place.
pub(crate) struct SparePlace<H> {
    pub(crate) place: u32,
    pub(crate) slot: &'static Slot,
    pub(crate) hold: H,
}

/// What whoever has an unused place holds of it.
pub(crate) trait Hold: Sized + 'static {
    /// The side of the chunks that such places are in.
    fn side() -> Side;

    /// Takes hold of an unused place that nobody has.
    fn of(chunk: &'static Chunk, place: u32) -> Option<Self>;

    /// Unused places that nobody has, many at a time.
    fn store() -> &'static Store;
}

pub(crate) type Store = Mutex<Vec<Chain>>;

/// Unused places that nobody has, each with a link to the next in its slot.
pub(crate) struct Chain {
    first: u32,
    places: usize,
}

/// No place.
const NOWHERE: u32 = u32::MAX;

impl Chain {
    pub(crate) const EMPTY: Self = Self {
        first: NOWHERE,
        places: 0,
    };

    /// The first place; no place of the table if there is none.
    #[inline]
    pub(crate) fn first(&self) -> u32 {
        self.first
    }

    #[inline]
    pub(crate) fn places(&self) -> usize {
        self.places
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places == 0
    }

    /// Puts an unused place first, whose slot this is.
    #[inline]
    pub(crate) fn link(&mut self, place: u32, slot: &Slot) {
        slot.set_link(self.first);
        self.first = place;
        self.places += 1;
    }

    /// Takes the first place out, whose slot this is.
    #[inline]
    pub(crate) fn unlink(&mut self, slot: &Slot) {
        self.first = slot.link();
        self.places -= 1;
    }

    fn of<H>(spares: impl Iterator<Item = SparePlace<H>>) -> Self {
        let mut chain = Self::EMPTY;
        spares.for_each(|spare| chain.put(spare));
        chain
    }

    fn put<H>(&mut self, SparePlace { place, slot, hold }: SparePlace<H>) {
        self.link(place, slot);
        // From here on anyone may take it.
        drop(hold);
    }

    fn take<H: Hold>(&mut self) -> Option<SparePlace<H>> {
        let place = self.first;
        let chunk = chunks::of_place(place)?;
        let slot = chunk.slot(place);
        let hold = H::of(chunk, place)?;
        self.unlink(slot);
        Some(SparePlace { place, slot, hold })
    }
}

/// Nothing: there is no handle to the value.
pub(crate) type Bare = ();

impl Hold for Bare {
    fn side() -> Side {
        Side::Bare
    }

    fn of(_: &'static Chunk, _: u32) -> Option<Self> {
        Some(())
    }

    fn store() -> &'static Store {
        static STORE: Store = Mutex::new(Vec::new());
        &STORE
    }
}

/// Unused places, held by a thread for the objects that it makes next.
///
/// Places that it drops go there too, whichever thread took them first. Beyond a number they
/// go, many at once, to a store that all threads take from; there they take no memory but their
/// own.
pub(crate) struct Magazine<H>(Vec<SparePlace<H>>);

/// How many places go to the store at once.
pub(crate) const BATCH: usize = CHUNK as usize;

/// How many places a magazine has room for.
const ROOM: usize = 2 * BATCH;

impl<H: Hold> Magazine<H> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether the thread took or gave places.
    pub(crate) fn was_used(&self) -> bool {
        self.0.capacity() > 0
    }

    /// An unused place; `None` if there is none at hand.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<SparePlace<H>> {
        self.0.pop()
    }

    /// Sees to it that there is an unused place; false if the table is full.
    pub(crate) fn refill(&mut self) -> bool {
        if self.0.is_empty() {
            self.0.reserve_exact(ROOM);
            match stored::<H>() {
                Supply::Chain(mut chain) => self.0.extend(std::iter::from_fn(|| chain.take())),
                Supply::Chunk(number, chunk) => self.0.extend(new_places(number, chunk)),
                Supply::Nothing => {}
            }
        }
        !self.0.is_empty()
    }

    /// MagazineRoom for a place that is not used any more; `None` if there is none.
    #[inline]
    pub(crate) fn room(&mut self) -> Option<MagazineRoom<'_, H>> {
        (self.0.len() < self.0.capacity()).then_some(MagazineRoom(&mut self.0))
    }

    /// Sees to it that there is room.
    pub(crate) fn make_room(&mut self) {
        if self.0.len() >= ROOM {
            let chain = Chain::of(self.0.drain(BATCH..));
            H::store().lock().push(chain);
        }
        self.0.reserve_exact(ROOM - self.0.len());
    }

    /// The thread ends: all goes to the store.
    pub(crate) fn give_back(&mut self) {
        if !self.0.is_empty() {
            let chain = Chain::of(self.0.drain(..));
            H::store().lock().push(chain);
        }
    }
}

/// MagazineRoom for one place in a magazine.
pub(crate) struct MagazineRoom<'m, H>(&'m mut Vec<SparePlace<H>>);

impl<H> MagazineRoom<'_, H> {
    /// The object that lives in a place dies, and the place is not used any more.
    #[inline]
    pub(crate) fn put(self, spare: SparePlace<H>) {
        // A slot that is worn out is not used again.
        if spare.slot.death() {
            self.0.push(spare);
        }
    }
}

enum Supply {
    Chain(Chain),
    /// A new chunk, and its number.
    Chunk(u32, &'static Chunk),
    Nothing,
}

/// Some places of the store, or those of a new chunk.
fn stored<H: Hold>() -> Supply {
    if let Some(chain) = H::store().lock().pop() {
        return Supply::Chain(chain);
    }
    chunks::make(H::side()).map_or(Supply::Nothing, |(number, chunk)| {
        Supply::Chunk(number, chunk)
    })
}

/// The places of a new chunk, from the end, so that they are used from the start.
fn new_places<H: Hold>(number: u32, chunk: &'static Chunk) -> impl Iterator<Item = SparePlace<H>> {
    let first = number * CHUNK;
    (first..=first + (CHUNK - 1))
        .rev()
        .filter_map(move |place| {
            Some(SparePlace {
                place,
                slot: chunk.slot(place),
                hold: H::of(chunk, place)?,
            })
        })
}

/// An unused place, for a thread that has no magazine any more.
pub(crate) fn take_one<H: Hold>() -> Option<SparePlace<H>> {
    let mut chain = match stored::<H>() {
        Supply::Chain(chain) => chain,
        Supply::Chunk(number, chunk) => Chain::of(new_places::<H>(number, chunk)),
        Supply::Nothing => Chain::EMPTY,
    };
    let spare = chain.take();
    if chain.places > 0 {
        H::store().lock().push(chain);
    }
    spare
}

/// The object that lives in a place dies, on a thread that has no magazine any more.
pub(crate) fn give_one<H: Hold>(spare: SparePlace<H>) {
    if !spare.slot.death() {
        return;
    }
    let mut store = H::store().lock();
    match store.last_mut() {
        Some(chain) if chain.places < BATCH => chain.put(spare),
        _ => store.push(Chain::of(std::iter::once(spare))),
    }
}
