//! Chains between objects.

use std::sync::Arc;

use objgraph_core::{Node, NodeId, Snapshot, SnapshotOptions, Tracked, Visit, snapshot_with};

use crate::analysis::{Chain, ChainSearch, Direction};

/// Finds the shortest chain of strong references from a value to an object for which `is_target`
/// returns `true`, of at most 20 references; `None` if there is none. [`ref_chain`] has options.
///
/// Takes a snapshot: O(objects + references).
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
    is_target: impl FnMut(Node<'_>) -> bool,
) -> Option<Chain> {
    ref_chain(value).find(is_target)
}

/// Finds the shortest chain of strong references to a value from an object for which `is_source`
/// returns `true`: with [`is_root`](crate::is_root), what keeps the value alive. For the rest see
/// [`find_ref_chain`]; [`backref_chain`] has options.
#[must_use]
pub fn find_backref_chain(
    value: impl Tracked,
    is_source: impl FnMut(Node<'_>) -> bool,
) -> Option<Chain> {
    backref_chain(value).find(is_source)
}

/// Returns a search for chains from a value, or from one of several, to which options can be added.
/// Takes the snapshot that it searches.
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

/// Returns a search for chains that lead to a value; for the rest see [`ref_chain`].
pub fn backref_chain(values: impl Tracked) -> ChainSearch {
    search(&values, Direction::Backrefs)
}

/// Returns a search for chains in a given snapshot, like [`ref_chain`].
pub fn ref_chain_in(
    snapshot: &Arc<Snapshot>,
    starts: impl IntoIterator<Item = NodeId>,
) -> ChainSearch {
    ChainSearch::new(snapshot, starts, Direction::Refs)
}

/// Returns a search for chains in a given snapshot, like [`backref_chain`].
pub fn backref_chain_in(
    snapshot: &Arc<Snapshot>,
    starts: impl IntoIterator<Item = NodeId>,
) -> ChainSearch {
    ChainSearch::new(snapshot, starts, Direction::Backrefs)
}

fn search(values: &dyn Visit, direction: Direction) -> ChainSearch {
    // A picture of the chain shows labels.
    let (snapshot, starts) = snapshot_with(&[values], SnapshotOptions::default().labels(true));
    ChainSearch::new(&Arc::new(snapshot), starts, direction)
}
