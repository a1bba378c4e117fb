//! `assert_drops!`: what a value alone keeps goes when it goes.

use std::collections::BTreeSet;
use std::sync::Arc;

use objgraph_core::__private::{Kept, Reached, register_type_of, snapshot_keeping, with_report};
use objgraph_core::{
    NodeId, ObjectId, Snapshot, SnapshotOptions, State, Tracked, at, snapshot_with,
};

use super::check::WAIT;
use super::failure::Failure;
use super::patience::{Patience, is_shared};
use crate::analysis::{find_leaks, kept_alone, reach};
use crate::report::count_of;

/// Drops the value, and waits for stragglers if something is still alive.
///
/// # Errors
///
/// If something is still alive that the value alone kept.
pub(super) fn drops<T: Tracked>(value: T) -> Result<(), Failure> {
    register_type_of::<T>();
    let Some(expected) = Expected::of(&value) else {
        drop(value);
        return Ok(());
    };
    drop(value);
    let mut patience = Patience::new(WAIT);
    while expected.are_alive() {
        if !(expected.may_go() && patience.pause()) {
            return expected.still_alive();
        }
    }
    Ok(())
}

/// What has to go with a value.
struct Expected {
    /// Objects of the table.
    objects: Vec<ObjectId>,
    /// Values behind std's pointers.
    kept: Kept,
    /// How many there are of both.
    number: usize,
    /// How many values more there are, of types to which nothing leads back.
    unwatched: usize,
}

impl Expected {
    /// What the value alone keeps, and what it is a pointer to itself, whoever else keeps that.
    fn of(value: &impl Tracked) -> Option<Self> {
        let Reached {
            snapshot,
            value,
            pointed_to,
            mut kept,
        } = snapshot_keeping(value)?;
        let mut alone: BTreeSet<NodeId> = kept_alone(&snapshot, value).into_iter().collect();
        alone.extend(pointed_to);
        kept.retain(|node| alone.contains(&node));
        let behind_std: BTreeSet<NodeId> = kept.nodes().collect();
        let mut objects = Vec::new();
        let mut unwatched = 0;
        for node in alone.iter().filter(|node| !behind_std.contains(node)) {
            let node = snapshot.node(*node);
            if node.id().is_in_table() {
                objects.push(node.id());
            } else if node.state() == State::Opaque && node.holder().counts() {
                unwatched += 1;
            }
        }
        Some(Self {
            number: objects.len() + behind_std.len(),
            objects,
            kept,
            unwatched,
        })
    }

    fn are_alive(&self) -> bool {
        self.kept.alive() > 0 || self.objects.iter().any(|&id| at(id).is_some())
    }

    /// Whether another thread may let go of what is still alive.
    fn may_go(&self) -> bool {
        let mut objects = self.objects.iter().filter_map(|&id| at(id));
        self.kept.alive_shared() > 0 || objects.any(|object| is_shared(object.holder()))
    }

    /// Looks at what is still alive, and why.
    fn still_alive(&self) -> Result<(), Failure> {
        let options = SnapshotOptions::default().labels(true);
        let (snapshot, starts) = with_report(
            "the value was dropped, and something that it kept is still alive",
            || snapshot_with(&[&self.kept], options),
        );
        let snapshot = Arc::new(snapshot);
        let mut alive: BTreeSet<NodeId> = starts.into_iter().collect();
        alive.extend(self.objects.iter().filter_map(|&id| snapshot.find(id)));
        if alive.is_empty() {
            // The last went while the snapshot was taken.
            return Ok(());
        }
        Err(self.failure(&snapshot, &alive))
    }

    fn failure(&self, snapshot: &Arc<Snapshot>, alive: &BTreeSet<NodeId>) -> Failure {
        let all = find_leaks(snapshot).labelled_by(objgraph_core::label_of);
        let leaked = |node: &NodeId| all.nodes().binary_search(node).is_ok();
        let own: Vec<NodeId> = alive.iter().copied().filter(leaked).collect();
        let held: Vec<NodeId> = alive.iter().copied().filter(|node| !leaked(node)).collect();
        let told = reach(snapshot, own.iter().copied());
        let leaks = all.only(|node| told.contains(node), |node| alive.contains(&node));
        let failure = match (own.is_empty(), held.is_empty()) {
            (true, _) => Failure::alive(snapshot, &held, "after the drop"),
            (false, true) => Failure::leaked(&leaks, None),
            (false, false) => {
                let held = Failure::alive(snapshot, &held, "after the drop");
                Failure::leaked(&leaks, None).and(held)
            }
        };
        let mut body = format!(
            "{} should have gone with the value; {} did not.",
            count_of(self.number, "object", "objects"),
            alive.len()
        );
        if self.unwatched > 0 {
            body.push_str(&format!(
                "\n{} of types that are not `Tracked` could not be watched.",
                count_of(self.unwatched, "more", "more")
            ));
        }
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
