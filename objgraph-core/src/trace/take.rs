//! Takes snapshots.

use super::assemble::assemble;
use super::options::{Extent, SnapshotOptions};
use super::roots::Roots;
use super::running::RunningTrace;
use super::starts::{Start, Starts};
use super::tracer::{Handles, SCANS, Tracer};
use super::weak_handles::WeakHandles;
use crate::emptiness::nothing;
use crate::lock::is_lost;
use crate::object_id::ObjectId;
use crate::snapshot::{NodeId, Snapshot};
use crate::table;
use crate::tracked::Visit;
use crate::visibility::registry;

/// Takes a snapshot of all objects, and of what they reach through std's pointers.
///
/// Objects are visited one at a time. No lock of objgraph is held during a visit, and no other
/// object is kept alive. Time and memory are O(objects + references), and the stack does not grow
/// with them.
///
/// A lock of the program is held while the value in it is visited, and is never waited for. If the
/// program or another snapshot holds it, it is busy.
///
/// `Rc` objects of other threads are listed and counted, but not visited. Where tracking is off,
/// the snapshot is empty.
///
/// Objects that a `visit` creates meanwhile may be missing; what they own then has external
/// references.
///
/// A `visit` may itself take a snapshot. A snapshot nested more than two deep visits nothing.
#[must_use]
pub fn snapshot() -> Snapshot {
    snapshot_with(&[], SnapshotOptions::default()).0
}

/// Takes a snapshot of all objects and of what `values` reach, and returns the nodes of the values:
/// for a pointer the object that it points to, for any other value a node of its own, which is no
/// object.
#[must_use]
pub fn snapshot_with(values: &[&dyn Visit], options: SnapshotOptions) -> (Snapshot, Vec<NodeId>) {
    let (snapshot, starts, _) = take(values, options, Extent::All, None);
    (snapshot, starts)
}

/// Takes a snapshot of some objects and of everything that they reach; with the roots and what
/// these reach, if `roots` is set.
///
/// References from elsewhere are not found, so they count as external. What leads to an object of a
/// cycle is on the cycle or outside of it. So a cycle through a wanted object that is found leaked
/// has leaked, and a cycle that nothing else holds is found.
///
/// `wanted` decides by scope and epoch; `None` if no object is wanted.
#[must_use]
pub fn snapshot_from(wanted: &dyn Fn(u32, u32) -> bool, roots: bool) -> Option<Snapshot> {
    if !crate::ENABLED {
        return nothing();
    }
    let mut listed = table::list();
    listed.retain(|object| wanted(object.scope, object.epoch));
    if listed.is_empty() && !roots {
        return None;
    }
    let extent = Extent::Some {
        listed,
        roots,
        texts: false,
    };
    Some(take(&[], SnapshotOptions::default(), extent, None).0)
}

/// Takes a snapshot, and collects weak handles to the values behind std's pointers in `kept`, if
/// given.
pub(super) fn take(
    values: &[&dyn Visit],
    options: SnapshotOptions,
    extent: Extent,
    kept: Option<WeakHandles>,
) -> (Snapshot, Vec<NodeId>, Option<WeakHandles>) {
    if !crate::ENABLED || is_lost() {
        return (Snapshot::empty(), Vec::new(), kept);
    }
    let running = RunningTrace::begin();
    crate::epochs::advance_epoch();
    let mut tracer = Tracer::new(registry(), options);
    tracer.kept = kept;
    tracer.visits_nothing = running.is_too_deep();
    super::left_behind::wait_for_ends();
    let before = births_and_deaths();
    tracer.handles = Handles::list();
    let mut addresses = Vec::new();
    let (is_part, roots) = match extent {
        Extent::All => {
            tracer.expect(before.0.wrapping_sub(before.1));
            addresses.reserve(tracer.nodes.capacity());
            table::list_runs(&mut |run| {
                tracer.list_run(run);
                table::addresses(run.ids, &mut addresses);
            });
            (false, true)
        }
        Extent::Some {
            listed,
            roots,
            texts,
        } => {
            tracer.wants_texts = texts;
            tracer.expect(listed.len() as u64);
            for object in &listed {
                tracer.list(object);
            }
            let ids: Vec<ObjectId> = listed.iter().map(|object| object.id).collect();
            table::addresses(&ids, &mut addresses);
            (true, roots)
        }
    };
    let all = tracer.nodes.len();
    tracer.know_addresses(&addresses, !is_part);
    drop(addresses);
    // The memory of the addresses is free for this now.
    tracer.edges.reserve_nodes(all);
    tracer.know_watched(is_part);
    super::left_behind::adopt(&mut tracer);
    let roots = roots.then(|| Roots::add(&mut tracer));
    let mut starts = Vec::new();
    let mut in_place = Vec::new();
    for &value in values {
        let first = starts.len();
        if !add_starts(&mut tracer, value, &mut starts) {
            in_place.push((starts[first], value));
        }
    }
    tracer.in_order = true;
    tracer.start_resolver();
    tracer.visit_listed(all as u32);
    if let Some(roots) = roots {
        roots.visit(&mut tracer);
    }
    tracer.visit_given_back(u32::MAX);
    for (node, value) in in_place {
        tracer.visit_caught(node.index() as u32, |visitor| value.visit(visitor));
    }
    tracer.visit_given_back(u32::MAX);
    tracer.read_all();
    tracer.visit_queue();
    if is_part {
        tracer.adopt_more();
    }
    if tracer.has_lost_references {
        tracer.mark_all_in_flight();
    } else if births_and_deaths() != before {
        tracer.mark_dead_in_flight(all);
    }
    let kept = tracer.kept.take();
    (assemble(tracer), starts, kept)
}

/// Takes a snapshot of these objects alone: what else they refer to is listed, and not visited.
/// O(these objects + their references).
///
/// If the references found here explain the whole strong count of an object, no other object holds
/// it.
#[must_use]
pub fn snapshot_of(ids: impl IntoIterator<Item = ObjectId>) -> Snapshot {
    // The index of nodes by place needs them in the order of their places.
    let mut ids: Vec<ObjectId> = ids.into_iter().filter(|id| id.is_in_table()).collect();
    ids.sort_unstable_by_key(|id| (id.place(), id.round()));
    take_these(&ids)
}

fn take_these(ids: &[ObjectId]) -> Snapshot {
    if !crate::ENABLED || is_lost() {
        return Snapshot::empty();
    }
    let running = RunningTrace::begin();
    let mut tracer = Tracer::new(registry(), SnapshotOptions::default().heap(false));
    tracer.visits_nothing = running.is_too_deep();
    super::left_behind::wait_for_ends();
    for &id in ids {
        if tracer.known(id).is_some() {
            continue;
        }
        if let Some(listed) = table::describe(id) {
            tracer.list(&listed);
        }
    }
    let all = tracer.nodes.len();
    // References have the id of their target, so only a scan needs the addresses.
    if SCANS {
        let ids: Vec<ObjectId> = tracer.nodes.iter().map(|row| row.id).collect();
        let mut addresses = Vec::new();
        table::addresses(&ids, &mut addresses);
        tracer.know_addresses(&addresses, false);
    }
    tracer.know_watched(true);
    super::left_behind::adopt(&mut tracer);
    tracer.visit_listed(all as u32);
    tracer.visit_std_values();
    if SCANS {
        tracer.mark_dead_in_flight(all);
    }
    assemble(tracer)
}

/// Returns the number of objects that were ever created, and of those that are dead.
fn births_and_deaths() -> (u64, u64) {
    let counts = table::counts();
    counts.iter().fold((0, 0), |(born, died), kind| {
        let died_of_kind = kind.born.wrapping_sub(kind.alive);
        (
            born.wrapping_add(kind.born),
            died.wrapping_add(died_of_kind),
        )
    })
}

/// Adds the nodes of a value. Returns whether these are the objects that it points to; if not, the
/// value has a node of its own, and must be visited.
fn add_starts(tracer: &mut Tracer, value: &dyn Visit, nodes: &mut Vec<NodeId>) -> bool {
    let mut starts = Starts::default();
    let is_pointer = value.starts(&mut starts);
    if is_pointer {
        let found = starts.found.into_iter().filter_map(|start| match start {
            Start::Object(id) => tracer.object(id),
            Start::Pointer(met) => Some(tracer.met(met)),
        });
        nodes.extend(found.map(|node| NodeId::new(node as usize)));
    } else {
        let node = tracer.add_value(value.__type_name(), size_of_val(value));
        let node = NodeId::new(node as usize);
        if tracer.wants_labels {
            let label = super::labels::of_value(value.__type_name(), value.label());
            tracer.labels.push((node, label));
        }
        nodes.push(node);
    }
    is_pointer
}
