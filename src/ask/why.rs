//! Why something is alive, and what would happen if it were let go.

use std::collections::HashSet;
use std::sync::Arc;

use objgraph_core::{
    NodeId, Object, ObjectId, Snapshot, SnapshotOptions, Tracked, Visit, at, snapshot,
    snapshot_with,
};

use crate::analysis::{self, WhatIf, WhyAlive};

/// Why an object is alive: the shortest way over strong references to it, from a root or from an
/// object that is held from outside; what is known of those that hold this one; all direct owners;
/// and whatever else leads to the object and is held. It takes a snapshot.
///
/// The value is anything that [`show_refs`](crate::show_refs) takes: a pointer, ours or std's, an
/// object that was looked up, or its id. `None` if there is no such object, or not any more.
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
///
/// #[derive(Tracked)]
/// struct Session {
///     user: Rc<String>,
/// }
///
/// let session = Rc::new(Session { user: Rc::new("alice".to_owned()) });
/// let why = objgraph::why_alive(&session.user);
/// if objgraph::ENABLED {
///     let text = why.unwrap().to_string();
///     assert!(text.contains(".user → String"), "{text}");
///     assert!(text.contains("is held by 1 reference from outside"), "{text}");
/// }
/// ```
#[must_use]
pub fn why_alive(value: impl Tracked) -> Option<WhyAlive> {
    let (snapshot, id) = snapshot_of(&value)?;
    analysis::why_alive(&snapshot, id)
}

/// What would be freed if all references to the object that are held from outside were dropped,
/// what would leak, and what would stay and who keeps it. Nothing is dropped; it takes a snapshot.
///
/// The value is anything that [`show_refs`](crate::show_refs) takes. `None` if there is no such
/// object, or not any more.
///
/// ```
/// use objgraph::rc::Rc;
///
/// let inner = Rc::new(1_u8);
/// let outer = Rc::new(vec![inner.clone()]);
/// objgraph::register::<Vec<Rc<u8>>>();
/// let what_if = objgraph::what_if::what_if_dropped(&outer);
/// if objgraph::ENABLED {
///     let what_if = what_if.unwrap();
///     assert_eq!(what_if.freed().len(), 1);
///     assert_eq!(what_if.survivors().len(), 1);
/// }
/// ```
#[must_use]
pub fn what_if_dropped(value: impl Tracked) -> Option<WhatIf> {
    let (snapshot, id) = snapshot_of(&value)?;
    analysis::what_if_dropped(&snapshot, id)
}

/// A snapshot, and the id in it of the object that a value is or points to.
fn snapshot_of(value: &dyn Visit) -> Option<(Arc<Snapshot>, ObjectId)> {
    let (snapshot, starts) = snapshot_with(&[value], SnapshotOptions::default());
    let id = snapshot.node(*starts.first()?).id();
    Some((Arc::new(snapshot), id))
}

/// What would be freed if a field held `Weak`, what in use would be lost, and what would stay and
/// who keeps it. Nothing is changed; it takes a snapshot.
///
/// `field` is `Type.field`, with the short or the full name of the type that declares the field,
/// as reports name it: `Node.parent`, `app::dom::Node.parent`, `Value::Closure.env`. It is supposed
/// to be `Weak` wherever a value of that type is, in objects of any type. `None` if nothing alive
/// has a strong reference in such a field.
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
/// use std::cell::RefCell;
///
/// #[derive(Tracked)]
/// struct Node {
///     me: RefCell<Option<Rc<Node>>>,
/// }
///
/// let node = Rc::new(Node { me: RefCell::new(None) });
/// *node.me.borrow_mut() = Some(node.clone());
/// drop(node);
/// let what_if = objgraph::what_if::what_if_weak("Node.me");
/// if objgraph::ENABLED {
///     let what_if = what_if.unwrap();
///     assert_eq!((what_if.freed().len(), what_if.lost().len()), (1, 0));
/// }
/// ```
#[must_use]
pub fn what_if_weak(field: &str) -> Option<WhatIf> {
    analysis::what_if_weak(&Arc::new(snapshot()), field)
}

/// The objects that no tracked object refers to, weak references aside, in the order of the table:
/// what the program holds on the stack and in statics, and what it holds no more and does not
/// free either, by `mem::forget`, by `into_raw`, or in a thread that is gone. It takes a snapshot.
///
/// Objects of a cycle refer to each other, so [`find_leaks`](crate::find_leaks) finds those.
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
    let snapshot = snapshot();
    let nodes = analysis::unreferenced(&snapshot);
    nodes
        .into_iter()
        .filter_map(|node| at(snapshot.node(node).id()))
        .collect()
}

/// Returns those of `objects` that no tracked object refers to, in the order given. References from
/// objects outside of the collection count as well. It takes a snapshot.
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
    analysis::unreferenced(snapshot)
}
