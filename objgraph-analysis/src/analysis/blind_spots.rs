//! Blind spots: what a snapshot could not look into.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Coverage;
use super::remedies::{Remedy, remedies_at, remedies_for_type};
use crate::order;
use objgraph_core::{PathId, PlaceKind, Snapshot, State};

/// What a snapshot could not look into. None of it can make up a leak; each can hide one.
///
/// It prints as a list with what to do about each.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BlindSpots {
    snapshot: Arc<Snapshot>,
    /// Types of which no object could be looked into, most objects first.
    pub types: Vec<BlindType>,
    /// Places in objects that could not be looked into, most values first.
    pub places: Vec<BlindPlace>,
    /// How many `Rc` objects belong to other threads, which alone may visit them.
    pub other_threads: usize,
    /// How many objects were lent out as `&mut` by `get_mut` or `make_mut`.
    pub lent: usize,
    /// How many objects there are whose visit panicked.
    pub panicked: usize,
}

/// Objects of a type that cannot be looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlindType {
    /// The type: an index into the types of the snapshot.
    pub type_index: usize,
    /// How many objects of it there are.
    pub objects: usize,
}

/// A place in objects of one type that could not be looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlindPlace {
    /// Which place: `Node.data`.
    pub path: PathId,
    /// The type of the value there: an index into the types of the snapshot.
    pub type_index: usize,
    /// Why not.
    pub kind: PlaceKind,
    /// How many values are there, in all objects.
    pub values: usize,
}

impl BlindSpots {
    /// The blind spots of a snapshot. O(objects).
    #[must_use]
    pub fn of(snapshot: &Arc<Snapshot>) -> Self {
        let (mut other_threads, mut lent, mut panicked) = (0, 0, 0);
        let mut types: BTreeMap<usize, usize> = BTreeMap::new();
        for node in snapshot.nodes() {
            match node.state() {
                State::Opaque => *types.entry(node.type_index()).or_default() += 1,
                State::OtherThread => other_threads += 1,
                State::Lent => lent += 1,
                State::Panicked => panicked += 1,
                _ => {}
            }
        }
        let mut places: BTreeMap<(PathId, u32, PlaceKind), usize> = BTreeMap::new();
        for place in snapshot.places().iter().filter(|place| place.kind.hides()) {
            *places
                .entry((place.path, place.type_index, place.kind))
                .or_default() += 1;
        }
        let types = most_first(types).map(|(type_index, objects)| BlindType {
            type_index,
            objects,
        });
        let places = most_first(places).map(|((path, type_index, kind), values)| BlindPlace {
            path,
            type_index: type_index as usize,
            kind,
            values,
        });
        Self {
            snapshot: Arc::clone(snapshot),
            types: types.collect(),
            places: places.collect(),
            other_threads,
            lent,
            panicked,
        }
    }

    /// Whether all could be looked into.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
            && self.places.is_empty()
            && self.other_threads + self.lent + self.panicked == 0
    }

    /// How much was traced, and what could not be. O(objects).
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage::of(&self.snapshot)
    }

    /// What opens objects of a type, in order.
    pub(crate) fn remedies_for_type(&self, blind: &BlindType) -> Vec<Remedy> {
        remedies_for_type(&self.snapshot, blind.type_index)
    }

    /// What opens the values at a place, in order.
    pub(crate) fn remedies_at(&self, blind: &BlindPlace) -> Vec<Remedy> {
        remedies_at(&self.snapshot, blind.path, blind.type_index)
    }

    /// The snapshot that was looked at.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}

/// By number, most first; of equal numbers, in the order of the keys.
fn most_first<K>(counts: BTreeMap<K, usize>) -> impl Iterator<Item = (K, usize)> {
    let mut counts: Vec<(K, usize)> = counts.into_iter().collect();
    order::sort_by_key(&mut counts, |&(_, number)| std::cmp::Reverse(number));
    counts.into_iter()
}
