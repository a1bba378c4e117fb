//! Finds kinds that a reader could not distinguish: the same fixes free them, and the same fields close
//! their shortest rings.
//!
//! All of the smallest fixes decide, not only the likeliest; and rings of fields, not the rings of
//! objects that a report shows. What a report shows first depends on the order of births.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use objgraph_core::Snapshot;

use super::fingerprint::{CycleEdge, Fingerprint};
use super::{Groups, LeakKind};
use crate::analysis::fields::{FieldPath, Fields};
use crate::analysis::rows;

/// Maps the fingerprints of kinds that are alike to the least of them, which represents them all.
/// O(nodes + edges of the kinds that have a fix in common), and for each of their types the fields.
pub(super) fn alike(
    snapshot: &Snapshot,
    groups: &Groups,
    fields: &Fields,
    kinds: &[LeakKind],
) -> HashMap<Fingerprint, Fingerprint> {
    let mut by_fixes: BTreeMap<BTreeSet<&[FieldPath]>, Vec<&LeakKind>> = BTreeMap::new();
    for kind in kinds {
        let free = kind.fixes.iter().filter(|fix| fix.lost.is_empty());
        let fixes: BTreeSet<_> = free.map(|fix| fix.fields.as_slice()).collect();
        if !fixes.is_empty() {
            by_fixes.entry(fixes).or_default().push(kind);
        }
    }
    let mut representatives = HashMap::new();
    for (fixes, kinds) in by_fixes.into_iter().filter(|of| of.1.len() > 1) {
        let mut by_rings: BTreeMap<Vec<Option<Vec<u32>>>, Vec<Fingerprint>> = BTreeMap::new();
        for kind in kinds {
            let edges = edges_on_cycles(snapshot, groups, fields, kind);
            let ring = |field| shortest_ring(&edges, fields.find(field)?);
            let rings = fixes.iter().copied().flatten().map(ring).collect();
            by_rings.entry(rings).or_default().push(kind.fingerprint);
        }
        for mut alike in by_rings.into_values() {
            alike.sort_unstable();
            let least = alike[0];
            representatives.extend(alike.into_iter().skip(1).map(|other| (other, least)));
        }
    }
    representatives
}

/// Returns the references on all cycles of a kind, by their types and fields.
fn edges_on_cycles(
    snapshot: &Snapshot,
    groups: &Groups,
    fields: &Fields,
    kind: &LeakKind,
) -> BTreeSet<CycleEdge> {
    let type_of = |node: objgraph_core::NodeId| snapshot.parts().nodes[node.index()].type_index;
    let mut edges = BTreeSet::new();
    for &node in kind.groups.iter().flat_map(|group| &group.objects) {
        let component = groups.components.of(node);
        for edge in rows(snapshot, node).iter().filter(|edge| edge.strong) {
            if groups.components.of(edge.target) == component {
                let field = fields.pointer(snapshot, edge);
                edges.insert((type_of(node), field, type_of(edge.target)));
            }
        }
    }
    edges
}

/// Returns the fields of the shortest ring through a field; of several, the first in the order of
/// their names. `None` if the field is on no ring.
fn shortest_ring(edges: &BTreeSet<CycleEdge>, field: u32) -> Option<Vec<u32>> {
    let closing = edges.iter().filter(|edge| edge.1 == field);
    let rings = closing.filter_map(|&(from, _, to)| shortest_path(edges, to, from));
    let path = rings.min_by(|a, b| (a.len(), a).cmp(&(b.len(), b)))?;
    Some([vec![field], path].concat())
}

/// Returns the fields of the shortest path from one type to another; of several, the first in the
/// order of their names.
fn shortest_path(edges: &BTreeSet<CycleEdge>, from: u32, to: u32) -> Option<Vec<u32>> {
    // The first shortest path to each type, length by length.
    let mut reached: BTreeMap<u32, Vec<u32>> = BTreeMap::from([(from, Vec::new())]);
    let mut last = vec![from];
    while !last.is_empty() && !reached.contains_key(&to) {
        let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for source in last {
            for &(_, field, target) in edges.range((source, 0, 0)..=(source, u32::MAX, u32::MAX)) {
                if reached.contains_key(&target) {
                    continue;
                }
                let path = [reached[&source].as_slice(), &[field]].concat();
                let best = next.entry(target).or_insert_with(|| path.clone());
                if path < *best {
                    *best = path;
                }
            }
        }
        last = next.keys().copied().collect();
        reached.extend(next);
    }
    reached.remove(&to)
}
