//! What a thread knows of kinds without a lock, so that creating or dropping an object looks up
//! nothing in shared tables.

use std::collections::BTreeMap;
use std::panic::Location;

use crate::table::interned::birth_rows::{self, Birth};
use crate::table::interned::births;
use crate::table::interned::counters::{Counter, Sheet};
use crate::table::interned::kinds::{self, TypeMeta};

/// Where and when objects are created: the origin and the epoch, in one word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(u64);

impl Moment {
    #[inline(always)]
    pub(crate) fn new(origin: u32, epoch: u32) -> Self {
        Self((origin as u64) << 32 | epoch as u64)
    }

    fn born(self, kind: u32) -> Birth {
        Birth {
            kind,
            origin: (self.0 >> 32) as u32,
            epoch: self.0 as u32,
        }
    }
}

/// The kinds that a thread used, its counters, and a direct-mapped cache of those used last.
pub(crate) struct KindCache {
    sheet: Option<&'static Sheet>,
    /// By the numbers of births.
    counters: Option<Box<[Option<&'static Counter>]>>,
    /// By the addresses of the constants of type and site.
    known: BTreeMap<(usize, usize), CachedBirth>,
    lines: [CacheLine; KindCache::LINES],
}

/// A kind, and the number of its birth that the thread has cached.
struct CachedBirth {
    kind: u32,
    moment: Moment,
    birth: Option<u32>,
}

/// One line of the cache: the kind of the constants at two addresses, at a moment.
#[derive(Clone, Copy)]
struct CacheLine {
    meta: usize,
    site: usize,
    moment: Moment,
    /// `None` in a line that was never used.
    kind: Option<KnownKind>,
}

/// What objects of a kind are born with now, and their counter.
#[derive(Clone, Copy)]
pub(crate) struct KnownKind {
    pub(crate) birth: u32,
    pub(crate) counter: &'static Counter,
}

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
            counters: None,
            known: BTreeMap::new(),
            lines: [CacheLine {
                meta: 0,
                site: 0,
                moment: Moment(0),
                kind: None,
            }; Self::LINES],
        }
    }

    #[inline(always)]
    fn line(meta: usize, site: usize) -> usize {
        ((meta ^ site) >> 3) % Self::LINES
    }

    /// Returns a kind, if its line is in the cache and of this moment.
    #[inline(always)]
    pub(crate) fn get(
        &self,
        meta: &'static TypeMeta,
        site: &'static Location<'static>,
        moment: Moment,
    ) -> Option<&KnownKind> {
        let (meta, site) = (addr(meta), addr(site));
        let line = &self.lines[Self::line(meta, site)];
        if line.meta == meta && line.site == site && line.moment.0 == moment.0 {
            if let Some(kind) = &line.kind {
                return Some(kind);
            }
        }
        None
    }

    /// Returns any kind, and puts it into the cache; `None` if there are no more births.
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
        // The cached birth changes together with the line of this key: no other line has the key.
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
            kind: Some(kind),
        };
        Some(kind)
    }

    /// Returns the counter for objects of a birth, if it is in the cache.
    #[inline(always)]
    pub(crate) fn counter(&self, birth: u32) -> Option<&'static Counter> {
        if let Some(counters) = &self.counters {
            let counters = &**counters;
            if (birth as usize) < counters.len() {
                return counters[birth as usize];
            }
        }
        None
    }

    /// Returns the counter for objects of any birth, and puts it into the cache.
    pub(crate) fn learn_counter(&mut self, birth: u32) -> Option<&'static Counter> {
        if let Some(known) = self.counter(birth) {
            return Some(known);
        }
        let sheet = self.sheet.get_or_insert_with(Sheet::take);
        let counter = sheet.counter(birth_rows::kind(birth)?);
        let number = birth as usize;
        let mut counters = self.counters.take().unwrap_or_default().into_vec();
        if counters.len() <= number {
            counters.resize((number + 1).next_power_of_two(), None);
        }
        counters[number] = Some(counter);
        self.counters = Some(counters.into_boxed_slice());
        Some(counter)
    }

    /// Gives back the births and the counters, when the thread ends.
    pub(crate) fn give_back(&self) {
        births::release(self.known.values().filter_map(|held| held.birth));
        if let Some(sheet) = self.sheet {
            sheet.give_back();
        }
    }
}

#[inline(always)]
fn addr<T>(constant: &'static T) -> usize {
    std::ptr::from_ref(constant).addr()
}
