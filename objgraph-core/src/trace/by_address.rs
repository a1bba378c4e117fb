//! Nodes by the addresses of the allocations that the table has handles to.
//!
//! A pointer tells where it leads to without a look at what is there. To read the id instead is to
//! wait for memory, since references lead anywhere; that is most of what a trace would cost. The
//! addresses, in a form as dense as the allocations, stay near the processor.
//!
//! An address stands for an object as long as that is alive: until then the table's handle keeps
//! the allocation from being used anew. See [`super::take`] for those that die meanwhile.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::sight::PlainHasher;

/// Which node an allocation is.
#[derive(Default)]
pub(super) struct ByAddress {
    page_of: HashMap<usize, u32, BuildHasherDefault<PlainHasher>>,
    pages: Vec<Page>,
    /// Nodes by address, for pages where the order is not that of the table.
    nodes: Vec<u32>,
}

/// How far allocations are apart at least. Those elsewhere are not found here.
const GRAIN: usize = 16;

const PAGE: usize = 256 * GRAIN;

/// Which of 256 addresses begin an allocation.
#[derive(Clone, Copy, Default)]
struct Page {
    taken: [u64; 4],
    /// How many are taken before each word.
    before: [u8; 4],
    /// The node of the first, or where in the nodes by address the page begins.
    first: u32,
    /// Whether the nodes follow each other as the addresses do.
    in_order: bool,
    /// The last address and how many there are, while the page is filled.
    last: u8,
    len: u16,
}

impl Page {
    fn add(&mut self, at: u8, node: u32) {
        if self.len == 0 {
            (self.first, self.in_order) = (node, true);
        } else {
            self.in_order &= at > self.last && node == self.first + u32::from(self.len);
        }
        let word = usize::from(at / 64);
        let bit = 1 << (at % 64);
        if self.taken[word] & bit != 0 {
            return;
        }
        self.taken[word] |= bit;
        for before in &mut self.before[word + 1..] {
            *before += 1;
        }
        (self.last, self.len) = (at, self.len + 1);
    }

    /// How many addresses are taken before this one, which is taken.
    fn rank(&self, at: u8) -> Option<u32> {
        let word = usize::from(at / 64);
        let bit = 1u64 << (at % 64);
        let taken = self.taken[word];
        let before = u32::from(self.before[word]) + (taken & (bit - 1)).count_ones();
        (taken & bit != 0).then_some(before)
    }
}

fn split(address: usize) -> Option<(usize, u8)> {
    address
        .is_multiple_of(GRAIN)
        .then_some((address / PAGE, (address / GRAIN % 256) as u8))
}

impl ByAddress {
    /// The nodes from 0 to `len`, at the addresses that `address_of` tells.
    pub(super) fn of(len: usize, address_of: impl Fn(u32) -> Option<usize>) -> Self {
        let mut found = Self::default();
        let mut last = (usize::MAX, 0);
        let all = || (0..len as u32).filter_map(|node| Some((node, split(address_of(node)?)?)));
        for (node, (page, at)) in all() {
            if last.0 != page {
                let next = found.pages.len() as u32;
                let number = *found.page_of.entry(page).or_insert(next);
                if number == next {
                    found.pages.push(Page::default());
                }
                last = (page, number);
            }
            found.pages[last.1 as usize].add(at, node);
        }
        let mut room = 0;
        for page in found.pages.iter_mut().filter(|page| !page.in_order) {
            page.first = room;
            room += u32::from(page.len);
        }
        if room > 0 {
            found.nodes.resize(room as usize, 0);
            for (node, (page, at)) in all() {
                let Some(page) = found.page(page).filter(|page| !page.in_order) else {
                    continue;
                };
                if let Some(rank) = page.rank(at) {
                    let to = (page.first + rank) as usize;
                    found.nodes[to] = node;
                }
            }
        }
        found
    }

    #[inline]
    fn page(&self, page: usize) -> Option<&Page> {
        self.pages.get(*self.page_of.get(&page)? as usize)
    }

    /// The node of the allocation at this address, if that is known.
    #[inline]
    pub(super) fn get(&self, address: usize) -> Option<u32> {
        let (page, at) = split(address)?;
        let page = self.page(page)?;
        let number = page.first + page.rank(at)?;
        if page.in_order {
            Some(number)
        } else {
            self.nodes.get(number as usize).copied()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::ByAddress;

    proptest! {
        #[test]
        fn nodes_are_found_by_their_addresses(
            runs in prop::collection::vec((0usize..40_000, 1usize..40, 1usize..5), 0..40),
            unknown in prop::collection::hash_set(0u32..1000, 0..20),
            asked in prop::collection::vec(0usize..50_000, 0..200),
        ) {
            let mut known = HashMap::new();
            let mut addresses: Vec<usize> = Vec::new();
            for (start, len, step) in runs {
                for number in 0..len {
                    let address = (start + number * step) * 8;
                    if !addresses.contains(&address) {
                        addresses.push(address);
                    }
                }
            }
            let address_of = |node: u32| {
                Some(addresses[node as usize]).filter(|_| !unknown.contains(&node))
            };
            for node in 0..addresses.len() as u32 {
                if let Some(address) = address_of(node).filter(|address| address % 16 == 0) {
                    known.insert(address, node);
                }
            }
            let found = ByAddress::of(addresses.len(), address_of);
            let asked = asked.into_iter().map(|address| address * 8);
            for address in asked.chain(addresses.clone()) {
                prop_assert_eq!(found.get(address), known.get(&address).copied());
            }
        }
    }
}
