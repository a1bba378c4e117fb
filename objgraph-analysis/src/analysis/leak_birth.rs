//! Where an object began to leak.

use std::sync::Arc;

use objgraph_core::{LastDrop, ObjectId, Snapshot};

use super::{NodeSet, ShownNames, find_leaks, reach_backwards};

/// The last drop of a handle from outside to what leaked: the answer of
/// `leak_birth`.
///
/// It prints as a sentence.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LeakBirth {
    /// The object that the handle led to: the one that was asked for, or one that it hangs on.
    pub object: ObjectId,
    /// The name of its type, as reports show it.
    pub type_name: String,
    /// The drop.
    pub last_drop: LastDrop,
}

/// Where an object began to leak, by the last drop of an owning handle to each object.
///
/// Takes time in proportion to the nodes and edges.
#[doc(hidden)]
pub fn leak_birth(
    snapshot: &Arc<Snapshot>,
    id: ObjectId,
    last_drop: impl Fn(ObjectId) -> Option<LastDrop>,
) -> Option<LeakBirth> {
    let node = snapshot.find(id)?;
    let leaks = find_leaks(snapshot);
    let mut leaked = NodeSet::new(snapshot.len());
    for &node in leaks.nodes() {
        leaked.insert(node);
    }
    let names = ShownNames::of(snapshot);
    let hangs_on = reach_backwards(snapshot, [node], &leaked);
    let drops = hangs_on.iter().filter_map(|node| {
        let node = snapshot.node(node);
        Some(LeakBirth {
            object: node.id(),
            type_name: names.get(&node.type_info().name).into_owned(),
            last_drop: last_drop(node.id())?,
        })
    });
    drops.reduce(
        |last, next| match next.last_drop.is_after(&last.last_drop) {
            true => next,
            false => last,
        },
    )
}
