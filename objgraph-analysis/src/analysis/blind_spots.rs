//! Blind spots: values that the trace could not see into.

use std::sync::Arc;

use super::remedies::{Remedy, remedies_at, remedies_for_type};
use super::{ConcreteValues, Coverage};
use crate::order::{self, SortedMap};
use objgraph_core::{PathId, PlaceKind, Snapshot, State};

/// The values of a snapshot that the trace could not see into. A blind spot can hide a leak, but
/// never invent one.
///
/// Prints as a list that says what to do about each.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BlindSpots {
    snapshot: Arc<Snapshot>,
    /// The types whose objects are opaque, those with the most objects first.
    pub types: Vec<BlindType>,
    /// The opaque or busy places in objects, those with the most values first.
    pub places: Vec<BlindPlace>,
    /// Number of `Rc` objects that belong to other threads; only those threads may visit them.
    pub other_threads: usize,
    /// Number of objects that were lent out as `&mut` by `get_mut` or `make_mut`.
    pub lent: usize,
    /// Number of objects whose visit panicked.
    pub panicked: usize,
    /// The types of which objects were left out by choice: indexes into [`Snapshot::types`].
    pub left_out: Vec<usize>,
}

/// The opaque objects of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlindType {
    /// The type: an index into [`Snapshot::types`].
    pub type_index: usize,
    /// Number of objects.
    pub objects: usize,
}

/// A place in the objects of one type that the trace could not see into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlindPlace {
    /// The path of the place: `Node.data`.
    pub path: PathId,
    /// The type of the value there: an index into [`Snapshot::types`].
    pub type_index: usize,
    /// Why the trace could not see into it.
    pub kind: PlaceKind,
    /// Number of values at this place, in all objects.
    pub values: usize,
}

impl BlindSpots {
    /// Collects the blind spots of a snapshot. O(objects + places).
    #[must_use]
    pub fn of(snapshot: &Arc<Snapshot>) -> Self {
        if !crate::HAS_OBJECTS {
            return Self {
                snapshot: Arc::clone(snapshot),
                types: Vec::new(),
                places: Vec::new(),
                other_threads: 0,
                lent: 0,
                panicked: 0,
                left_out: Vec::new(),
            };
        }
        let (mut other_threads, mut lent, mut panicked) = (0, 0, 0);
        let mut of_types = vec![0; snapshot.types().len()];
        for node in snapshot.nodes() {
            match node.state() {
                State::Opaque => of_types[node.type_index()] += 1,
                State::OtherThread => other_threads += 1,
                State::Lent => lent += 1,
                State::Panicked => panicked += 1,
                _ => {}
            }
        }
        let mut places: SortedMap<(PathId, u32, PlaceKind), usize> = SortedMap::new();
        for place in snapshot.places().iter().filter(|place| place.kind.hides()) {
            *places.get_or_default((place.path, place.type_index, place.kind)) += 1;
        }
        let types = of_types.into_iter().enumerate();
        let types = most_first(types.filter(|&(_, objects)| objects > 0).collect());
        let types = types.map(|(type_index, objects)| BlindType {
            type_index,
            objects,
        });
        let places =
            most_first(places.into_rows()).map(|((path, type_index, kind), values)| BlindPlace {
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
            left_out: snapshot
                .parts()
                .left_out
                .iter()
                .map(|&of| of as usize)
                .collect(),
        }
    }

    /// Returns whether the trace saw into everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
            && self.places.is_empty()
            && self.other_threads + self.lent + self.panicked + self.left_out.len() == 0
    }

    /// Returns how much of the snapshot was traced, and what was not. O(objects + places).
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage::of(&self.snapshot)
    }

    /// Returns what makes objects of the type visible, in the order in which to do it.
    pub(crate) fn remedies_for_type(&self, blind: &BlindType) -> Vec<Remedy> {
        remedies_for_type(&self.snapshot, blind.type_index)
    }

    /// Returns what makes the values at the place visible, in the order in which to do it.
    pub(crate) fn remedies_at(&self, blind: &BlindPlace) -> Vec<Remedy> {
        remedies_at(&self.snapshot, blind.path, blind.type_index, blind.kind)
    }

    /// Returns the concrete types of the values at the place. O(places).
    pub(crate) fn concrete_types(&self, blind: &BlindPlace) -> ConcreteValues {
        let places = self.snapshot.places().iter();
        let of_blind = places.filter(|place| {
            (place.path, place.type_index as usize, place.kind)
                == (blind.path, blind.type_index, blind.kind)
        });
        ConcreteValues::of(
            &self.snapshot,
            &of_blind.map(|place| place.concrete).collect(),
        )
    }

    /// Returns the snapshot that was analysed.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}

/// Sorts by count, largest first; equal counts stay in the order of the keys.
fn most_first<K>(mut counts: Vec<(K, usize)>) -> impl Iterator<Item = (K, usize)> {
    order::sort_by_key(&mut counts, |&(_, number)| std::cmp::Reverse(number));
    counts.into_iter()
}
