//! The handles of a trace: those that were there when it began and still are when it ends, each
//! with the place where it was met.

use crate::listing::ListedHandle;
use crate::snapshot::HandlePlace;
use crate::table;

/// The handles of a trace.
#[derive(Default)]
pub(in crate::trace) struct Handles {
    /// Whether they are known: a trace of a few objects does not list them.
    pub(in crate::trace) are_known: bool,
    /// `None` where only those are told that were met.
    pub(in crate::trace) listed: Option<Vec<ListedHandle>>,
    /// Where handles were met, by number.
    pub(in crate::trace) met: Vec<(u64, HandlePlace)>,
}

impl Handles {
    /// Those that there are now. To be called before objects are listed.
    pub(in crate::trace) fn list() -> Self {
        Self {
            are_known: cfg!(feature = "owners"),
            listed: Some(table::handles()),
            met: Vec::new(),
        }
    }

    /// None but those that are met, which takes time in proportion to these.
    pub(in crate::trace) fn met_alone() -> Self {
        Self {
            are_known: cfg!(feature = "owners"),
            ..Self::default()
        }
    }

    /// A handle was met.
    pub(in crate::trace) fn record(&mut self, number: u64, held: HandlePlace) {
        self.met.push((number, held));
    }
}
