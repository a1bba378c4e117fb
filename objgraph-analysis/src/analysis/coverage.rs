//! Coverage: what the trace saw and what it did not.

use std::cell::LazyCell;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use objgraph_core::{NodeId, NodeRow, PathId, PlaceKind, Snapshot, State, TypeInfo};

use super::remedies::{Remedy, is_plain, remedies_at, remedies_for_type};
use super::{Change, ConcreteValues, NodeSet, ShownNames, WhatIf, field};
use crate::order::{self, SortedMap};

/// What the trace of a snapshot saw and what it did not: whether an answer of "nothing" is earned.
///
/// Only what could change the answer counts as untraced; a value that cannot hold a reference does
/// not.
///
/// Prints as a list of what was not traced and how to change that.
///
/// ```
/// struct Session(String);
/// let session = objgraph::rc::Rc::new(Session("alice".to_owned()));
/// let leaks = objgraph::find_leaks();
/// // `Session` has no derive, so what it owns is not known.
/// assert_eq!(leaks.coverage().is_complete(), !objgraph::ENABLED);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Coverage {
    is_enabled: bool,
    traced: usize,
    untraced: usize,
    values: usize,
    left_out: usize,
    gaps: Vec<Gap>,
}

/// Objects, or values in objects, that were not traced for one reason.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    pub(crate) cause: GapCause,
    pub(crate) count: usize,
}

/// Why something was not traced.
#[derive(Clone, Debug)]
pub(crate) enum GapCause {
    /// Opaque objects of one type, and what makes them visible, in order.
    Objects {
        of: NamedType,
        concrete: ConcreteValues,
        remedies: Vec<Remedy>,
    },
    /// Types of which objects were left out by choice.
    LeftOut(Vec<NamedType>),
    /// Opaque values of one type in one field, and what makes them visible, in order.
    Values {
        of: NamedType,
        concrete: ConcreteValues,
        field: String,
        remedies: Vec<Remedy>,
    },
    OtherThread,
    Lent,
    Panicked,
    Busy,
    TooDeep,
}

/// A type, and the name under which reports show it.
#[derive(Clone, Debug)]
pub(crate) struct NamedType {
    pub(crate) info: Arc<TypeInfo>,
    pub(crate) shown: String,
}

impl Coverage {
    /// Returns the coverage of a snapshot. O(objects + places).
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        Self::among(snapshot, &|_| true, &|_| true).with_left_out(snapshot, &|_| true)
    }

    /// Returns the coverage of the selected objects, and of all that were left out by choice, since
    /// nothing says which of those would be selected. O(objects + places).
    pub fn of_nodes(snapshot: &Snapshot, is_selected: impl Fn(NodeId) -> bool) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        Self::among(snapshot, &is_selected, &|_| true).with_left_out(snapshot, &|_| true)
    }

    /// Returns the coverage for an answer about references. Opaque values of plain std types do not
    /// count: they may grow, but hold no reference.
    pub(crate) fn of_references(snapshot: &Snapshot) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let coverage = Self::references_among(snapshot, &|_| true);
        coverage.with_left_out(snapshot, &may_refer)
    }

    /// Like [`Coverage::of_references`], for some of the objects.
    pub(crate) fn of_references_of(snapshot: &Snapshot, nodes: &NodeSet) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        Self::references_among(snapshot, &|node| nodes.contains(node))
    }

    fn references_among(snapshot: &Snapshot, is_selected: &dyn Fn(NodeId) -> bool) -> Self {
        let types = snapshot.types().iter();
        let matters: Vec<bool> = types
            .map(|info| info.is_visited || !is_plain(&info.name))
            .collect();
        Self::among(snapshot, is_selected, &|of| matters[of])
    }

    /// Adds the types of which objects were left out by choice, and that matter.
    fn with_left_out(mut self, snapshot: &Snapshot, matters: &dyn Fn(&TypeInfo) -> bool) -> Self {
        if !crate::HAS_OBJECTS || snapshot.parts().left_out.is_empty() {
            return self;
        }
        let names = ShownNames::of(snapshot);
        let types = snapshot.parts().left_out.iter();
        let types = types.filter_map(|&of| snapshot.types().get(of as usize));
        let types: Vec<NamedType> = types
            .filter(|info| matters(info))
            .map(|info| NamedType {
                shown: names.get(&info.name).into_owned(),
                info: Arc::clone(info),
            })
            .collect();
        self.left_out = types.len();
        if !types.is_empty() {
            let count = types.len();
            let cause = GapCause::LeftOut(types);
            self.gaps.insert(0, Gap { cause, count });
        }
        self
    }

    /// Returns the coverage of the selected objects, in which only values of types that matter
    /// count as untraced.
    fn among(
        snapshot: &Snapshot,
        is_selected: &dyn Fn(NodeId) -> bool,
        matters: &dyn Fn(usize) -> bool,
    ) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut coverage = Self {
            is_enabled: snapshot.parts().enabled,
            ..Self::default()
        };
        let mut of_types = vec![0; snapshot.types().len()];
        let (mut other_thread, mut lent, mut panicked) = (0, 0, 0);
        for node in snapshot.nodes().filter(|node| is_selected(node.node_id())) {
            match node.state() {
                // What is being created or dropped at this moment has not leaked.
                State::InFlight => continue,
                State::Opaque if matters(node.type_index()) => {
                    of_types[node.type_index()] += 1;
                }
                State::OtherThread => other_thread += 1,
                State::Lent => lent += 1,
                State::Panicked => panicked += 1,
                _ => {
                    // A root is not an object.
                    coverage.traced += usize::from(node.root().is_none());
                    continue;
                }
            }
            coverage.untraced += 1;
        }
        let mut at_paths: HashMap<(PathId, usize, bool), (usize, BTreeSet<u32>)> = HashMap::new();
        let (mut busy, mut deep) = (0, 0);
        // Most answers need no name, and collecting them takes time for each type.
        let names = LazyCell::new(|| ShownNames::of(snapshot));
        let places = snapshot.places().iter();
        for place in places.filter(|place| place.kind.hides() && is_selected(place.node)) {
            let of = place.type_index as usize;
            if place.kind != PlaceKind::TooDeep && !matters(of) {
                continue;
            }
            match place.kind {
                PlaceKind::Busy => busy += 1,
                PlaceKind::TooDeep => deep += 1,
                _ => {
                    let is_left_out = place.kind == PlaceKind::LeftOut;
                    let at = (place.path, of, is_left_out);
                    let (count, concrete) = at_paths.entry(at).or_default();
                    *count += 1;
                    concrete.insert(place.concrete);
                }
            }
            coverage.values += 1;
        }
        let mut values: SortedMap<(usize, String, bool), (PathId, usize, BTreeSet<u32>)> =
            SortedMap::new();
        let mut at_paths: Vec<_> = at_paths.into_iter().collect();
        order::sort_by_key(&mut at_paths, |at_path| at_path.0);
        for ((path, of, is_left_out), (count, concrete)) in at_paths {
            let field = field(snapshot, path);
            let field = field.with_type(&names.get(&field.type_name));
            let first = || (path, 0, BTreeSet::new());
            let value = values.get_or_insert_with((of, field, is_left_out), first);
            value.1 += count;
            value.2.extend(concrete);
        }
        let named_type = |of: usize| {
            let info = snapshot.types().get(of)?;
            Some(NamedType {
                shown: names.get(&info.name).into_owned(),
                info: Arc::clone(info),
            })
        };
        let mut gaps: Vec<Gap> = of_types
            .into_iter()
            .enumerate()
            .filter(|&(_, count)| count > 0)
            .filter_map(|(of, count)| {
                let cause = GapCause::Objects {
                    concrete: concrete_of_type(snapshot, is_selected, (of, count)),
                    remedies: remedies_for_type(snapshot, of),
                    of: named_type(of)?,
                };
                Some(Gap { cause, count })
            })
            .collect();
        order::sort_by_key(&mut gaps, |gap| Reverse(gap.count));
        let mut gaps_of_values: Vec<Gap> = values
            .into_rows()
            .into_iter()
            .filter_map(|((of, field, is_left_out), (path, count, concrete))| {
                let kind = match is_left_out {
                    true => PlaceKind::LeftOut,
                    false => PlaceKind::Opaque,
                };
                let cause = GapCause::Values {
                    concrete: ConcreteValues::of(snapshot, &concrete),
                    remedies: remedies_at(snapshot, path, of, kind),
                    of: named_type(of)?,
                    field,
                };
                Some(Gap { cause, count })
            })
            .collect();
        order::sort_by_key(&mut gaps_of_values, |gap| Reverse(gap.count));
        gaps.append(&mut gaps_of_values);
        let rest = [
            (GapCause::OtherThread, other_thread),
            (GapCause::Busy, busy),
            (GapCause::TooDeep, deep),
            (GapCause::Lent, lent),
            (GapCause::Panicked, panicked),
        ];
        gaps.extend(
            rest.into_iter()
                .filter(|&(_, count)| count > 0)
                .map(|(cause, count)| Gap { cause, count }),
        );
        coverage.gaps = gaps;
        coverage
    }

    /// Returns whether tracking was on. If it was off, nothing is known.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Returns the number of objects that were traced.
    #[must_use]
    pub fn traced(&self) -> usize {
        self.traced
    }

    /// Returns the number of objects that were not traced.
    #[must_use]
    pub fn untraced(&self) -> usize {
        self.untraced
    }

    /// Returns the number of values in traced objects that were not traced.
    #[must_use]
    pub fn untraced_values(&self) -> usize {
        self.values
    }

    /// Returns the number of types of which objects were left out by choice, and that could change the
    /// answer; see [`objgraph_core::tracking`].
    ///
    /// ```
    /// # use objgraph_analysis::analysis::Coverage;
    /// let coverage = Coverage::of(&objgraph_core::snapshot());
    /// assert_eq!(coverage.left_out_types(), objgraph_core::tracking::left_out().len());
    /// ```
    #[must_use]
    pub fn left_out_types(&self) -> usize {
        self.left_out
    }

    /// Returns whether everything that could change the answer was traced.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.untraced + self.values + self.left_out == 0
    }

    pub(crate) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

/// Returns whether objects of a type that were left out may hold references.
pub(crate) fn may_refer(info: &TypeInfo) -> bool {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    info.needs_drop && (info.is_visited || !is_plain(&info.name))
}

/// Returns the concrete types of the selected opaque objects of a type, which are this number.
fn concrete_of_type(
    snapshot: &Snapshot,
    is_selected: &dyn Fn(NodeId) -> bool,
    (of, count): (usize, usize),
) -> ConcreteValues {
    let nodes = snapshot.parts().concrete_nodes.iter();
    let of_type = nodes.filter(|&&(node, _)| {
        let is_opaque = snapshot.node(node).state() == State::Opaque;
        is_opaque && is_selected(node) && snapshot.node(node).type_index() == of
    });
    let of_type: Vec<u32> = of_type.map(|row| row.1).collect();
    let unknown = (of_type.len() < count).then_some(NodeRow::UNKNOWN);
    ConcreteValues::of(snapshot, &of_type.into_iter().chain(unknown).collect())
}

impl WhatIf {
    /// Returns what was not traced and may be freed or lost as well. O(objects + places).
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let snapshot = self.snapshot();
        let Change::Dropped { node, .. } = self.change() else {
            return Coverage::of_references(snapshot);
        };
        let freed = self.freed().map(|object| object.node_id());
        let freed = NodeSet::of(snapshot.len(), freed.chain([*node]));
        Coverage::of_references_of(snapshot, &freed)
    }
}
