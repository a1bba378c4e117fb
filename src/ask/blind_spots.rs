//! What could not be traced.

use std::sync::Arc;

use objgraph_core::snapshot;

use crate::analysis::BlindSpots;

/// Returns what could not be traced, each with a remedy: types without a derive, fields of foreign
/// types, cells that were in use, `Rc` objects of other threads. Takes a snapshot.
///
/// ```
/// struct Session(String);
/// let session = objgraph::rc::Rc::new(Session("alice".to_owned()));
/// let blind = objgraph::blind_spots();
/// if objgraph::ENABLED {
///     assert!(blind.to_string().contains("Session\n    → derive `Tracked` on it"));
/// }
/// ```
#[must_use]
pub fn blind_spots() -> BlindSpots {
    BlindSpots::of(&Arc::new(snapshot()))
}
