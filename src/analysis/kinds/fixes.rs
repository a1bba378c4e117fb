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
//! in leaked and in living objects, and counts followed. A set that would free a living object is
//! no fix.

use std::cmp::Reverse;

use objgraph_core::{EdgeRow, NodeId, PathId, Snapshot};

use crate::analysis::fields::{FieldPath, Fields, is_back_name};
use crate::analysis::simulation::Simulation;
use crate::analysis::{NodeSet, rows};

/// Fields which, made `Weak`, would let everything of a kind of leak be freed.
///
/// It was played through on the snapshot: every object of the kind is freed, and no object that
/// is alive for a reason loses its last owner.
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
    /// How many objects of the first group would have no owner inside of it any more. With one
    /// of them held, everything it reaches stays; where there are many, the change may free parts
    /// of the whole while it is in use.
    pub heads: usize,
    /// Whether the references of these fields point to objects born earlier than their holders,
    /// or to the holder itself, more often than not: the direction in which a reference back
    /// points.
    pub points_back: bool,
}

impl Fix {
    /// Whether all its fields are marked `#[tracked(back)]`.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.fields.iter().all(|field| field.is_back)
    }
}

/// Sets of more fields than this are not looked for.
const LARGEST: usize = 4;
/// So many sets are tried for a kind of leak at most; each costs a pass over its objects.
const TRIES: usize = 200;

/// A kind of leak, for the search.
pub(super) struct Task<'t> {
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

/// The smallest fixes, the likeliest first; empty if there is none of at most [`LARGEST`] fields.
pub(super) fn fixes(task: &Task<'_>) -> Vec<Fix> {
    let mut search = Search {
        task,
        cycles: Vec::new(),
        refused: Vec::new(),
        tries: 0,
    };
    for size in 1..=LARGEST {
        let found = search.of_size(size);
        if !found.is_empty() {
            return ranked(found);
        }
        if search.tries >= TRIES {
            break;
        }
    }
    Vec::new()
}

fn ranked(mut fixes: Vec<Fix>) -> Vec<Fix> {
    fixes.sort_by_cached_key(|fix| {
        let marked = fix.fields.iter().filter(|field| field.is_back).count();
        let named = fix
            .fields
            .iter()
            .all(|field| field.path.split('.').any(is_back_name));
        (
            Reverse(marked),
            fix.heads > 1,
            Reverse(named),
            Reverse(fix.points_back),
            fix.heads,
            fix.fields.clone(),
        )
    });
    fixes
}

struct Search<'t> {
    task: &'t Task<'t>,
    /// The fields of cycles that were met, each sorted.
    cycles: Vec<Vec<u32>>,
    /// Sets of fields that would free a living object, each sorted. So would all that contain one.
    refused: Vec<Vec<u32>>,
    tries: usize,
}

impl Search<'_> {
    fn of_size(&mut self, size: usize) -> Vec<Fix> {
        let mut found: Vec<(Vec<u32>, Fix)> = Vec::new();
        // Each round learns a cycle, refuses a set or finds a fix, or is the last.
        while self.tries < TRIES {
            let mut candidates = Vec::new();
            self.hitting(&mut Vec::new(), size, &mut candidates);
            candidates.retain(|set| found.iter().all(|(known, _)| known != set));
            let Some(set) = candidates.into_iter().min() else {
                break;
            };
            self.tries += 1;
            if let Some(cycle) = self.cycle_without(&set) {
                self.cycles.push(cycle);
            } else if let Some(fix) = self.proven(&set) {
                found.push((set, fix));
            } else {
                self.refused.push(set);
            }
        }
        found.into_iter().map(|(_, fix)| fix).collect()
    }

    /// All sets of `size` fields, `chosen` among them, that hit every cycle that was met and
    /// contain no set that was refused. Its depth is at most [`LARGEST`].
    fn hitting(&self, chosen: &mut Vec<u32>, size: usize, found: &mut Vec<Vec<u32>>) {
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
                self.hitting(chosen, size, found);
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
        let Task {
            snapshot,
            fields,
            objects,
            ..
        } = self.task;
        let follows = |edge: &EdgeRow| {
            edge.strong && !set.contains(&fields.number(edge.path)) && objects.contains(edge.target)
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
            let edge = &rows(self.task.snapshot, node)[next - 1];
            cycle.push(self.task.fields.number(edge.path));
            if node == first {
                break;
            }
        }
        cycle.sort_unstable();
        cycle.dedup();
        cycle
    }

    /// The fix that these fields are, if they free all objects and no living one.
    fn proven(&self, set: &[u32]) -> Option<Fix> {
        let task = self.task;
        if set.is_empty() {
            return None;
        }
        let holds = |path: PathId| set.contains(&task.fields.number(path));
        let mut simulation = task.base.clone();
        simulation.weaken(holds);
        let freed = simulation.freed();
        let frees_all = task.objects.iter().all(|node| freed.contains(node));
        if !frees_all || freed.iter().any(|node| !task.leaked.contains(node)) {
            return None;
        }
        let (mut back, mut all) = (0, 0);
        let mut owned = NodeSet::new(task.snapshot.len());
        let birth = |node: NodeId| (task.epochs[node.index()], node);
        for node in task.first.iter() {
            for edge in rows(task.snapshot, node).iter().filter(|edge| edge.strong) {
                if holds(edge.path) {
                    all += 1;
                    back += usize::from(birth(edge.target) <= birth(node));
                } else if edge.target != node {
                    owned.insert(edge.target);
                }
            }
        }
        Some(Fix {
            fields: set
                .iter()
                .map(|&field| task.fields.get(field).clone())
                .collect(),
            frees: freed.len(),
            bytes: freed.iter().map(task.bytes).sum(),
            heads: task
                .first
                .iter()
                .filter(|&node| !owned.contains(node))
                .count(),
            points_back: back * 2 > all,
        })
    }
}
