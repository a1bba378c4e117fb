//! Chains between objects.

use std::sync::Arc;

use objgraph_core::{Node, NodeId, Snapshot, SnapshotOptions, Tracked, Visit, snapshot_with};

use crate::analysis::{Chain, ChainSearch, Direction};

/// The shortest chain of strong references that leads from a value to an object for which
/// `is_meant` holds, of at most 20 references; `None` if there is none. [`ref_chain`] is the
/// same with options.
///
/// It takes a snapshot: O(objects + references).
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
///
/// #[derive(Tracked)]
/// struct Session {
///     user: Rc<String>,
/// }
///
/// let session = Rc::new(Session { user: Rc::new("ann".to_owned()) });
/// let chain = objgraph::find_ref_chain(&session, |node| node.type_info().matches("String"));
/// if objgraph::ENABLED {
///     assert_eq!(chain.unwrap().to_string(), "Session.user → String");
/// }
/// assert!(objgraph::find_ref_chain(&session, objgraph::is_root).is_none());
/// ```
#[must_use]
pub fn find_ref_chain(
    value: impl Tracked,
    is_meant: impl FnMut(Node<'_>) -> bool,
) -> Option<Chain> {
    ref_chain(value).find(is_meant)
}

/// The shortest chain of strong references that leads to a value from an object for which
/// `is_meant` holds: who keeps it alive, with [`is_root`](crate::is_root). For the rest as
/// [`find_ref_chain`]; [`backref_chain`] is the same with options.
#[must_use]
pub fn find_backref_chain(
    value: impl Tracked,
    is_meant: impl FnMut(Node<'_>) -> bool,
) -> Option<Chain> {
    backref_chain(value).find(is_meant)
}

/// A search for chains that lead from a value, or from one of several, to be given options. The
/// snapshot it looks in is taken now.
///
/// ```
/// # let app = objgraph::rc::Rc::new(5);
/// let seen = [objgraph::id(&app)];
/// let chain = objgraph::picture::ref_chain(&app).max_depth(5).ignore(seen).find(objgraph::is_root);
/// assert!(chain.is_none());
/// ```
pub fn ref_chain(values: impl Tracked) -> ChainSearch {
    search(&values, Direction::Refs)
}

/// A search for chains that lead to a value; for the rest as [`ref_chain`].
pub fn backref_chain(values: impl Tracked) -> ChainSearch {
    search(&values, Direction::Backrefs)
}

/// [`ref_chain`] in a snapshot at hand.
pub fn ref_chain_in(
    snapshot: &Arc<Snapshot>,
    starts: impl IntoIterator<Item = NodeId>,
) -> ChainSearch {
    ChainSearch::new(snapshot, starts, Direction::Refs)
}

/// [`backref_chain`] in a snapshot at hand.
pub fn backref_chain_in(
    snapshot: &Arc<Snapshot>,
    starts: impl IntoIterator<Item = NodeId>,
) -> ChainSearch {
    ChainSearch::new(snapshot, starts, Direction::Backrefs)
}

fn search(values: &dyn Visit, direction: Direction) -> ChainSearch {
    // With labels, for a picture of the chain.
    let (snapshot, starts) = snapshot_with(&[values], SnapshotOptions::default().labels(true));
    ChainSearch::new(&Arc::new(snapshot), starts, direction)
}
