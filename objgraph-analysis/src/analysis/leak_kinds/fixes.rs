//! Which fields, made `Weak`, would free a kind of leak: found, and proven.
//!
//! A set of fields frees the objects if every cycle among them runs through one of its fields.
//! The smallest such sets are the smallest hitting sets of all cycles, which are too many to
//! list; so a few cycles are collected, the sets that hit these are tried, and each set that
//! fails gives a cycle more (implicit hitting sets; Erick Moreno-Centeno and Richard M. Karp,
//! "The Implicit Hitting Set Approach to Solve Combinatorial Optimization Problems", 2013). The
//! fields are few however many objects there are.
//!
//! What remains is played through on the snapshot: all references of these fields are dropped,
//! wherever the fields occur, in leaked and in living objects, and counts followed. A set that
//! frees objects in use is a fix as well, but the last choice, and names them.

use std::cmp::Reverse;

use objgraph_core::{EdgeRow, NodeId, PathId, Snapshot};

use crate::analysis::fields::{FieldPath, Fields};
use crate::analysis::simulation::Simulation;
use crate::analysis::{NodeSet, rows};

/// Fields which, made `Weak`, would let everything of a kind of leak be freed.
///
/// It was played through on the snapshot, for every reference that the fields hold in any object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// The fields, all of which are to be changed.
    pub fields: Vec<FieldPath>,
    /// How many leaked objects would be freed: those of the kind, and any others that the same
    /// fields hold.
    pub frees: usize,
    /// How many bytes these take.
    pub bytes: u64,
    /// The objects of the kind that would have no owner any more, sorted: unless something else
    /// holds them, they would be dropped while they are in use. With one of them held, everything
    /// that it reaches stays.
    pub orphans: Vec<NodeId>,
    /// The objects that have not leaked and would lose their last owner, sorted.
    pub lost: Vec<NodeId>,
    /// Whether the references of these fields point to objects born earlier than their holders,
    /// or to the holder itself, more often than not: the direction in which a reference back
    /// points.
    pub points_back: bool,
    /// How many of the orphans are part of the first group.
    heads: usize,
    /// Whether names say of all fields that they point back.
    is_named_back: bool,
}

impl Fix {
    /// Whether all its fields are marked `#[tracked(back)]`.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.fields.iter().all(|field| field.is_back)
    }
}

/// Sets of more fields than this are not looked for.
const MAX_FIELDS: usize = 4;
/// So many sets are tried for a kind of leak at most; each costs a pass over its objects.
const MAX_TRIES: usize = 200;

/// A kind of leak, for the search.
pub(super) struct LeakedKind<'t> {
    pub(super) snapshot: &'t Snapshot,
    pub(super) fields: &'t Fields,
    /// The objects of the kind.
    pub(super) objects: &'t NodeSet,
    /// The objects of the first group.
    pub(super) first: &'t NodeSet,
    /// All that has leaked.
    pub(super) leaked: &'t NodeSet,
    /// The epoch in which each node was born.
    pub(super) epochs: &'t [u32],
    /// What each node takes.
    pub(super) bytes: &'t dyn Fn(NodeId) -> u64,
    /// The counts as they are.
    pub(super) base: &'t Simulation<'t>,
}

/// The smallest fixes, the likeliest first, those that free objects in use last; where more than
/// [`MAX_FIELDS`] fields are needed, one that works. Empty if no change of fields frees the objects.
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
    fixes.sort_by_cached_key(|fix| {
        let marked = fix.fields.iter().filter(|field| field.is_back).count();
        (
            fix.lost.len(),
            Reverse(marked),
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
    /// The fields of cycles that were met, each sorted.
    cycles: Vec<Vec<u32>>,
    /// Sets of fields that free objects in use, or not all of the kind, each sorted. What contains
    /// one frees no fewer objects in use.
    refused: Vec<Vec<u32>>,
    /// The fixes among these.
    costly: Vec<Fix>,
    tries: usize,
}

impl FixSearch<'_> {
    fn of_size(&mut self, size: usize) -> Vec<Fix> {
        let mut found: Vec<(Vec<u32>, Fix)> = Vec::new();
        // Each round learns a cycle, refuses a set or finds a fix, or is the last.
        while self.tries < MAX_TRIES {
            let mut candidates = Vec::new();
            self.hitting_sets(&mut Vec::new(), size, &mut candidates);
            candidates.retain(|set| found.iter().all(|(known, _)| known != set));
            let Some(set) = candidates.into_iter().min() else {
                break;
            };
            self.tries += 1;
            if let Some(cycle) = self.cycle_without(&set) {
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

    /// A set of fields, none of which can be left out, that hits every cycle.
    fn of_any_size(&mut self) -> Option<Fix> {
        let mut set = Vec::new();
        while let Some(cycle) = self.cycle_without(&set) {
            let is_named = |field: &&u32| {
                self.kind.fields.get(**field).is_back || self.kind.fields.is_named_back(**field)
            };
            set.push(*cycle.iter().find(is_named).or(cycle.first())?);
        }
        let mut at = 0;
        while at < set.len() {
            let mut without = set.clone();
            without.remove(at);
            if self.cycle_without(&without).is_none() {
                set = without;
            } else {
                at += 1;
            }
        }
        self.proven(&set)
    }

    /// All sets of `size` fields, `chosen` among them, that hit every cycle that was met and
    /// contain no set that was refused. Its depth is at most [`MAX_FIELDS`].
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

    /// The fields of a cycle among the objects that runs through none of these.
    fn cycle_without(&self, set: &[u32]) -> Option<Vec<u32>> {
        const UNSEEN: u8 = 0;
        const ON_PATH: u8 = 1;
        const DONE: u8 = 2;
        let LeakedKind {
            snapshot,
            fields,
            objects,
            ..
        } = self.kind;
        let follows = |edge: &EdgeRow| {
            edge.strong
                && objects.contains(edge.target)
                && !set.contains(&fields.pointer(snapshot, edge))
        };
        let mut state = vec![UNSEEN; snapshot.len()];
        // A node on the path and the next of its edges to follow.
        let mut path: Vec<(NodeId, usize)> = Vec::new();
        for start in objects.iter() {
            if state[start.index()] != UNSEEN {
                continue;
            }
            state[start.index()] = ON_PATH;
            path.push((start, 0));
            while let Some((node, next)) = path.last_mut() {
                let row = rows(snapshot, *node);
                if *next == 0 {
                    // All are looked at before one is followed: where nodes have several, one
                    // closes a cycle long before the path runs into itself.
                    let closes =
                        |edge: &EdgeRow| follows(edge) && state[edge.target.index()] == ON_PATH;
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
                if follows(edge) && state[edge.target.index()] == UNSEEN {
                    state[edge.target.index()] = ON_PATH;
                    path.push((edge.target, 0));
                }
            }
        }
        None
    }

    /// The fields of the references at the end of a path, from this node on; each is the one
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
        // A value that stands inside of its holder is not referred to by a pointer.
        cycle.retain(|&field| field != Fields::NONE);
        cycle
    }

    /// The fix that these fields are, if they free all objects.
    fn proven(&self, set: &[u32]) -> Option<Fix> {
        let kind = self.kind;
        if set.is_empty() {
            return None;
        }
        let holds = |path: PathId| set.contains(&kind.fields.number(path));
        let mut simulation = kind.base.clone();
        simulation.weaken(holds);
        let freed = simulation.freed();
        let frees_all = kind.objects.iter().all(|node| freed.contains(node));
        if !frees_all {
            return None;
        }
        let (leaked, lost): (Vec<NodeId>, Vec<NodeId>) =
            freed.iter().partition(|&node| kind.leaked.contains(node));
        let (mut back, mut all) = (0, 0);
        let mut owned = NodeSet::new(kind.snapshot.len());
        let birth = |node: NodeId| (kind.epochs[node.index()], node);
        for node in kind.objects.iter() {
            let is_in_first = kind.first.contains(node);
            for edge in rows(kind.snapshot, node).iter().filter(|edge| edge.strong) {
                if !holds(edge.path) {
                    owned.insert(edge.target);
                } else if is_in_first {
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
        Some(Fix {
            fields: set
                .iter()
                .map(|&field| kind.fields.get(field).clone())
                .collect(),
            frees: leaked.len(),
            bytes: leaked.iter().map(|&node| (kind.bytes)(node)).sum(),
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
