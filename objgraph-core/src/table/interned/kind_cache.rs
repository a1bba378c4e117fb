//! What a thread has at hand of kinds, so that to make or to drop an object looks nothing up.

use std::collections::BTreeMap;
use std::panic::Location;

use crate::table::interned::birth_rows::{self, Birth};
use crate::table::interned::births;
use crate::table::interned::counters::{Counter, Sheet};
use crate::table::interned::kinds::{self, TypeMeta};

/// Where and when objects are made: the origin and the epoch, in one word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(u64);

impl Moment {
    #[inline]
    pub(crate) fn new(origin: u32, epoch: u32) -> Self {
        Self(u64::from(origin) << 32 | u64::from(epoch))
    }

    fn born(self, kind: u32) -> Birth {
        Birth {
            kind,
            origin: (self.0 >> 32) as u32,
            epoch: self.0 as u32,
        }
    }
}

/// What a thread knows of kinds: those that it used last, and its counters.
pub(crate) struct KindCache {
    sheet: Option<&'static Sheet>,
    /// By the numbers of births.
    counters: Vec<Option<&'static Counter>>,
    /// By the addresses of the constants of type and place.
    known: BTreeMap<(usize, usize), CachedBirth>,
    lines: [CacheLine; KindCache::LINES],
}

/// A kind, and the birth of it that is in hand.
struct CachedBirth {
    kind: u32,
    moment: Moment,
    birth: Option<u32>,
}

/// The kind that belongs to the addresses of two constants, at a moment.
#[derive(Clone, Copy)]
struct CacheLine {
    meta: usize,
    site: usize,
    moment: Moment,
    kind: KnownKind,
}

/// What objects of a kind that are made now are born with, and their counter.
#[derive(Clone, Copy)]
pub(crate) struct KnownKind {
    pub(crate) birth: u32,
    pub(crate) counter: &'static Counter,
}

/// In lines without a kind.
static NO_COUNTER: Counter = Counter::new();

impl Default for KindCache {
    fn default() -> Self {
        Self::new()
    }
}

impl KindCache {
    const LINES: usize = 64;

    pub(crate) const fn new() -> Self {
        Self {
            sheet: None,
            counters: Vec::new(),
            known: BTreeMap::new(),
            lines: [CacheLine {
                meta: 0,
                site: 0,
                moment: Moment(0),
                kind: KnownKind {
                    birth: 0,
                    counter: &NO_COUNTER,
                },
            }; Self::LINES],
        }
    }

    #[inline]
    fn line(meta: usize, site: usize) -> usize {
        ((meta ^ site) >> 3) % Self::LINES
    }

    /// A kind, if it was used lately, and at the same moment.
    #[inline]
    pub(crate) fn get(
        &self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
        moment: Moment,
    ) -> Option<&KnownKind> {
        let (meta, site) = (addr(meta), addr(site));
        let line = &self.lines[Self::line(meta, site)];
        let is_it = line.meta == meta && line.site == site && line.moment == moment;
        is_it.then_some(&line.kind)
    }

    /// The same for any kind; `None` if there can be no more births.
    pub(crate) fn learn(
        &mut self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
        moment: Moment,
    ) -> Option<KnownKind> {
        let key = (addr(meta), addr(site));
        let held = self.known.entry(key).or_insert_with(|| CachedBirth {
            kind: kinds::number(meta, site),
            moment,
            birth: None,
        });
        // What the line of this key says goes with what is in hand: no other line has the key.
        if held.birth.is_none() || held.moment != moment {
            held.birth = births::take(moment.born(held.kind), held.birth);
            held.moment = moment;
        }
        let birth = held.birth?;
        let kind = KnownKind {
            birth,
            counter: self.learn_counter(birth)?,
        };
        let (meta, site) = key;
        self.lines[Self::line(meta, site)] = CacheLine {
            meta,
            site,
            moment,
            kind,
        };
        Some(kind)
    }

    /// The counter for objects of a birth, if it is known.
    #[inline]
    pub(crate) fn counter(&self, birth: u32) -> Option<&'static Counter> {
        self.counters.get(birth as usize).copied().flatten()
    }

    /// The same for any birth.
    pub(crate) fn learn_counter(&mut self, birth: u32) -> Option<&'static Counter> {
        if let Some(known) = self.counter(birth) {
            return Some(known);
        }
        let sheet = self.sheet.get_or_insert_with(Sheet::take);
        let counter = sheet.counter(birth_rows::kind(birth)?);
        let number = birth as usize;
        if self.counters.len() <= number {
            self.counters.resize(number + 1, None);
        }
        self.counters[number] = Some(counter);
        Some(counter)
    }

    /// The thread ends.
    pub(crate) fn give_back(&self) {
        births::let_go(self.known.values().filter_map(|held| held.birth));
        if let Some(sheet) = self.sheet {
            sheet.give_back();
        }
    }
}

#[inline]
fn addr<T>(constant: &'static T) -> usize {
    std::ptr::from_ref(constant).addr()
}
