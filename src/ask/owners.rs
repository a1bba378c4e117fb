//! Who holds an object, handle by handle.

use std::sync::Arc;

use objgraph_core::{ObjectId, last_drop, snapshot};

use crate::analysis::{self, LeakBirth, Owners, Zombies};

/// Returns the handles to an object, strong and weak: each by the object and field that holds it or,
/// if it is held from outside, by the line of code that created it and the thread. Takes a snapshot.
///
/// `None` if there is no such object. Without the feature `owners` the result only says how to turn
/// it on.
///
/// ```
/// use objgraph::rc::Rc;
///
/// let session = Rc::new("alice".to_owned());
/// std::mem::forget(session.clone());
/// let owners = objgraph::owners::owners(objgraph::id(&session));
/// if let Some(owners) = owners.filter(|owners| owners.are_known()) {
///     assert_eq!(owners.external().len(), 2);
///     assert!(owners.to_string().contains("2 of 2 references are held from outside"));
/// }
/// ```
#[must_use]
pub fn owners(id: ObjectId) -> Option<Owners> {
    analysis::owners(&Arc::new(snapshot()), id)
}

/// Returns the weak handles that keep the memory of dropped values: an allocation is freed only when
/// its last `Weak` is dropped. Takes a snapshot; empty without the feature `owners`.
///
/// ```
/// use objgraph::rc::Rc;
///
/// let cache = Rc::downgrade(&Rc::new([0_u8; 1000]));
/// let zombies = objgraph::owners::zombies();
/// if cfg!(feature = "owners") && objgraph::ENABLED {
///     assert_eq!((zombies.allocations(), zombies.bytes()), (1, 1024));
/// }
/// drop(cache);
/// ```
#[must_use]
pub fn zombies() -> Zombies {
    analysis::zombies(&snapshot())
}

/// Returns where an object began to leak: the last drop of a strong handle to it, or to an object
/// that keeps it alive. No code can drop a handle to a leaked object, so this was the last external
/// handle.
///
/// The result has the thread, the time, and where the handle was created; for types that were
/// [followed](crate::owners::follow) at the time also where it was dropped. `None` if the object has
/// not leaked, and without the feature `owners`. Takes a snapshot.
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
/// objgraph::owners::follow::<Node>();
/// let node = Rc::new(Node { me: RefCell::new(None) });
/// *node.me.borrow_mut() = Some(node.clone());
/// let id = objgraph::id(&node);
/// drop(node);
/// if let Some(birth) = objgraph::owners::leak_birth(id) {
///     println!("{birth}");
///     assert_eq!(birth.object, id);
/// }
/// ```
#[must_use]
pub fn leak_birth(id: ObjectId) -> Option<LeakBirth> {
    analysis::leak_birth(&Arc::new(snapshot()), id, last_drop)
}
