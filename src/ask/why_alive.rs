//! Why an object is alive.

use objgraph_core::Tracked;

use super::object_of_value::snapshot_with_object;
use crate::analysis::{self, WhyAlive};

/// Returns why an object is alive: the shortest chain of strong references to it from a root or
/// from an object that is held from outside, who holds that one, all direct owners of the object,
/// and all other held objects that lead to it. Takes a snapshot.
///
/// The value is anything that [`show_refs`](crate::show_refs) takes: a pointer, ours or std's, an
/// object that was looked up, or its id. `None` if the object does not exist, or no longer.
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
    let (snapshot, id) = snapshot_with_object(&value)?;
    analysis::why_alive(&snapshot, id)
}
