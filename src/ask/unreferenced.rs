//! Objects that no tracked object refers to.

use std::collections::HashSet;

use objgraph_core::{NodeId, Object, ObjectId, Snapshot, at, snapshot};

use crate::analysis;

/// Returns the objects that no tracked object refers to, weak references aside, in the order of the
/// table: what the program holds on the stack and in statics, and what it forgot, by `mem::forget`,
/// by `into_raw`, or in a thread that ended. Takes a snapshot.
///
/// Objects of a cycle refer to each other, so they are not among these;
/// [`find_leaks`](crate::find_leaks) finds them.
///
/// ```
/// use objgraph::rc::Rc;
///
/// struct Forgotten;
/// std::mem::forget(Rc::new(Forgotten));
/// let leaking = objgraph::get_leaking_objects();
/// if objgraph::ENABLED {
///     assert!(leaking.iter().any(|object| object.short_name() == "Forgotten"));
/// }
/// ```
#[must_use]
pub fn get_leaking_objects() -> Vec<Object> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let snapshot = snapshot();
    let nodes = analysis::unreferenced(&snapshot);
    nodes
        .into_iter()
        .filter_map(|node| at(snapshot.node(node).id()))
        .collect()
}

/// Returns those of `objects` that no tracked object refers to, in the order given. References from
/// objects outside of the collection count as well. Takes a snapshot.
///
/// ```
/// use objgraph::rc::Rc;
///
/// struct Forgotten;
/// std::mem::forget(Rc::new(Forgotten));
/// let leaking = objgraph::leaks::get_leaking_objects_of(objgraph::by_type("Forgotten"));
/// assert_eq!(leaking.len(), usize::from(objgraph::ENABLED));
/// assert!(objgraph::leaks::get_leaking_objects_of([]).is_empty());
/// ```
#[must_use]
pub fn get_leaking_objects_of(objects: impl IntoIterator<Item = Object>) -> Vec<Object> {
    // The snapshot is taken after the collection has been computed, so that it knows all of it.
    let objects: Vec<Object> = objects.into_iter().collect();
    if objects.is_empty() {
        return objects;
    }
    let snapshot = snapshot();
    let ids = analysis::unreferenced(&snapshot)
        .into_iter()
        .map(|node| snapshot.node(node).id());
    let unreferenced: HashSet<ObjectId> = ids.collect();
    objects
        .into_iter()
        .filter(|object| unreferenced.contains(&object.id()))
        .collect()
}

/// Returns the nodes of a snapshot that no object of it refers to, in their order: what
/// [`get_leaking_objects`] was at that time.
///
/// ```
/// let snapshot = objgraph::snapshot();
/// let one = objgraph::rc::Rc::new(1);
/// // It was created after the snapshot.
/// let then = objgraph::leaks::get_leaking_objects_in(&snapshot);
/// assert!(then.iter().all(|&node| snapshot.node(node).id() != objgraph::id(&one)));
/// ```
#[must_use]
pub fn get_leaking_objects_in(snapshot: &Snapshot) -> Vec<NodeId> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    analysis::unreferenced(snapshot)
}
