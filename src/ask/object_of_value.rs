//! The object that a query is about, given as a value, a pointer or an id.

use std::sync::Arc;

use objgraph_core::{ObjectId, Snapshot, SnapshotOptions, Visit, snapshot_with};

/// Takes a snapshot, and returns it with the id of the object that the value is or points to.
pub(super) fn snapshot_with_object(value: &dyn Visit) -> Option<(Arc<Snapshot>, ObjectId)> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let (snapshot, starts) = snapshot_with(&[value], SnapshotOptions::default());
    let id = snapshot.node(*starts.first()?).id();
    Some((Arc::new(snapshot), id))
}
