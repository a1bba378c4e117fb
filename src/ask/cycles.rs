//! Cycles of strong references, before anything leaks.

use std::sync::Arc;

use objgraph_core::{SnapshotOptions, Tracked, snapshot_with};

use super::register_type_of_value;
use crate::analysis::ReachableCycles;

/// Returns the cycles of strong references that can be reached from a value, before anything leaks.
/// The pointers may be std's.
///
/// Registers the type of the value and the types that its fields name. A pointer may point to any
/// type, so it does not register what it points to: pass `&*pointer` for an instance of a generic
/// type that nothing else registers.
///
/// ```
/// use objgraph::Tracked;
/// use std::{cell::RefCell, rc::Rc};
///
/// #[derive(Tracked)]
/// struct Node {
///     next: RefCell<Option<Rc<Node>>>,
/// }
///
/// let node = Rc::new(Node { next: RefCell::new(None) });
/// assert!(objgraph::find_cycles(&node).is_empty());
/// *node.next.borrow_mut() = Some(node.clone());
/// let cycles = objgraph::find_cycles(&node);
/// if objgraph::ENABLED {
///     assert!(cycles.to_string().contains("Node.next → (the first)"));
/// }
/// # node.next.take();
/// ```
#[must_use]
pub fn find_cycles(value: &impl Tracked) -> ReachableCycles {
    register_type_of_value(value);
    let (snapshot, starts) = snapshot_with(&[value], SnapshotOptions::default());
    ReachableCycles::from(&Arc::new(snapshot), &starts)
}
