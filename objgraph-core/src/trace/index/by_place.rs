//! Finds nodes by their places in the table.

use std::collections::HashMap;

use crate::object_id::ObjectId;

/// An index from objects of the table to nodes.
///
/// Objects are listed and numbered in the order of their places, so a bit for each place and a
/// number for each page of places are enough. Every reference that a trace meets is looked up here,
/// and an index of this size stays in the caches of the processor.
#[derive(Default)]
pub(in crate::trace) struct ByPlace {
    pages: Vec<Page>,
    /// Objects that were not listed.
    late: HashMap<ObjectId, u32>,
}

const PAGE: u32 = 256;

/// Which of 256 places are in use.
#[derive(Clone, Copy, Default)]
struct Page {
    taken: [u64; 4],
    /// Number of places in use before each word.
    before: [u8; 4],
    /// The node of the first place.
    first: u32,
    /// The round of all objects here; [`MANY`] if they differ.
    round: u32,
}

const MANY: u32 = u32::MAX;

impl ByPlace {
    /// Adds a listed object, whose place comes after all before.
    pub(in crate::trace) fn list(&mut self, id: ObjectId, node: u32) {
        self.list_page(&[id], node);
    }

    /// Adds listed objects, with nodes from `node` on. Their places come after all before, and are
    /// in one page.
    pub(in crate::trace) fn list_page(&mut self, ids: &[ObjectId], node: u32) {
        let Some(first) = ids.first() else {
            return;
        };
        let at = (first.place() / PAGE) as usize;
        if self.pages.len() <= at {
            self.pages.resize(at + 1, Page::default());
        }
        let page = &mut self.pages[at];
        let mut taken = page.taken;
        if taken == [0; 4] {
            page.first = node;
            page.round = first.round();
        }
        let mut other_rounds = 0;
        for id in ids {
            debug_assert_eq!(id.place() / PAGE, first.place() / PAGE);
            taken[(id.place() % PAGE / 64) as usize] |= 1 << (id.place() % 64);
            other_rounds |= id.round() ^ page.round;
        }
        if other_rounds != 0 {
            page.round = MANY;
        }
        page.taken = taken;
        let mut before = 0;
        for (word, taken) in std::iter::zip(&mut page.before, taken) {
            *word = before as u8;
            before += taken.count_ones();
        }
    }

    /// Adds an object that was not listed.
    pub(in crate::trace) fn add(&mut self, id: ObjectId, node: u32) {
        self.late.insert(id, node);
    }

    /// Returns the node of an object; `id_of` returns the id of a node.
    #[inline]
    pub(in crate::trace) fn get(
        &self,
        id: ObjectId,
        id_of: impl FnOnce(u32) -> ObjectId,
    ) -> Option<u32> {
        if let Some(page) = self.pages.get((id.place() / PAGE) as usize) {
            let word = (id.place() % PAGE / 64) as usize;
            let bit = 1u64 << (id.place() % 64);
            let taken = page.taken[word];
            if taken & bit != 0 {
                let before = if taken == u64::MAX {
                    id.place() % 64
                } else {
                    (taken & (bit - 1)).count_ones()
                };
                let before = u32::from(page.before[word]) + before;
                let node = page.first + before;
                let is_it = if page.round == MANY {
                    id_of(node) == id
                } else {
                    page.round == id.round()
                };
                if is_it {
                    return Some(node);
                }
            }
        }
        self.of_late(id)
    }

    #[cold]
    fn of_late(&self, id: ObjectId) -> Option<u32> {
        self.late.get(&id).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{ByPlace, PAGE};
    use crate::object_id::ObjectId;

    proptest! {
        #[test]
        fn nodes_are_found_by_their_ids(
            listed in prop::collection::btree_map(0u32..2000, 0u32..2, 0..600),
            late in prop::collection::btree_map(0u32..2000, 2u32..4, 0..20),
            asked in prop::collection::vec((0u32..2600, 0u32..4), 0..200),
            together in 1usize..300,
        ) {
            let mut by_place = ByPlace::default();
            let mut ids = Vec::new();
            let mut known = BTreeMap::new();
            let listed = listed.into_iter().map(|(place, round)| ObjectId::new(place, round));
            let listed: Vec<ObjectId> = listed.collect();
            let page = |id: &ObjectId| id.place() / PAGE;
            for of_page in listed.chunk_by(|one, next| page(one) == page(next)) {
                for run in of_page.chunks(together) {
                    by_place.list_page(run, ids.len() as u32);
                    known.extend(run.iter().copied().zip(ids.len() as u32..));
                    ids.extend(run);
                }
            }
            for (place, round) in late {
                let id = ObjectId::new(place, round);
                by_place.add(id, ids.len() as u32);
                known.insert(id, ids.len() as u32);
                ids.push(id);
            }
            let asked = asked.into_iter().map(|(place, round)| ObjectId::new(place, round));
            for id in asked.chain(ids.clone()) {
                let found = by_place.get(id, |node| ids[node as usize]);
                prop_assert_eq!(found, known.get(&id).copied());
            }
        }
    }
}
