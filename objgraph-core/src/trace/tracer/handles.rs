//! The handles of a trace: those that existed when it began and still exist when it ends, each with
//! the place that holds it.

use crate::listing::ListedHandle;
use crate::snapshot::HandlePlace;
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
}

impl Handles {
    /// Lists all handles. Call it before objects are listed.
    pub(in crate::trace) fn list() -> Self {
        Self {
            are_known: cfg!(feature = "owners"),
            listed: Some(table::handles()),
            met: Vec::new(),
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
