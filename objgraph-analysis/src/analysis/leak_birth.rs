//! Where an object began to leak.

use std::sync::Arc;

use objgraph_core::{LastDrop, ObjectId, Snapshot};

use super::{NodeSet, ShownNames, find_leaks, reach_backwards};

/// The last drop of a handle to what leaked, by code outside of the leaked objects; see
/// `leak_birth`.
///
/// Prints as a sentence.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LeakBirth {
    /// The object that the handle led to: the given object, or one that owns it.
    pub object: ObjectId,
    /// The name of the type of the object, as reports show it.
    pub type_name: String,
    /// The last drop.
    pub last_drop: LastDrop,
}

/// Returns where an object began to leak; `last_drop` returns the last drop of an owning handle to
/// an object.
///
/// O(nodes + edges).
#[doc(hidden)]
pub fn leak_birth(
    snapshot: &Arc<Snapshot>,
    id: ObjectId,
    last_drop: impl Fn(ObjectId) -> Option<LastDrop>,
) -> Option<LeakBirth> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let node = snapshot.find(id)?;
    let leaks = find_leaks(snapshot);
    let leaked = NodeSet::of(snapshot.len(), leaks.nodes().iter().copied());
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
