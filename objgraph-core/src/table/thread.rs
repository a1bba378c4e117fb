//! The part of the table that belongs to one thread: the handles to its `Rc` values, which no other
//! thread may touch, and the caches of the fast path.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::panic::Location;

use crate::table::erased::WatchedRc;
use crate::table::handles::SpareEntries;
use crate::table::interned::counters::Counter;
use crate::table::interned::kind_cache::KindCache;
use crate::table::interned::kinds::TypeMeta;
use crate::table::interned::origins::ScopeStack;
#[cfg(feature = "nightly")]
use crate::table::local_arcs::LocalArcs;
use crate::table::places::bare::BarePlaces;
use crate::table::places::chunks::{self, CHUNK, Chunk};
use crate::table::places::handle_locks::HandleGuard;
use crate::table::places::magazine::Magazine;
use crate::table::places::values::RcPlaces;
use crate::table::watch_list::WatchList;

thread_local! {
    /// Without a drop of its own, so that access needs no check of whether it was dropped. [`END`]
    /// empties it.
    pub(crate) static LOCAL: ManuallyDrop<RefCell<LocalTable>> =
        const { ManuallyDrop::new(RefCell::new(LocalTable::new())) };
    #[cfg(not(objgraph_recount))]
    static END: ThreadEnd = const { ThreadEnd };
    #[cfg(objgraph_recount)]
    static END: ThreadEnd = {
        crate::table::recount::begin();
        ThreadEnd
    };
}

/// Runs `run` with the thread's part of the table. No code of the user may run inside.
#[inline]
pub(crate) fn with<R>(run: impl FnOnce(&mut LocalTable) -> R) -> R {
    LOCAL.with(|local| run(&mut local.borrow_mut()))
}

/// As [`with`], for the fast path: `run` should only call a function that borrows the part itself,
/// so that its arguments stay in registers.
#[inline]
pub(crate) fn with_cell<R>(run: impl FnOnce(&RefCell<LocalTable>) -> R) -> R {
    LOCAL.with(|local| run(local))
}

/// The part of the table that belongs to a thread. Empty before the thread creates or drops its
/// first object, and after its [`ThreadEnd`] was dropped.
pub(crate) struct LocalTable {
    pub(crate) scopes: ScopeStack,
    pub(crate) values: RcPlaces,
    pub(crate) arcs: Magazine<HandleGuard>,
    pub(crate) bare: BarePlaces,
    pub(crate) handles: SpareEntries,
    pub(crate) watched: WatchList<std::rc::Weak<dyn WatchedRc>>,
    #[cfg(feature = "nightly")]
    pub(crate) arcs_here: LocalArcs,
    /// The first place of the chunk that was used last; 1, which is none, before the first.
    near_first: u32,
    near: Option<&'static Chunk>,
    pub(crate) kinds: KindCache,
}

impl LocalTable {
    const fn new() -> Self {
        Self {
            scopes: ScopeStack::new(),
            values: RcPlaces::new(),
            arcs: Magazine::new(),
            bare: BarePlaces::new(),
            handles: SpareEntries::new(),
            watched: WatchList::new(),
            #[cfg(feature = "nightly")]
            arcs_here: LocalArcs::new(),
            near_first: 1,
            near: None,
            kinds: KindCache::new(),
        }
    }

    /// Makes sure that the thread gives back what this part holds when it ends. Returns false if
    /// that has already happened: then the part must stay empty.
    pub(crate) fn begin(&mut self) -> bool {
        let begun = END.try_with(|_| ()).is_ok();
        if begun {
            self.scopes.begin();
        }
        begun
    }

    /// Puts a kind into the cache. Returns false if the part must stay empty, or the table is full.
    pub(crate) fn learn_kind(
        &mut self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
    ) -> bool {
        self.begin() && {
            let moment = self.scopes.moment();
            self.kinds.learn(meta, site, moment).is_some()
        }
    }

    /// Returns the counter for objects of a birth; `None` if the part must stay empty.
    pub(crate) fn learn_counter(&mut self, birth: u32) -> Option<&'static Counter> {
        self.begin().then(|| self.kinds.learn_counter(birth))?
    }

    /// Returns the chunk of a place, if it is the one that was used last.
    #[inline(always)]
    pub(crate) fn near(&self, place: u32) -> Option<&'static Chunk> {
        if self.near_first == place & !(CHUNK - 1) {
            return self.near;
        }
        None
    }

    /// Makes the chunk of a place the one that was used last. Returns false if it was already, or
    /// if there is no such chunk.
    pub(crate) fn go_to(&mut self, place: u32) -> bool {
        self.near(place).is_none() && self.chunk(place).is_some()
    }

    /// Returns the chunk of a place, most often the one that was used last.
    #[inline]
    pub(crate) fn chunk(&mut self, place: u32) -> Option<&'static Chunk> {
        match self.near(place) {
            Some(chunk) => Some(chunk),
            None => {
                let chunk = chunks::of_place(place)?;
                self.near_first = place & !(CHUNK - 1);
                self.near = Some(chunk);
                Some(chunk)
            }
        }
    }

    fn give_back(&mut self) {
        // What this thread created behind an `Arc` may be alive in other threads.
        let may_live = self.arcs.was_used() | self.bare.was_used() | self.handles.was_used();
        self.arcs.give_back();
        self.bare.give_back();
        self.handles.give_back();
        self.kinds.give_back();
        let lives = self.values.give_back();
        self.scopes.end(may_live || lives);
    }
}

/// Gives back the part of the table when it is dropped, with the thread-locals of the thread.
struct ThreadEnd;

impl Drop for ThreadEnd {
    fn drop(&mut self) {
        #[cfg(objgraph_recount)]
        crate::table::recount::end();
        let mut ended = with(|local| std::mem::replace(local, LocalTable::new()));
        ended.give_back();
    }
}
