//! Finds sets of fields that free a kind of leak if they become `Weak`, and proves each.
//!
//! A set of fields frees the objects if every cycle among them runs through one of its fields: it
//! is a hitting set of all cycles, which are too many to list. Therefore a few cycles are
//! collected, and the smallest sets that hit these are tried; each set that fails yields one more
//! cycle (implicit hitting sets; Erick Moreno-Centeno and Richard M. Karp, "The Implicit Hitting
//! Set Approach to Solve Combinatorial Optimization Problems", 2013). There are few fields, however
//! many objects there are.
//!
//! Each candidate is then simulated on the snapshot: all references in these fields are dropped,
//! wherever the fields occur, in leaked and in living objects, and the counts are followed. A set
//! that frees objects in use is a fix too, but comes last and names them.

use std::cmp::Reverse;

use objgraph_core::{EdgeRow, NodeId, PointerKind, Snapshot};

use crate::analysis::fields::{FieldPath, Fields};
use crate::analysis::simulation::Simulation;
use crate::analysis::{NodeSet, rows};
use crate::order;

/// Fields that free every object of a kind of leak if they become `Weak`.
///
/// Simulated on the snapshot, for every reference that the fields hold in any object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// The fields, all of which have to change.
    pub fields: Vec<FieldPath>,
    /// Those of the fields whose references are inferred, sorted: a closure, a future or another
    /// opaque value there has to hold a `Weak`.
    pub inferred: Vec<FieldPath>,
    /// Number of leaked objects that would be freed: those of the kind, and others that the same
    /// fields hold.
    pub freed_objects: usize,
    /// Size of these objects in bytes.
    pub freed_bytes: u64,
    /// The objects of the kind that would have no owner any more, sorted. Unless something else
    /// holds them, they would be dropped while in use; with one of them held, everything that it
    /// reaches stays.
    pub orphans: Vec<NodeId>,
    /// The objects that have not leaked and would lose their last owner, sorted.
    pub lost: Vec<NodeId>,
    /// Whether most references in these fields point to objects born earlier than their holders, or
    /// to the holder itself: the direction of a reference back to an owner.
    pub points_back: bool,
    /// Number of orphans in the first group.
    heads: usize,
    /// Whether names say of every field that it points back.
    is_named_back: bool,
}

impl Fix {
    /// Returns whether all fields are marked `#[tracked(back)]`.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.fields.iter().all(|field| field.is_back)
    }

    /// Returns what to change: `make Node.parent Weak`, `capture a Weak in Window.on_close`. `name`
    /// returns the name of a field.
    pub fn change(&self, name: &dyn Fn(&FieldPath) -> String) -> String {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let names = |is_inferred: bool| {
            let fields = self.fields.iter();
            let fields = fields.filter(|field| self.inferred.contains(field) == is_inferred);
            fields.map(name).collect::<Vec<String>>().join(" and ")
        };
        match (names(false), names(true)) {
            (made, captured) if captured.is_empty() => format!("make {made} Weak"),
            (made, captured) if made.is_empty() => format!("capture a Weak in {captured}"),
            (made, captured) => format!("make {made} Weak, and capture a Weak in {captured}"),
        }
    }
}

/// Maximum number of fields in the sets that the search enumerates.
const MAX_FIELDS: usize = 4;
/// Maximum number of sets that are tried for a kind of leak; each costs a pass over its objects.
const MAX_TRIES: usize = 200;

/// A kind of leak, as the search sees it.
pub(super) struct LeakedKind<'t> {
    pub(super) snapshot: &'t Snapshot,
    pub(super) fields: &'t Fields,
    /// The objects of the kind.
    pub(super) objects: &'t NodeSet,
    /// The objects of the first group.
    pub(super) first: &'t NodeSet,
    /// All leaked objects.
    pub(super) leaked: &'t NodeSet,
    /// The epoch in which each node was born.
    pub(super) epochs: &'t [u32],
    /// Returns the size of a node in bytes.
    pub(super) bytes_of: &'t dyn Fn(NodeId) -> u64,
    /// The reference counts of the snapshot.
    pub(super) base: &'t Simulation<'t>,
}

/// Returns the smallest fixes, the likeliest first, and last those that free objects in use. If
/// more than [`MAX_FIELDS`] fields are needed, returns one fix that works. Empty if no change of
/// fields frees the objects.
pub(super) fn fixes(kind: &LeakedKind<'_>) -> Vec<Fix> {
    let mut search = FixSearch {
        kind,
        cycles: Vec::new(),
        refused: Vec::new(),
        costly: Vec::new(),
        tries: 0,
    };
    let mut found = Vec::new();
    for size in 1..=MAX_FIELDS {
        found = search.of_size(size);
        if !found.is_empty() || search.tries >= MAX_TRIES {
            break;
        }
    }
    if found.is_empty() && search.costly.is_empty() {
        found.extend(search.of_any_size());
    }
    let costly = ranked(search.costly);
    let mut fixes = ranked(found);
    fixes.extend(costly);
    fixes
}

fn ranked(mut fixes: Vec<Fix>) -> Vec<Fix> {
    order::sort_by_key(&mut fixes, |fix| {
        let marked = fix.fields.iter().filter(|field| field.is_back).count();
        (
            fix.lost.len(),
            Reverse(marked),
            // A closure that captures its owner is nearly always the mistake.
            fix.inferred.len() < fix.fields.len(),
            fix.heads > 1,
            Reverse(fix.is_named_back),
            Reverse(fix.points_back),
            fix.heads,
            fix.fields.clone(),
        )
    });
    fixes
}

struct FixSearch<'t> {
    kind: &'t LeakedKind<'t>,
    /// The fields of the cycles found so far, each list sorted.
    cycles: Vec<Vec<u32>>,
    /// Sets of fields that free objects in use, or not all of the kind, each sorted. A superset
    /// frees no fewer objects in use.
    refused: Vec<Vec<u32>>,
    /// The fixes that free objects in use.
    costly: Vec<Fix>,
    tries: usize,
}

impl FixSearch<'_> {
    fn of_size(&mut self, size: usize) -> Vec<Fix> {
        let mut found: Vec<(Vec<u32>, Fix)> = Vec::new();
        // Each round but the last learns a cycle, refuses a set or finds a fix.
        while self.tries < MAX_TRIES {
            let mut candidates = Vec::new();
            self.hitting_sets(&mut Vec::new(), size, &mut candidates);
            candidates.retain(|set| found.iter().all(|(known, _)| known != set));
            let Some(set) = candidates.into_iter().min() else {
                break;
            };
            self.tries += 1;
            if let Some(cycle) = self.cycle_avoiding(&set) {
                self.cycles.push(cycle);
            } else {
                match self.proven(&set) {
                    Some(fix) if fix.lost.is_empty() => found.push((set, fix)),
                    fix => {
                        self.costly.extend(fix);
                        self.refused.push(set);
                    }
                }
            }
        }
        found.into_iter().map(|(_, fix)| fix).collect()
    }

    /// Returns a set of fields that hits every cycle and in which no field is redundant.
    fn of_any_size(&mut self) -> Option<Fix> {
        let mut set = Vec::new();
        while let Some(cycle) = self.cycle_avoiding(&set) {
            let is_named = |field: &&u32| {
                self.kind.fields.get(**field).is_back || self.kind.fields.is_named_back(**field)
            };
            set.push(*cycle.iter().find(is_named).or(cycle.first())?);
        }
        let mut at = 0;
        while at < set.len() {
            let mut without = set.clone();
            without.remove(at);
            if self.cycle_avoiding(&without).is_none() {
                set = without;
            } else {
                at += 1;
            }
        }
        self.proven(&set)
    }

    /// Collects all sets of `size` fields that include `chosen`, hit every cycle found so far, and
    /// contain no refused set. Recurses at most [`MAX_FIELDS`] deep.
    fn hitting_sets(&self, chosen: &mut Vec<u32>, size: usize, found: &mut Vec<Vec<u32>>) {
        let missed = self
            .cycles
            .iter()
            .find(|cycle| !cycle.iter().any(|field| chosen.contains(field)));
        let Some(cycle) = missed else {
            let mut set = chosen.clone();
            set.sort_unstable();
            if !found.contains(&set) {
                found.push(set);
            }
            return;
        };
        if chosen.len() == size {
            return;
        }
        for &field in cycle {
            chosen.push(field);
            if !self.is_refused(chosen) {
                self.hitting_sets(chosen, size, found);
            }
            chosen.pop();
        }
    }

    fn is_refused(&self, set: &[u32]) -> bool {
        self.refused
            .iter()
            .any(|refused| refused.iter().all(|field| set.contains(field)))
    }

    /// Returns the fields of a cycle among the objects that runs through none of these.
    fn cycle_avoiding(&self, set: &[u32]) -> Option<Vec<u32>> {
        const OUTSIDE: u8 = 0;
        const UNVISITED: u8 = 1;
        const ON_PATH: u8 = 2;
        const DONE: u8 = 3;
        let LeakedKind {
            snapshot,
            fields,
            objects,
            ..
        } = self.kind;
        let avoided = fields.paths_in(set);
        let nodes = &snapshot.parts().nodes;
        // No pointer leads to a value that is part of its holder.
        let follows = |edge: &EdgeRow| {
            edge.strong
                && (!avoided[edge.path.index()]
                    || nodes[edge.target.index()].pointer_kind == PointerKind::Instance)
        };
        let mut state = vec![OUTSIDE; snapshot.len()];
        for node in objects.iter() {
            state[node.index()] = UNVISITED;
        }
        // The nodes on the current path, each with the next of its edges.
        let mut path: Vec<(NodeId, usize)> = Vec::new();
        for start in objects.iter() {
            if state[start.index()] != UNVISITED {
                continue;
            }
            state[start.index()] = ON_PATH;
            path.push((start, 0));
            while let Some((node, next)) = path.last_mut() {
                let row = rows(snapshot, *node);
                if *next == 0 {
                    // Checks all edges before following one: where nodes have several, one of them
                    // closes a cycle long before the path runs into itself.
                    let closes =
                        |edge: &EdgeRow| state[edge.target.index()] == ON_PATH && follows(edge);
                    if let Some(at) = row.iter().position(closes) {
                        *next = at + 1;
                        return Some(self.fields_of_cycle(&path, row[at].target));
                    }
                }
                let Some(edge) = row.get(*next) else {
                    state[node.index()] = DONE;
                    path.pop();
                    continue;
                };
                *next += 1;
                if state[edge.target.index()] == UNVISITED && follows(edge) {
                    state[edge.target.index()] = ON_PATH;
                    path.push((edge.target, 0));
                }
            }
        }
        None
    }

    /// Returns the fields of the references at the end of a path, from `first` on; each is the edge
    /// before the next to follow.
    fn fields_of_cycle(&self, path: &[(NodeId, usize)], first: NodeId) -> Vec<u32> {
        let mut cycle = Vec::new();
        for &(node, next) in path.iter().rev() {
            let edge = &rows(self.kind.snapshot, node)[next - 1];
            cycle.push(self.kind.fields.pointer(self.kind.snapshot, edge));
            if node == first {
                break;
            }
        }
        cycle.sort_unstable();
        cycle.dedup();
        // No pointer leads to a value that is part of its holder.
        cycle.retain(|&field| field != Fields::NONE);
        cycle
    }

    /// Returns the fix that consists of these fields, if they free all objects.
    fn proven(&self, set: &[u32]) -> Option<Fix> {
        let kind = self.kind;
        if set.is_empty() {
            return None;
        }
        let held = kind.fields.paths_in(set);
        let mut simulation = kind.base.clone();
        simulation.weaken(|path| held[path.index()]);
        let freed = simulation.freed();
        let frees_all = kind.objects.iter().all(|node| freed.contains(node));
        if !frees_all {
            return None;
        }
        let (leaked, lost): (Vec<NodeId>, Vec<NodeId>) =
            freed.iter().partition(|&node| kind.leaked.contains(node));
        let (mut back, mut all) = (0, 0);
        let mut inferred: Vec<u32> = Vec::new();
        let mut owned = NodeSet::new(kind.snapshot.len());
        let birth = |node: NodeId| (kind.epochs[node.index()], node);
        for node in kind.objects.iter() {
            let is_in_first_group = kind.first.contains(node);
            for edge in rows(kind.snapshot, node) {
                if !edge.strong {
                    continue;
                }
                let is_held = held[edge.path.index()];
                if is_held && edge.words > 0 {
                    inferred.push(kind.fields.number(edge.path));
                }
                if !is_held {
                    owned.insert(edge.target);
                } else if is_in_first_group {
                    all += 1;
                    back += usize::from(birth(edge.target) <= birth(node));
                }
            }
        }
        let orphans: Vec<NodeId> = kind
            .objects
            .iter()
            .filter(|&node| !owned.contains(node))
            .collect();
        inferred.sort_unstable();
        inferred.dedup();
        let names = |fields: &[u32]| -> Vec<FieldPath> {
            let fields = fields.iter();
            fields
                .map(|&field| kind.fields.get(field).clone())
                .collect()
        };
        Some(Fix {
            fields: names(set),
            inferred: names(&inferred),
            freed_objects: leaked.len(),
            freed_bytes: leaked.iter().map(|&node| (kind.bytes_of)(node)).sum(),
            heads: orphans
                .iter()
                .filter(|&&node| kind.first.contains(node))
                .count(),
            orphans,
            lost,
            points_back: back * 2 > all,
            is_named_back: set.iter().all(|&field| kind.fields.is_named_back(field)),
        })
    }
}
