//! Finds kinds that are one mistake: one of the smallest fixes of each is the same, and the same fields
//! close the shortest ring through it.
//!
//! All smallest fixes count, not only the likeliest; and rings of fields, not the rings of objects that
//! a report shows. What a report shows first depends on the order of births.

use std::collections::{HashMap, HashSet};

use objgraph_core::Snapshot;

use super::fingerprint::{CycleEdge, Fingerprint};
use super::{Groups, LeakKind};
use crate::analysis::fields::{FieldPath, Fields};
use crate::analysis::rows;
use crate::order::{self, SortedMap};

/// Maps the fingerprints of kinds that are alike to the least of them, which represents them all.
/// O(nodes + edges of the kinds that have a fix in common), and for each of their types the fields.
pub(super) fn alike(
    snapshot: &Snapshot,
    groups: &Groups,
    fields: &Fields,
    kinds: &[LeakKind],
) -> HashMap<Fingerprint, Fingerprint> {
    let mut by_fix: SortedMap<&[FieldPath], Vec<&LeakKind>> = SortedMap::new();
    for kind in kinds {
        for fix in kind.fixes.iter().filter(|fix| fix.lost.is_empty()) {
            by_fix.get_or_default(&fix.fields).push(kind);
        }
    }
    let mut classes = Classes::default();
    for (fix, kinds) in by_fix.into_rows() {
        if kinds.len() < 2 {
            continue;
        }
        let mut by_rings: SortedMap<Vec<Option<Vec<u32>>>, Fingerprint> = SortedMap::new();
        for kind in kinds {
            let edges = edges_on_cycles(snapshot, groups, fields, kind);
            let ring = |field| shortest_ring(&edges, fields.find(field)?);
            let rings = fix.iter().map(ring).collect();
            let first = *by_rings.get_or_insert_with(rings, || kind.fingerprint);
            classes.unite(first, kind.fingerprint);
        }
    }
    classes.into_least()
}

/// Classes of fingerprints: each leads to a lesser one of its class, and the least to none.
#[derive(Default)]
struct Classes(HashMap<Fingerprint, Fingerprint>);

impl Classes {
    fn least(&self, mut of: Fingerprint) -> Fingerprint {
        while let Some(&lesser) = self.0.get(&of) {
            of = lesser;
        }
        of
    }

    fn unite(&mut self, one: Fingerprint, other: Fingerprint) {
        let (one, other) = (self.least(one), self.least(other));
        if one != other {
            self.0.insert(one.max(other), one.min(other));
        }
    }

    /// Maps each fingerprint that is not the least of its class to the least.
    fn into_least(self) -> HashMap<Fingerprint, Fingerprint> {
        self.0.keys().map(|&of| (of, self.least(of))).collect()
    }
}

/// Returns the references on all cycles of a kind, by their types and fields, sorted.
fn edges_on_cycles(
    snapshot: &Snapshot,
    groups: &Groups,
    fields: &Fields,
    kind: &LeakKind,
) -> Vec<CycleEdge> {
    let type_of = |node: objgraph_core::NodeId| snapshot.parts().nodes[node.index()].type_index;
    let mut edges = HashSet::new();
    let mut last = None;
    for &node in kind.groups.iter().flat_map(|group| &group.objects) {
        let component = groups.components.of(node);
        for edge in rows(snapshot, node) {
            if !edge.strong || groups.components.of(edge.target) != component {
                continue;
            }
            let field = fields.pointer(snapshot, edge);
            let found = (type_of(node), field, type_of(edge.target));
            // The elements of a container are often of one type, and a hash is slow.
            if last != Some(found) {
                edges.insert(found);
                last = Some(found);
            }
        }
    }
    order::distinct(edges)
}

/// Returns the fields of the shortest ring through a field; of several, the first in the order of
/// their names. `None` if the field is on no ring.
fn shortest_ring(edges: &[CycleEdge], field: u32) -> Option<Vec<u32>> {
    let closing = edges.iter().filter(|edge| edge.1 == field);
    let rings = closing.filter_map(|&(from, _, to)| shortest_path(edges, to, from));
    let path = rings.min_by(|a, b| (a.len(), a).cmp(&(b.len(), b)))?;
    Some([vec![field], path].concat())
}

/// Returns the fields of the shortest path from one type to another; of several, the first in the
/// order of their names.
fn shortest_path(edges: &[CycleEdge], from: u32, to: u32) -> Option<Vec<u32>> {
    // The first shortest path to each type, length by length.
    let mut reached: SortedMap<u32, Vec<u32>> = SortedMap::new();
    reached.get_or_default(from);
    let mut last = vec![from];
    while !last.is_empty() && reached.get(&to).is_none() {
        let mut next: SortedMap<u32, Vec<u32>> = SortedMap::new();
        for source in last {
            let Some(path_to_source) = reached.get(&source) else {
                continue;
            };
            let first = edges.partition_point(|edge| edge.0 < source);
            let own = edges[first..].iter().take_while(|edge| edge.0 == source);
            for &(_, field, target) in own {
                if reached.get(&target).is_some() {
                    continue;
                }
                let path = [path_to_source.as_slice(), &[field]].concat();
                let best = next.get_or_insert_with(target, || path.clone());
                if path < *best {
                    *best = path;
                }
            }
        }
        last = next.iter().map(|row| row.0).collect();
        for (target, path) in next.into_rows() {
            *reached.get_or_default(target) = path;
        }
    }
    reached.get(&to).cloned()
}
