//! `assert_drops!`: what only a value keeps alive is dropped with it.

use std::sync::Arc;

use objgraph_core::__private::{
    Reach, WeakHandles, register_type_of, snapshot_keeping, with_report,
};
use objgraph_core::{
    NodeId, ObjectId, Snapshot, SnapshotOptions, State, Tracked, at, snapshot_with,
};

use super::check::{Verdict, WAIT};
use super::failure::Failure;
use super::patience::{Patience, is_shared};
use crate::analysis::{NodeSet, UnprovenObjects, exclusively_retained, find_leaks, reach};
use crate::words::count as count_of;

/// Drops the value, and waits for stragglers if something is still alive.
///
/// # Errors
///
/// If something is still alive that only the value kept.
pub(super) fn drops<T: Tracked>(value: T) -> Verdict {
    register_type_of::<T>();
    let Some(expected) = Expectation::of(&value) else {
        drop(value);
        return Ok(None);
    };
    drop(value);
    let mut patience = Patience::new(WAIT);
    while expected.are_alive() {
        if !(expected.may_go() && patience.pause()) {
            expected.still_alive()?;
            break;
        }
    }
    Ok(expected.shared.unproven())
}

/// What has to be dropped with a value.
struct Expectation {
    /// Objects of the table.
    objects: Vec<ObjectId>,
    /// Values behind std's pointers.
    kept: WeakHandles,
    /// Number of both together.
    number: usize,
    /// What else the value reaches.
    shared: SharedObjects,
}

/// What a value reaches and something else holds too, as far as the trace found: it does not have to
/// be dropped with the value.
#[derive(Default)]
struct SharedObjects {
    objects: Vec<ObjectId>,
    kept: WeakHandles,
}

impl SharedObjects {
    /// Returns those that are still alive and may have leaked: only what they contain themselves, and
    /// the trace could not visit, may hold them.
    fn unproven(&self) -> Option<UnprovenObjects> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        if self.kept.alive() == 0 && self.objects.iter().all(|&id| at(id).is_none()) {
            return None;
        }
        let (snapshot, starts) = snapshot_with(&[&self.kept], SnapshotOptions::default());
        let own = self.objects.iter().filter_map(|&id| snapshot.find(id));
        let shared = NodeSet::of(snapshot.len(), starts.into_iter().chain(own));
        let leaks = find_leaks(&Arc::new(snapshot)).without_likely();
        UnprovenObjects::among(&leaks, |node| shared.contains(node.node_id()))
    }
}

/// Returns whether objects of the snapshot may have references that the trace did not find.
fn hides_something(snapshot: &Snapshot) -> bool {
    snapshot.places().iter().any(|place| place.kind.hides())
        || snapshot
            .nodes()
            .any(|node| node.state() != State::Visited && node.pointer_kind().counts())
}

impl Expectation {
    /// Returns what only the value keeps. If the value is itself a pointer, what it points to is
    /// always among this, whoever else holds it.
    fn of(value: &impl Tracked) -> Option<Self> {
        let Reach {
            snapshot,
            value,
            pointed_to,
            mut kept,
        } = snapshot_keeping(value)?;
        let reached = reach(&snapshot, [value]);
        let alone = exclusively_retained(&snapshot, value).into_iter();
        let alone = NodeSet::of(snapshot.len(), alone.chain(pointed_to));
        let kept_by_others = kept.split_off(|node| alone.contains(node));
        let objects = |nodes: &mut dyn Iterator<Item = NodeId>| {
            let ids = nodes.map(|node| snapshot.node(node).id());
            ids.filter(|id| id.is_in_table()).collect()
        };
        let shared = match hides_something(&snapshot) {
            true => SharedObjects {
                objects: objects(&mut reached.iter().filter(|&node| !alone.contains(node))),
                kept: kept_by_others,
            },
            false => SharedObjects::default(),
        };
        let number_behind_std = kept.nodes().len();
        let objects: Vec<ObjectId> = objects(&mut alone.iter());
        Some(Self {
            number: objects.len() + number_behind_std,
            objects,
            kept,
            shared,
        })
    }

    fn are_alive(&self) -> bool {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        self.kept.alive() > 0 || self.objects.iter().any(|&id| at(id).is_some())
    }

    /// Returns whether another thread may drop what is still alive.
    fn may_go(&self) -> bool {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut objects = self.objects.iter().filter_map(|&id| at(id));
        self.kept.alive_shared() > 0 || objects.any(|object| is_shared(object.pointer_kind()))
    }

    /// Fails with what is still alive, and why.
    fn still_alive(&self) -> Result<(), Failure> {
        if !crate::HAS_OBJECTS {
            crate::nothing::<()>();
            return Ok(());
        }
        let options = SnapshotOptions::default().labels(true);
        let (snapshot, starts) = with_report(
            || "the value was dropped, and something that it kept is still alive".to_owned(),
            || snapshot_with(&[&self.kept], options),
        );
        let snapshot = Arc::new(snapshot);
        let objects = self.objects.iter().filter_map(|&id| snapshot.find(id));
        let alive = NodeSet::of(snapshot.len(), starts.into_iter().chain(objects));
        if alive.is_empty() {
            // The last was dropped while the snapshot was taken.
            return Ok(());
        }
        Err(self.failure(&snapshot, &alive))
    }

    fn failure(&self, snapshot: &Arc<Snapshot>, alive: &NodeSet) -> Failure {
        let all = find_leaks(snapshot);
        let leaked = |node: &NodeId| {
            let mut verdicts = [all.nodes(), all.likely_nodes()].into_iter();
            verdicts.any(|nodes| nodes.binary_search(node).is_ok())
        };
        let own: Vec<NodeId> = alive.iter().filter(leaked).collect();
        let held: Vec<NodeId> = alive.iter().filter(|node| !leaked(node)).collect();
        let reported = reach(all.as_if(), own.iter().copied());
        let leaks = all.only(
            |node| reported.contains(node),
            |node| reported.contains(node),
            |node| alive.contains(node),
        );
        let failure = match (own.is_empty(), held.is_empty()) {
            (true, _) => Failure::alive(snapshot, &held, "after the drop"),
            (false, true) => Failure::leaked(leaks, None, &[]),
            (false, false) => {
                let held = Failure::alive(snapshot, &held, "after the drop");
                Failure::leaked(leaks, None, &[]).and(held)
            }
        };
        let body = format!(
            "{} should have been dropped with the value; {} {} not.",
            count_of(self.number, "object", "objects"),
            alive.len(),
            if alive.len() == 1 { "was" } else { "were" }
        );
        let headline = format!(
            "the value was dropped, and {}",
            match alive.len() {
                1 => "1 object that it kept is still alive".to_owned(),
                number => format!("{number} objects that it kept are still alive"),
            }
        );
        failure.instead(&headline, &body)
    }
}
