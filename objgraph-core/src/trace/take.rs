//! Taking a snapshot.

use super::assemble::assemble;
use super::options::{Extent, SnapshotOptions};
use super::roots::Roots;
use super::running::RunningTrace;
use super::starts::{Start, Starts};
use super::tracer::{Handles, Tracer};
use super::weak_handles::WeakHandles;
use crate::lock::is_lost;
use crate::object_id::ObjectId;
use crate::sight::registry;
use crate::snapshot::{NodeId, Snapshot};
use crate::table;
use crate::tracked::Visit;

/// A snapshot of all objects, and of what they reach through std's pointers.
///
/// Objects are visited one at a time, each with no lock held and no object of its own kept
/// alive beyond its visit. Time and memory are O(objects + references); the stack needed does
/// not grow with them.
///
/// A lock is held while what is in it is visited, and never waited for: one that is held, by the
/// program or by the snapshot of another thread, is busy.
///
/// `Rc` objects of other threads are listed and counted, not visited. Where tracking is off the
/// snapshot is empty.
///
/// What a `visit` makes meanwhile may be missing; what that owns counts as held from outside.
///
/// A `visit` may itself ask for a snapshot. One that is asked for by a visit of a snapshot that a
/// visit asked for looks into nothing, so that this ends.
#[must_use]
pub fn snapshot() -> Snapshot {
    snapshot_with(&[], SnapshotOptions::default()).0
}

/// A snapshot of all objects, and of what `values` reach; and the nodes to start at to see it: for
/// a pointer the object it points to, for any other value a node of its own, which is no object.
#[must_use]
pub fn snapshot_with(values: &[&dyn Visit], options: SnapshotOptions) -> (Snapshot, Vec<NodeId>) {
    let (snapshot, starts, _) = take(values, options, Extent::All, None);
    (snapshot, starts)
}

/// A snapshot of some objects and of all that they lead to; with the roots and what these lead to,
/// if they are wanted.
///
/// References from elsewhere are not seen, so they count as held from outside. What leads to an
/// object of a cycle is on the cycle or outside of it: a cycle with a wanted object that is found
/// leaked has leaked, and one that nothing else holds is found.
///
/// The objects are told by scope and epoch; `None` if there is none that is wanted.
#[must_use]
pub fn snapshot_from(wanted: &dyn Fn(u32, u32) -> bool, roots: bool) -> Option<Snapshot> {
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

/// A snapshot, with ways back to what was met behind std's pointers where they are wanted.
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
    // Where the addresses were there is room for this.
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
    if births_and_deaths() != before {
        tracer.mark_dead_in_flight(all);
    }
    let kept = tracer.kept.take();
    (assemble(tracer), starts, kept)
}

/// A snapshot of these objects alone: what they refer to besides is listed and not looked into.
/// O(objects + references, of these).
///
/// An object that all its references in here explain is held by none of the others.
#[must_use]
pub fn snapshot_of(ids: impl IntoIterator<Item = ObjectId>) -> Snapshot {
    if !crate::ENABLED || is_lost() {
        return Snapshot::empty();
    }
    let running = RunningTrace::begin();
    let mut tracer = Tracer::new(registry(), SnapshotOptions::default().heap(false));
    tracer.visits_nothing = running.is_too_deep();
    super::left_behind::wait_for_ends();
    // Nodes are found by their places, so they are listed in the order of these.
    let mut ids: Vec<ObjectId> = ids.into_iter().filter(|id| id.is_in_table()).collect();
    ids.sort_unstable_by_key(|id| (id.place(), id.round()));
    for id in ids {
        if tracer.known(id).is_none()
            && let Some(listed) = table::describe(id)
        {
            tracer.list(&listed);
        }
    }
    let all = tracer.nodes.len();
    tracer.know_watched(true);
    super::left_behind::adopt(&mut tracer);
    tracer.visit_listed(all as u32);
    tracer.visit_std_values();
    assemble(tracer)
}

/// How many objects were ever made, and how many of them are gone.
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

/// Adds the nodes to start at to see a value; whether these are of objects that it points to, and
/// not its own, which is to be visited.
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
