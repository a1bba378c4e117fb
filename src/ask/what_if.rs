//! What would be freed if an object were dropped, or a field were `Weak`.

use std::sync::Arc;

use objgraph_core::{Tracked, snapshot};

use super::object_of_value::snapshot_with_object;
use crate::analysis::{self, WhatIf};

/// Returns what would be freed if all external references to the object were dropped, what would
/// leak, and what would survive and who keeps it. Drops nothing; takes a snapshot.
///
/// The value is anything that [`show_refs`](crate::show_refs) takes. `None` if the object does not
/// exist, or no longer.
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
    let (snapshot, id) = snapshot_with_object(&value)?;
    analysis::what_if_dropped(&snapshot, id)
}

/// Returns what would be freed if a field held `Weak`, which objects in use would be lost, and what
/// would survive and who keeps it. Changes nothing; takes a snapshot.
///
/// `field` is `Type.field`, with the short or the full name of the type that declares the field,
/// as reports name it: `Node.parent`, `app::dom::Node.parent`, `Value::Closure.env`. The field is
/// taken as `Weak` in every value of that type, whichever object contains it. `None` if no live
/// object has a strong reference in such a field.
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
