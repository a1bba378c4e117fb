//! What a thread keeps ready for the handles that it creates and drops next.

use std::collections::BTreeMap;

use super::entries::EntryMagazine;
use super::last::DropClock;
use super::sites;
use crate::site::SiteRef;

/// The free entries of a thread, the sites that it used, and the order of its drops.
pub(crate) struct SpareEntries {
    pub(super) magazine: EntryMagazine,
    pub(super) sites: SiteCache,
    pub(super) drops: DropClock,
}

impl SpareEntries {
    pub(crate) const fn new() -> Self {
        Self {
            magazine: EntryMagazine::new(),
            sites: SiteCache::new(),
            drops: DropClock::new(),
        }
    }

    /// Whether the thread ever created or dropped handles.
    pub(crate) fn was_used(&self) -> bool {
        self.magazine.was_used()
    }

    pub(crate) fn give_back(&mut self) {
        self.magazine.give_back();
    }
}

/// A direct-mapped cache of the numbers of sites that a thread used last.
pub(super) struct SiteCache {
    known: BTreeMap<usize, u32>,
    lines: [(usize, u32); SiteCache::LINES],
}

impl SiteCache {
    const LINES: usize = 64;

    const fn new() -> Self {
        Self {
            known: BTreeMap::new(),
            lines: [(0, 0); Self::LINES],
        }
    }

    #[inline]
    fn line(address: usize) -> usize {
        (address >> 3) % Self::LINES
    }

    #[inline]
    pub(super) fn get(&self, site: SiteRef) -> Option<u32> {
        let address = std::ptr::from_ref(site).addr();
        let (known, number) = self.lines[Self::line(address)];
        (known == address).then_some(number)
    }

    pub(super) fn learn(&mut self, site: SiteRef) {
        let address = std::ptr::from_ref(site).addr();
        let number = self.known.entry(address);
        let number = *number.or_insert_with(|| sites::number(site));
        self.lines[Self::line(address)] = (address, number);
    }
}
