//! The cycles that keep objects alive, and the fields that close them.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::order;
use objgraph_core::{EdgeRow, NodeId, PathId, Segment, Snapshot};

use super::fields::{Fields, is_back_name};
use super::rings::{Reference, Rings};
use super::{Components, NodeSet, rows, strong_components_within};

/// The cycles among some objects, with one example of each kind.
///
/// Objects that keep each other alive form a strongly connected component, which may contain a vast
/// number of cycles. For each component, one short cycle is listed for each closing field, up to
/// [`Cycles::MAX_EXAMPLES`].
#[derive(Clone, Debug, Default)]
pub struct Cycles {
    kinds: Vec<CycleKind>,
    groups: usize,
    objects: usize,
}

/// A kind of cycle: the same sequence of fields, in objects created at the same sites.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CycleKind {
    /// The first cycle of this kind. Each reference leads to the object of the next, and the last
    /// leads to the first.
    pub ring: Vec<Reference>,
    /// Number of components that have a cycle of this kind.
    pub count: usize,
    /// Number of objects in these components.
    pub objects: usize,
    /// The fields that close the cycle, in the order of the ring, without repetition.
    pub closing: Vec<ClosingField>,
}

/// A field that closes a cycle: the one to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClosingField {
    /// The path of the field.
    pub path: PathId,
    /// Whether the field is marked `#[tracked(back)]`, which leaves no doubt.
    pub is_marked: bool,
}

impl Cycles {
    /// Maximum number of cycles that are listed for each component.
    pub const MAX_EXAMPLES: usize = 4;

    /// Finds the cycles of strong references among these nodes, which are sorted.
    ///
    /// O(nodes of the snapshot + edges of the given nodes).
    #[must_use]
    pub fn among(snapshot: &Snapshot, nodes: &[NodeId]) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        if nodes.is_empty() {
            return Self::default();
        }
        let within = NodeSet::of(snapshot.len(), nodes.iter().copied());
        let components = strong_components_within(snapshot, &within);
        ClosingEdgeSearch::new(snapshot, &components).run()
    }

    /// Returns the kinds of cycles: those with the most objects first, then in the order of the
    /// snapshot.
    #[must_use]
    pub fn kinds(&self) -> &[CycleKind] {
        &self.kinds
    }

    /// Returns the number of components that have a cycle.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Returns the number of objects in these components, without what hangs on them.
    #[must_use]
    pub fn objects(&self) -> usize {
        self.objects
    }
}

/// Evidence that a reference is the one that should not own; the strongest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum BackEvidence {
    /// The reference points to an object born later.
    No,
    /// The reference points to an object born earlier, or to its own holder.
    Born,
    /// The name of the field says that it points back.
    Named,
    /// The field is marked `#[tracked(back)]`.
    Marked,
}

struct ClosingEdgeSearch<'s> {
    snapshot: &'s Snapshot,
    components: &'s Components,
    /// The evidence by path alone, computed on first use.
    by_path: Vec<Option<BackEvidence>>,
    rings: Rings<'s>,
    fields: Fields,
}

impl<'s> ClosingEdgeSearch<'s> {
    fn new(snapshot: &'s Snapshot, components: &'s Components) -> Self {
        Self {
            snapshot,
            components,
            by_path: Vec::new(),
            rings: Rings::new(snapshot, components),
            fields: Fields::of(snapshot),
        }
    }

    fn run(mut self) -> Cycles {
        let mut cycles = Cycles::default();
        let mut kind_of: HashMap<Vec<(u32, u32)>, usize> = HashMap::new();
        for component in 0..self.components.count() {
            let closing = self.closing_edges(component);
            if closing.is_empty() {
                continue;
            }
            let objects = self.components.members(component).len();
            cycles.groups += 1;
            cycles.objects += objects;
            let mut listed: Vec<usize> = Vec::new();
            for (source, edge) in closing {
                let ring = self.rings.through(source, edge);
                match kind_of.get(&self.key(&ring)) {
                    Some(&kind) if listed.contains(&kind) => {}
                    Some(&kind) => {
                        cycles.kinds[kind].count += 1;
                        cycles.kinds[kind].objects += objects;
                        listed.push(kind);
                    }
                    None => {
                        kind_of.insert(self.key(&ring), cycles.kinds.len());
                        listed.push(cycles.kinds.len());
                        let closing = self.closing_fields(&ring);
                        cycles.kinds.push(CycleKind {
                            ring,
                            count: 1,
                            objects,
                            closing,
                        });
                    }
                }
            }
        }
        order::sort_by_key(&mut cycles.kinds, |cycle| std::cmp::Reverse(cycle.objects));
        cycles
    }

    /// Returns the first reference of each field of the component that points back, for the fields
    /// with the strongest evidence; empty if there is no cycle.
    fn closing_edges(&mut self, component: usize) -> Vec<(NodeId, usize)> {
        let components = self.components;
        let mut best = BackEvidence::No;
        let mut found: Vec<(NodeId, usize)> = Vec::new();
        let mut fields: Vec<u32> = Vec::new();
        for &source in components.members(component) {
            let first = self.snapshot.parts().edge_starts[source.index()] as usize;
            for (number, edge) in rows(self.snapshot, source).iter().enumerate() {
                if !edge.strong || components.of(edge.target) != Some(component) {
                    continue;
                }
                let back = self.back(source, edge);
                if back == BackEvidence::No || back < best {
                    continue;
                }
                if back > best {
                    best = back;
                    found.clear();
                    fields.clear();
                }
                let field = self.fields.number(edge.path);
                if found.len() < Cycles::MAX_EXAMPLES && !fields.contains(&field) {
                    found.push((source, first + number));
                    fields.push(field);
                }
            }
        }
        found
    }

    /// Returns what cycles of one kind have in common: fields and creation sites, rotated so that
    /// the key does not depend on the first object.
    fn key(&self, ring: &[Reference]) -> Vec<(u32, u32)> {
        let nodes = &self.snapshot.parts().nodes;
        let mut key: Vec<(u32, u32)> = ring
            .iter()
            .map(|step| {
                let field = self.fields.number(step.path);
                (field, nodes[step.node.index()].site)
            })
            .collect();
        let start = least_rotation(&key);
        key.rotate_left(start);
        key
    }

    /// Returns the fields of the ring with the strongest evidence.
    fn closing_fields(&mut self, ring: &[Reference]) -> Vec<ClosingField> {
        let backs: Vec<BackEvidence> = ring
            .iter()
            .map(|step| self.back(step.node, &self.snapshot.parts().edges[step.edge]))
            .collect();
        let best = backs.iter().copied().max().unwrap_or(BackEvidence::No);
        let mut fields: Vec<ClosingField> = Vec::new();
        for (step, _) in ring.iter().zip(&backs).filter(|(_, back)| **back == best) {
            let number = |path| self.fields.number(path);
            let is_new = |field: &ClosingField| number(field.path) != number(step.path);
            if fields.len() < Cycles::MAX_EXAMPLES && fields.iter().all(is_new) {
                fields.push(ClosingField {
                    path: step.path,
                    is_marked: best == BackEvidence::Marked,
                });
            }
        }
        fields
    }

    fn back(&mut self, source: NodeId, edge: &EdgeRow) -> BackEvidence {
        let by_path = self.back_by_path(edge.path);
        if by_path != BackEvidence::No {
            return by_path;
        }
        let nodes = &self.snapshot.parts().nodes;
        let birth = |node: NodeId| (nodes[node.index()].epoch, node);
        if birth(edge.target) <= birth(source) {
            BackEvidence::Born
        } else {
            BackEvidence::No
        }
    }

    fn back_by_path(&mut self, path: PathId) -> BackEvidence {
        if self.by_path.len() <= path.index() {
            self.by_path.resize(path.index() + 1, None);
        }
        let snapshot = self.snapshot;
        *self.by_path[path.index()].get_or_insert_with(|| {
            let paths = &snapshot.parts().paths;
            let mut named = BackEvidence::No;
            let mut next = Some(path);
            while let Some(path) = next {
                match paths.segment(path) {
                    Segment::BackField(_) => return BackEvidence::Marked,
                    Segment::Field(name) => {
                        let name = name.name().rsplit('.').next().unwrap_or_default();
                        if is_back_name(name) {
                            named = BackEvidence::Named;
                        }
                    }
                    _ => {}
                }
                next = paths.parent(path);
            }
            named
        })
    }
}

/// Returns the start of the least rotation, in linear time (Kellogg S. Booth, "Lexicographically
/// least circular substrings", 1980, in the form with two candidates).
fn least_rotation<T: Ord>(ring: &[T]) -> usize {
    let len = ring.len();
    let (mut one, mut other, mut matched) = (0, 1, 0);
    while one < len && other < len && matched < len {
        let (a, b) = (&ring[(one + matched) % len], &ring[(other + matched) % len]);
        match a.cmp(b) {
            std::cmp::Ordering::Equal => matched += 1,
            std::cmp::Ordering::Greater => {
                one += matched + 1;
                matched = 0;
            }
            std::cmp::Ordering::Less => {
                other += matched + 1;
                matched = 0;
            }
        }
        if one == other {
            other += 1;
        }
    }
    one.min(other)
}
