//! A list of objects behind std's own pointers, by address and by id.

use std::collections::BTreeMap;

use crate::object_id::ObjectId;

/// Watched objects. The weak handle keeps the allocation, so no other object gets its address while
/// it is in the list.
pub(crate) struct WatchList<W> {
    by_address: BTreeMap<usize, ObjectId>,
    by_id: BTreeMap<ObjectId, (usize, W)>,
}

impl<W: Clone> Default for WatchList<W> {
    fn default() -> Self {
        Self::new()
    }
}

impl<W: Clone> WatchList<W> {
    pub(crate) const fn new() -> Self {
        Self {
            by_address: BTreeMap::new(),
            by_id: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, address: usize, id: ObjectId, weak: W) {
        self.by_address.insert(address, id);
        self.by_id.insert(id, (address, weak));
    }

    /// Returns the id of the object at an address.
    pub(super) fn id_at(&self, address: usize) -> Option<ObjectId> {
        self.by_address.get(&address).copied()
    }

    pub(super) fn get(&self, id: ObjectId) -> Option<W> {
        self.by_id.get(&id).map(|(_, weak)| weak.clone())
    }

    /// Removes the objects that are dead, and returns them.
    pub(super) fn take_dead(&mut self, strong_count: impl Fn(&W) -> usize) -> Vec<(ObjectId, W)> {
        let alive = |(_, weak): &(usize, W)| strong_count(weak) > 0;
        if self.by_id.values().all(alive) {
            return Vec::new();
        }
        let (all, mut dead) = (std::mem::take(&mut self.by_id), Vec::new());
        for (id, watched) in all {
            if alive(&watched) {
                self.by_id.insert(id, watched);
            } else {
                self.by_address.remove(&watched.0);
                dead.push((id, watched.1));
            }
        }
        dead
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = (usize, ObjectId)> {
        self.by_address.iter().map(|(&address, &id)| (address, id))
    }
}
