//! The free places of a thread for objects that any thread may drop: a magazine for each thread,
//! and a store for all.

use crate::lock::Mutex;
use crate::table::places::chunks::{self, CHUNK, Chunk, Side, Slot, SlotWord};

/// A free place, with the lock of its handle if it has one.
pub(crate) struct SparePlace<H> {
    pub(crate) place: u32,
    pub(crate) slot: &'static Slot,
    pub(crate) hold: H,
}

/// What the owner of a free place holds of it: the guard of the handle's lock, or nothing.
pub(crate) trait Hold: Sized + 'static {
    /// Returns the side of a new chunk of such places.
    fn side() -> Side;

    /// Takes hold of a free place that no thread has.
    fn of(chunk: &'static Chunk, place: u32) -> Option<Self>;

    /// Returns the store of free places that no thread has.
    fn store() -> &'static Store;
}

pub(crate) type Store = Mutex<Vec<Chain>>;

/// A free list of places, each with a link to the next in its slot.
pub(crate) struct Chain {
    first: u32,
    places: usize,
}

/// In place of a link: the end of the chain.
const NOWHERE: u32 = u32::MAX;

impl Chain {
    pub(crate) const EMPTY: Self = Self {
        first: NOWHERE,
        places: 0,
    };

    /// Returns the first place; no place of the table if the chain is empty.
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

    /// Puts a free place, whose slot this is, at the front.
    #[inline]
    pub(crate) fn link(&mut self, place: u32, slot: &Slot) {
        slot.set_link(self.first);
        self.first = place;
        self.places += 1;
    }

    /// Records that the object in a place, whose slot has this word, dies, and puts the place at the
    /// front.
    #[inline]
    pub(crate) fn link_dead(&mut self, place: u32, slot: &Slot, living: SlotWord) {
        // A worn-out slot is not used again.
        if slot.death(living, self.first) {
            self.first = place;
            self.places += 1;
        }
    }

    /// Takes out the first place, whose slot has this word.
    #[inline]
    pub(crate) fn unlink(&mut self, free: SlotWord) {
        self.first = free.link();
        self.places -= 1;
    }

    fn of<H>(spares: impl Iterator<Item = SparePlace<H>>) -> Self {
        let mut chain = Self::EMPTY;
        spares.for_each(|spare| chain.put(spare));
        chain
    }

    fn put<H>(&mut self, SparePlace { place, slot, hold }: SparePlace<H>) {
        self.link(place, slot);
        // With the lock released, any thread may take the place.
        drop(hold);
    }

    fn take<H: Hold>(&mut self) -> Option<SparePlace<H>> {
        let place = self.first;
        let chunk = chunks::of_place(place)?;
        let slot = chunk.slot(place);
        let hold = H::of(chunk, place)?;
        self.unlink(slot.word());
        Some(SparePlace { place, slot, hold })
    }
}

/// The hold of a place without a handle.
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

/// The free places that a thread holds for the objects that it creates next.
///
/// Places of objects that it drops are put there too, whichever thread created them. Beyond
/// [`ROOM`], [`BATCH`] of them go to the store at once, as a chain that takes no memory of its own.
pub(crate) struct Magazine<H> {
    /// `None` until the thread takes or puts back the first place.
    spares: Option<Box<Spares<H>>>,
    /// Number of places, which are the first of `spares`.
    places: usize,
}

type Spares<H> = [Option<SparePlace<H>>; ROOM];

/// Number of places that go to the store at once.
pub(crate) const BATCH: usize = CHUNK as usize;

/// Number of places that a magazine has room for.
const ROOM: usize = 2 * BATCH;

impl<H: Hold> Magazine<H> {
    pub(crate) const fn new() -> Self {
        Self {
            spares: None,
            places: 0,
        }
    }

    /// Whether the thread ever took or put back a place.
    pub(crate) fn was_used(&self) -> bool {
        self.spares.is_some()
    }

    /// Takes a free place; `None` if the magazine is empty.
    #[inline(always)]
    pub(crate) fn take(&mut self) -> Option<SparePlace<H>> {
        if let Some(spares) = &mut self.spares {
            let last = self.places.wrapping_sub(1);
            if last < ROOM {
                self.places = last;
                return spares[last].take();
            }
        }
        None
    }

    fn spares(&mut self) -> &mut Spares<H> {
        let empty = || Box::new([const { None }; ROOM]);
        self.spares.get_or_insert_with(empty)
    }

    /// Makes sure that there is a free place. Returns false if the table is full.
    pub(crate) fn refill(&mut self) -> bool {
        if self.places == 0 {
            match stored::<H>() {
                Supply::Chain(mut chain) => self.fill(std::iter::from_fn(|| chain.take())),
                Supply::Chunk(number, chunk) => self.fill(new_places(number, chunk)),
                Supply::Nothing => {}
            }
        }
        self.places > 0
    }

    /// Puts places into an empty magazine. A chain has no more than [`ROOM`].
    fn fill(&mut self, places: impl Iterator<Item = SparePlace<H>>) {
        let mut filled = 0;
        for (spare, place) in self.spares().iter_mut().zip(places) {
            *spare = Some(place);
            filled += 1;
        }
        self.places = filled;
    }

    /// Returns room for one more free place; `None` if the magazine is full.
    #[inline(always)]
    pub(crate) fn room(&mut self) -> Option<MagazineRoom<'_, H>> {
        if let Some(spares) = &mut self.spares {
            if self.places < ROOM {
                return Some(MagazineRoom {
                    spare: &mut spares[self.places],
                    places: &mut self.places,
                });
            }
        }
        None
    }

    /// Makes room for a free place.
    pub(crate) fn make_room(&mut self) {
        if self.places == ROOM {
            let full = self.spares()[BATCH..].iter_mut();
            let chain = Chain::of(full.filter_map(Option::take));
            self.places = BATCH;
            H::store().lock().push(chain);
        }
        self.spares();
    }

    /// Gives all places to the store, when the thread ends.
    pub(crate) fn give_back(&mut self) {
        if self.places > 0 {
            let all = self.spares().iter_mut();
            let chain = Chain::of(all.filter_map(Option::take));
            self.places = 0;
            H::store().lock().push(chain);
        }
    }
}

/// Room for one more place in a magazine.
pub(crate) struct MagazineRoom<'m, H> {
    spare: &'m mut Option<SparePlace<H>>,
    places: &'m mut usize,
}

impl<H> MagazineRoom<'_, H> {
    /// Records that the object in a place, whose slot has this word, dies, and puts the place back.
    #[inline(always)]
    pub(crate) fn put(self, living: SlotWord, spare: SparePlace<H>) {
        // A worn-out slot is not used again.
        if spare.slot.death(living, NOWHERE) {
            *self.places = self.places.wrapping_add(1);
            // Room is empty, so there is nothing to drop.
            std::mem::forget(self.spare.replace(spare));
        }
    }
}

/// Where new free places come from.
enum Supply {
    Chain(Chain),
    /// A new chunk, and its number.
    Chunk(u32, &'static Chunk),
    Nothing,
}

/// Takes a chain from the store, or makes a chunk.
fn stored<H: Hold>() -> Supply {
    if let Some(chain) = H::store().lock().pop() {
        return Supply::Chain(chain);
    }
    chunks::make(H::side()).map_or(Supply::Nothing, |(number, chunk)| {
        Supply::Chunk(number, chunk)
    })
}

/// Lists the places of a new chunk, from the end, so that they are used from the start.
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

/// Takes a free place, for a thread that has no magazine any more.
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

/// Records that the object in a place dies, and puts the place back, for a thread that has no
/// magazine any more.
pub(crate) fn give_one<H: Hold>(spare: SparePlace<H>) {
    if !spare.slot.death(spare.slot.word(), NOWHERE) {
        return;
    }
    let mut store = H::store().lock();
    match store.last_mut() {
        Some(chain) if chain.places < BATCH => chain.put(spare),
        _ => store.push(Chain::of(std::iter::once(spare))),
    }
}
