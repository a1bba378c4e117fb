//! Kinds of leaks: leaked objects in groups, and groups with the same fingerprint together.

mod alike;
mod closing_fields;
mod fingerprint;
mod fixes;
mod groups;
#[cfg(test)]
mod tests;

pub use fingerprint::{Fingerprint, ParseFingerprintError};
pub use fixes::Fix;

use std::cmp::Reverse;
use std::collections::HashMap;

use objgraph_core::{NodeId, Snapshot};

use super::fields::Fields;
use super::rings::{Reference, Rings};
use super::simulation::Simulation;
use super::{NodeSet, bytes_of, reach, rows};
use crate::order;
use closing_fields::ClosingFields;
use groups::{Groups, SHARED};

/// The kinds of leaks among the leaked objects of a snapshot, those that retain the most bytes
/// first.
#[derive(Debug, Default)]
pub struct LeakKinds {
    kinds: Vec<LeakKind>,
    /// The kind of each leaked object, in the order of the leaked objects.
    of: Vec<u32>,
    shared: usize,
    shared_bytes: u64,
}

/// Leaks of one kind: groups of objects, each kept alive by its own cycle, whose cycles have the
/// same [`Fingerprint`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LeakKind {
    /// The fingerprint of the kind.
    pub fingerprint: Fingerprint,
    also: Vec<Fingerprint>,
    /// The groups, in the order of the snapshot.
    pub groups: Vec<LeakGroup>,
    /// Number of objects in all groups, including objects that only groups of this kind share.
    pub objects: usize,
    /// Number of objects that are part of a cycle; the others hang on one.
    pub on_cycles: usize,
    /// Retained size in bytes: what would be freed with the cycles.
    pub retained: u64,
    /// Size in bytes of the objects on the cycles alone.
    pub shallow: u64,
    /// One ring through the cycle of the first group, and one more for each further field that has
    /// to change.
    pub rings: Vec<Vec<Reference>>,
    /// Sets of fields to make `Weak`, proven on the snapshot: first the smallest that free no
    /// object in use, the likeliest first, then the others. Present for the first
    /// [`LeakKinds::MAX_WITH_FIXES`] kinds.
    pub fixes: Vec<Fix>,
}

/// Objects that one cycle alone keeps alive.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LeakGroup {
    /// The objects of the cycle and those that hang on it, sorted.
    pub objects: Vec<NodeId>,
    /// The objects of the cycle, sorted.
    pub cycle: Vec<NodeId>,
    /// Retained size in bytes, including the heap memory that the values own.
    pub retained: u64,
}

const NO_KIND: u32 = u32::MAX;

impl LeakKinds {
    /// Maximum number of kinds for which fixes are searched, those that retain the most.
    pub const MAX_WITH_FIXES: usize = 16;

    /// Maximum number of kinds that a report describes, those that retain the most.
    pub const MAX_REPORTED: usize = 6;

    /// Maximum number of kinds that a report describes in full, with examples.
    pub const MAX_IN_FULL: usize = 3;

    /// Finds the kinds of these leaked objects, which are sorted.
    ///
    /// O(nodes + edges) time and memory, and the search for fixes the same for each kind and each
    /// set of fields that it tries.
    #[must_use]
    pub fn among(snapshot: &Snapshot, leaked: &[NodeId]) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        if leaked.is_empty() {
            return Self::default();
        }
        let fields = Fields::of(snapshot);
        let groups = Groups::of(snapshot, leaked);
        let by_root = fingerprints_of_roots(snapshot, &fields, &groups);
        let kinds = Self::of_roots(snapshot, leaked, &groups, &by_root, &HashMap::new());
        let kinds = kinds.explained(snapshot, leaked, &fields, &groups);
        let alike = alike::alike(snapshot, &groups, &fields, &kinds.kinds);
        if alike.is_empty() {
            return kinds;
        }
        let kinds = Self::of_roots(snapshot, leaked, &groups, &by_root, &alike);
        kinds.explained(snapshot, leaked, &fields, &groups)
    }

    /// Finds the kinds of the likely leaked objects in the snapshot in which inferred references
    /// own. Both lists are sorted. Objects that leaked objects hold as well belong to no kind: they
    /// are freed only with these.
    pub(super) fn among_likely(snapshot: &Snapshot, leaked: &[NodeId], likely: &[NodeId]) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let below = reach(snapshot, leaked.iter().copied());
        let (below, own): (Vec<NodeId>, Vec<NodeId>) =
            likely.iter().partition(|&&node| below.contains(node));
        let mut kinds = Self::among(snapshot, &own);
        let mut of_own = kinds.of.iter().copied();
        let of = likely.iter().map(|node| match below.binary_search(node) {
            Ok(_) => NO_KIND,
            Err(_) => of_own.next().unwrap_or(NO_KIND),
        });
        kinds.of = of.collect();
        kinds.shared += below.len();
        kinds.shared_bytes += below
            .iter()
            .map(|&node| bytes_of(snapshot, node))
            .sum::<u64>();
        kinds
    }

    /// Builds the kinds from the fingerprint of each root cycle; `alike` maps a fingerprint to the
    /// one that represents the same kind.
    fn of_roots(
        snapshot: &Snapshot,
        leaked: &[NodeId],
        groups: &Groups,
        by_root: &[Fingerprint],
        alike: &HashMap<Fingerprint, Fingerprint>,
    ) -> Self {
        let mut kinds: Vec<LeakKind> = Vec::new();
        let mut by_fingerprint: HashMap<Fingerprint, u32> = HashMap::new();
        let mut kind_of_root = Vec::with_capacity(by_root.len());
        for &own in by_root {
            let fingerprint = alike.get(&own).copied().unwrap_or(own);
            let number = *by_fingerprint.entry(fingerprint).or_insert_with(|| {
                kinds.push(LeakKind::new(fingerprint));
                kinds.len() as u32 - 1
            });
            kind_of_root.push(number);
        }
        for (&own, &fingerprint) in alike {
            if let Some(&number) = by_fingerprint.get(&fingerprint) {
                kinds[number as usize].also.push(own);
            }
        }
        for kind in &mut kinds {
            order::sort(&mut kind.also);
        }
        let by_group = groups.spread(|root| root as u32);
        let by_kind = groups.spread(|root| kind_of_root[root]);

        // The index of each root's group among the groups of its kind.
        let mut group_index = vec![0u32; groups.roots.len()];
        for (root, &kind) in kind_of_root.iter().enumerate() {
            let kind = &mut kinds[kind as usize];
            group_index[root] = kind.groups.len() as u32;
            let cycle = groups.components.members(groups.roots[root]).to_vec();
            kind.groups.push(LeakGroup {
                objects: Vec::new(),
                cycle,
                retained: 0,
            });
        }
        let mut all = Self::default();
        let mut of = Vec::with_capacity(leaked.len());
        for &node in leaked {
            let Some(component) = groups.components.of(node) else {
                of.push(NO_KIND);
                continue;
            };
            let bytes = bytes_of(snapshot, node);
            let kind = by_kind[component];
            if kind == SHARED {
                all.shared += 1;
                all.shared_bytes += bytes;
                of.push(NO_KIND);
                continue;
            }
            of.push(kind);
            let kind = &mut kinds[kind as usize];
            kind.objects += 1;
            kind.retained += bytes;
            if groups.is_cyclic(component) {
                kind.on_cycles += 1;
                kind.shallow += bytes;
            }
            if by_group[component] != SHARED {
                let group = &mut kind.groups[group_index[by_group[component] as usize] as usize];
                group.objects.push(node);
                group.retained += bytes;
            }
        }
        let mut ranked: Vec<usize> = (0..kinds.len()).collect();
        order::sort_by_key(&mut ranked, |&at| {
            let kind = &kinds[at];
            (
                Reverse(kind.retained),
                Reverse(kind.objects),
                first_type(snapshot, kind),
                kind.fingerprint,
            )
        });
        let mut rank = vec![0u32; kinds.len()];
        for (at, &kind) in ranked.iter().enumerate() {
            rank[kind] = at as u32;
        }
        for kind in of.iter_mut().filter(|kind| **kind != NO_KIND) {
            *kind = rank[*kind as usize];
        }
        let mut kinds: Vec<Option<LeakKind>> = kinds.into_iter().map(Some).collect();
        all.kinds = ranked
            .iter()
            .filter_map(|&kind| kinds[kind].take())
            .collect();
        all.of = of;
        all
    }

    /// Returns the kinds, those that retain the most bytes first.
    #[must_use]
    pub fn all(&self) -> &[LeakKind] {
        &self.kinds
    }

    /// Returns the number of leaked objects that belong to no kind, because cycles of several kinds
    /// hold them.
    #[must_use]
    pub fn shared(&self) -> usize {
        self.shared
    }

    /// Returns the size in bytes of the objects that belong to no kind.
    #[must_use]
    pub fn shared_bytes(&self) -> u64 {
        self.shared_bytes
    }

    /// Returns the number of groups of all kinds.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.kinds.iter().map(|kind| kind.groups.len()).sum()
    }

    /// Returns the kind of each leaked object, in the order of the leaked objects: an index into
    /// [`LeakKinds::all`], or `None` if it belongs to no kind.
    pub fn kind_of_each(&self) -> impl ExactSizeIterator<Item = Option<usize>> + Clone {
        self.of
            .iter()
            .map(|&kind| (kind != NO_KIND).then_some(kind as usize))
    }

    /// Adds fixes and rings.
    fn explained(
        mut self,
        snapshot: &Snapshot,
        leaked: &[NodeId],
        fields: &Fields,
        groups: &Groups,
    ) -> Self {
        let all = NodeSet::of(snapshot.len(), leaked.iter().copied());
        let bytes = |node| bytes_of(snapshot, node);
        let nodes = snapshot.parts().nodes.iter();
        let epochs: Vec<u32> = nodes.map(|node| node.epoch).collect();
        let base = Simulation::new(snapshot);
        for (number, kind) in self.kinds.iter_mut().enumerate().take(Self::MAX_WITH_FIXES) {
            let objects = leaked
                .iter()
                .zip(&self.of)
                .filter(|&(_, &of)| of as usize == number)
                .map(|(&node, _)| node);
            let first = kind.groups[0].objects.iter().copied();
            kind.fixes = fixes::fixes(&fixes::LeakedKind {
                snapshot,
                fields,
                objects: &NodeSet::of(snapshot.len(), objects),
                first: &NodeSet::of(snapshot.len(), first),
                leaked: &all,
                epochs: &epochs,
                bytes_of: &bytes,
                base: &base,
            });
        }
        let mut rings = Rings::new(snapshot, &groups.components);
        for kind in &mut self.kinds {
            let wanted: Vec<Option<u32>> = match kind.fixes.first() {
                Some(fix) => fix.fields.iter().map(|field| fields.find(field)).collect(),
                None => vec![None],
            };
            for field in wanted {
                let edge = closing_edge(snapshot, groups, fields, &kind.groups[0], field);
                if let Some((source, edge)) = edge {
                    kind.rings.push(rings.through(source, edge));
                }
            }
        }
        self
    }
}

impl LeakKind {
    fn new(fingerprint: Fingerprint) -> Self {
        Self {
            fingerprint,
            also: Vec::new(),
            groups: Vec::new(),
            objects: 0,
            on_cycles: 0,
            retained: 0,
            shallow: 0,
            rings: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Returns the objects that represent the kind in a report: the first of its first ring, at most
    /// three.
    pub fn examples(&self) -> impl Iterator<Item = NodeId> + '_ {
        let steps = self.rings.first().into_iter().flatten();
        steps.take(3).map(|step| step.node)
    }

    /// Returns the fingerprints that this kind may have: its own first, then those of leaks with
    /// the same cycle and fix that are part of it here, and would be a kind of their own if they
    /// had leaked alone.
    pub fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> + '_ {
        [self.fingerprint]
            .into_iter()
            .chain(self.also.iter().copied())
    }
}

/// Returns the first by name of the types on the cycle.
fn first_type(snapshot: &Snapshot, kind: &LeakKind) -> Option<u32> {
    let nodes = kind.groups.first()?.cycle.iter();
    let types = nodes.map(|node| snapshot.parts().nodes[node.index()].type_index);
    types.min()
}

/// Returns the first reference of a group that closes a cycle: one in this field or, without a
/// field, one to an object born earlier.
fn closing_edge(
    snapshot: &Snapshot,
    groups: &Groups,
    fields: &Fields,
    group: &LeakGroup,
    field: Option<u32>,
) -> Option<(NodeId, usize)> {
    let nodes = &snapshot.parts().nodes;
    let birth = |node: NodeId| (nodes[node.index()].epoch, node);
    group
        .cycle
        .iter()
        .chain(&group.objects)
        .find_map(|&source| {
            let component = groups.components.of(source);
            let at = rows(snapshot, source).iter().position(|edge| {
                edge.strong
                    && groups.components.of(edge.target) == component
                    && match field {
                        Some(field) => fields.pointer(snapshot, edge) == field,
                        None => birth(edge.target) <= birth(source),
                    }
            })?;
            Some((
                source,
                snapshot.parts().edge_starts[source.index()] as usize + at,
            ))
        })
}

/// Returns the fingerprint of each root cycle.
fn fingerprints_of_roots(
    snapshot: &Snapshot,
    fields: &Fields,
    groups: &Groups,
) -> Vec<Fingerprint> {
    let mut closing = ClosingFields::new(snapshot, &groups.components, fields);
    let mut by_cycle_edges: HashMap<Vec<fingerprint::CycleEdge>, (Fingerprint, Vec<u32>)> =
        HashMap::new();
    let mut by_fields: HashMap<Vec<u32>, Fingerprint> = HashMap::new();
    let fingerprints = groups.roots.iter().map(|&root| {
        let cycle_edges = fingerprint::cycle_edges(snapshot, &groups.components, root, fields);
        let (fingerprint, held_by) =
            by_cycle_edges
                .entry(cycle_edges)
                .or_insert_with_key(|cycle_edges| {
                    let held_by = order::distinct(cycle_edges.iter().map(|edge| edge.1));
                    let fingerprint = fingerprint::of_cycle_edges(snapshot, fields, cycle_edges);
                    (fingerprint, held_by)
                });
        match closing.of(root, held_by) {
            Some(closing) => *by_fields
                .entry(closing)
                .or_insert_with_key(|closing| fingerprint::of_fields(fields, closing)),
            None => *fingerprint,
        }
    });
    fingerprints.collect()
}
