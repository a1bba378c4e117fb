//! The part of the table that belongs to a thread: the handles to its `Rc` values, which no
//! other thread may touch, and what makes listing an object fast.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::panic::Location;

use super::chunks::{self, CHUNK, Chunk};
use super::counters::{Counter, Sheet};
use super::kinds::{self, TypeMeta};
use super::magazine::{Bare, Magazine};
use super::origins::Entries;
use super::owners::Spares;
use super::shared::Held;
use super::values::RcValues;
use super::watched::{Watched, WatchedRc};

thread_local! {
    /// Without a drop of its own, so that to reach it costs nothing: [`END`] empties it.
    static LOCAL: ManuallyDrop<RefCell<Local>> =
        const { ManuallyDrop::new(RefCell::new(Local::new())) };
    #[cfg(not(objgraph_recount))]
    static END: End = const { End };
    #[cfg(objgraph_recount)]
    static END: End = {
        super::recount::begin();
        End
    };
}

/// Runs with the thread's own part of the table. No code of the user may run inside.
#[inline]
pub(super) fn with<R>(run: impl FnOnce(&mut Local) -> R) -> R {
    LOCAL.with(|local| run(&mut local.borrow_mut()))
}

/// The same for code that must be fast: `run` is to be but the call of a function that borrows
/// the part itself, so that its arguments stay in registers.
#[inline]
pub(super) fn reach<R>(run: impl FnOnce(&RefCell<Local>) -> R) -> R {
    LOCAL.with(|local| run(local))
}

/// The part of a thread: empty before the thread makes or drops its first object, and when it is
/// nearly gone.
pub(super) struct Local {
    pub(super) entries: Entries,
    pub(super) values: RcValues,
    pub(super) arcs: Magazine<Held>,
    pub(super) bare: Magazine<Bare>,
    pub(super) handles: Spares,
    pub(super) watched: Watched<std::rc::Weak<dyn WatchedRc>>,
    near: Option<(u32, &'static Chunk)>,
    pub(super) kinds: KindCache,
}

impl Local {
    const fn new() -> Self {
        Self {
            entries: Entries::new(),
            values: RcValues::new(),
            arcs: Magazine::new(),
            bare: Magazine::new(),
            handles: Spares::new(),
            watched: Watched::new(),
            near: None,
            kinds: KindCache::new(),
        }
    }

    /// Sees to it that what this part holds is given back when the thread ends; false if the
    /// thread is so far gone that it must hold nothing.
    pub(super) fn begin(&mut self) -> bool {
        let begun = END.try_with(|_| ()).is_ok();
        if begun {
            self.entries.begin();
        }
        begun
    }

    /// Sees to it that a kind is known; false if the thread is nearly gone.
    pub(super) fn learn_kind(
        &mut self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
    ) -> bool {
        let begun = self.begin();
        if begun {
            self.kinds.learn(meta, site);
        }
        begun
    }

    /// Sees to it that the counter of a kind is known; false if the thread is nearly gone.
    pub(super) fn learn_counter(&mut self, kind: u32) -> bool {
        let begun = self.begin();
        if begun {
            self.kinds.learn_counter(kind);
        }
        begun
    }

    /// The chunk of a place; most often the same as last time.
    #[inline]
    pub(super) fn chunk(&mut self, place: u32) -> Option<&'static Chunk> {
        match self.near {
            Some((number, chunk)) if number == place / CHUNK => Some(chunk),
            _ => {
                let chunk = chunks::of_place(place)?;
                self.near = Some((place / CHUNK, chunk));
                Some(chunk)
            }
        }
    }

    fn give_back(&mut self) {
        // Others may drop what this thread made behind an `Arc`.
        let may_live = self.arcs.was_used() | self.bare.was_used() | self.handles.was_used();
        self.arcs.give_back();
        self.bare.give_back();
        self.handles.give_back();
        self.kinds.give_back();
        let lives = self.values.give_back();
        self.entries.end(may_live || lives);
    }
}

/// The thread ends when this is dropped.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        #[cfg(objgraph_recount)]
        super::recount::end();
        let mut ended = with(|local| std::mem::replace(local, Local::new()));
        ended.give_back();
    }
}

/// What a thread knows of kinds: those that it used last, and its counters.
pub(super) struct KindCache {
    sheet: Option<&'static Sheet>,
    counters: Vec<&'static Counter>,
    /// By the addresses of the constants of type and place.
    known: BTreeMap<(usize, usize), u32>,
    lines: [CacheLine; KindCache::LINES],
}

/// The kind that belongs to the addresses of two constants.
#[derive(Clone, Copy)]
struct CacheLine {
    meta: usize,
    site: usize,
    kind: KnownKind,
}

/// A kind, and the counter of its births and deaths.
#[derive(Clone, Copy)]
pub(super) struct KnownKind {
    pub(super) number: u32,
    pub(super) counter: &'static Counter,
}

/// In lines without a kind.
static NO_COUNTER: Counter = Counter::new();

impl KindCache {
    const LINES: usize = 64;

    pub(super) const fn new() -> Self {
        Self {
            sheet: None,
            counters: Vec::new(),
            known: BTreeMap::new(),
            lines: [CacheLine {
                meta: 0,
                site: 0,
                kind: KnownKind {
                    number: 0,
                    counter: &NO_COUNTER,
                },
            }; Self::LINES],
        }
    }

    #[inline]
    fn line(meta: usize, site: usize) -> usize {
        ((meta ^ site) >> 3) % Self::LINES
    }

    /// A kind, if it was used lately.
    #[inline]
    pub(super) fn get(
        &self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
    ) -> Option<&KnownKind> {
        let (meta, site) = (addr(meta), addr(site));
        let line = &self.lines[Self::line(meta, site)];
        (line.meta == meta && line.site == site).then_some(&line.kind)
    }

    /// The same for any kind.
    pub(super) fn learn(
        &mut self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
    ) -> KnownKind {
        let key = (addr(meta), addr(site));
        let number = match self.known.get(&key) {
            Some(&number) => number,
            None => {
                let number = kinds::number(meta, site);
                self.known.insert(key, number);
                number
            }
        };
        let kind = KnownKind {
            number,
            counter: self.learn_counter(number),
        };
        let (meta, site) = key;
        self.lines[Self::line(meta, site)] = CacheLine { meta, site, kind };
        kind
    }

    /// The counter of a kind, if it is known.
    #[inline]
    pub(super) fn counter(&self, kind: u32) -> Option<&'static Counter> {
        self.counters.get(kind as usize).copied()
    }

    /// The same for any kind.
    pub(super) fn learn_counter(&mut self, kind: u32) -> &'static Counter {
        let sheet = self.sheet.get_or_insert_with(Sheet::take);
        for next in self.counters.len() as u32..=kind {
            self.counters.push(sheet.counter(next));
        }
        self.counters[kind as usize]
    }

    fn give_back(&self) {
        if let Some(sheet) = self.sheet {
            sheet.give_back();
        }
    }
}

#[inline]
fn addr<T>(constant: &'static T) -> usize {
    std::ptr::from_ref(constant).addr()
}
