//! The handles of a trace: those that existed when it began and still exist when it ends, each with
//! the place that holds it.

use super::Tracer;
use crate::listing::ListedHandle;
use crate::snapshot::{EdgeRow, HandlePlace, NodeId};
use crate::table;

/// The handles of a trace.
#[derive(Default)]
pub(in crate::trace) struct Handles {
    /// Whether handles are known: a trace of a few objects does not list them.
    pub(in crate::trace) are_known: bool,
    /// `None` if only the handles that are met become rows.
    pub(in crate::trace) listed: Option<Vec<ListedHandle>>,
    /// Where handles were met, by number.
    pub(in crate::trace) met: Vec<(u64, HandlePlace)>,
    /// The strong handles that scans found in opaque values.
    pub(in crate::trace) captured: Vec<CapturedHandle>,
    /// Those of them that nothing else holds, with the first place of each; sorted.
    pub(in crate::trace) inferred: Vec<(u64, HandlePlace)>,
    /// Number of such handles to nodes that another trace visited.
    pub(in crate::trace) adopted: Vec<(NodeId, u32)>,
}

/// A strong handle whose words an opaque value contains.
///
/// The value has the handle, or had it: a handle that was moved keeps its number, and leaves its words
/// behind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::trace) struct CapturedHandle {
    pub(in crate::trace) held: HandlePlace,
    pub(in crate::trace) target: NodeId,
    pub(in crate::trace) number: u64,
}

impl Handles {
    /// Lists all handles. Call it before objects are listed.
    pub(in crate::trace) fn list() -> Self {
        Self {
            are_known: cfg!(feature = "owners"),
            listed: Some(table::handles()),
            ..Self::default()
        }
    }

    /// Lists no handles, so that the trace takes time only for those that it meets.
    pub(in crate::trace) fn met_alone() -> Self {
        Self {
            are_known: cfg!(feature = "owners"),
            ..Self::default()
        }
    }

    /// Records where a handle was met.
    pub(in crate::trace) fn record(&mut self, number: u64, held: HandlePlace) {
        self.met.push((number, held));
    }
}

impl Tracer {
    /// Adds a reference to `target` that is inferred from this many handles at a place.
    pub(in crate::trace) fn infer_at(&mut self, held: HandlePlace, target: NodeId, handles: usize) {
        self.edges.move_to(held.node.index() as u32, false);
        self.edges.push(EdgeRow {
            path: held.path,
            index: held.index,
            target,
            strong: false,
            words: u16::try_from(handles).unwrap_or(u16::MAX),
        });
    }
}
