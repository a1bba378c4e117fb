//! `Debug` for findings that hold a snapshot: a summary, however large the graph is.

use std::fmt;

use super::{Leaks, Objects, Owners, RetainedSizes, WhatIf, WhyAlive};

/// Formats a summary; [`Display`](fmt::Display) formats the report.
impl fmt::Debug for Leaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaks")
            .field("leaked", &self.len())
            .field("likely", &self.likely_leaked().len())
            .field("possibly", &self.possibly_leaked().len())
            .field("left_behind", &self.left_behind().len())
            .field("overreported", &self.over_reported().len())
            .field("snapshot", self.snapshot())
            .finish()
    }
}

/// Formats the number of objects.
impl fmt::Debug for Objects<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects({})", self.len())
    }
}

/// Formats a summary; [`Display`](fmt::Display) formats the report.
impl fmt::Debug for WhyAlive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot();
        f.debug_struct("WhyAlive")
            .field("object", &snapshot.node(self.node()).id())
            .field("reason", self.reason())
            .field("anchor", &snapshot.node(self.anchor()).id())
            .field("retaining_path", &self.retaining_path().len())
            .field("snapshot", snapshot)
            .finish()
    }
}

/// Formats a summary; [`Display`](fmt::Display) formats the report.
impl fmt::Debug for WhatIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WhatIf")
            .field("change", self.change())
            .field("freed", &self.freed().len())
            .field("lost", &self.lost().len())
            .field("leaked", &self.leaked().len())
            .field("survivors", &self.survivors().len())
            .field("snapshot", self.snapshot())
            .finish()
    }
}

/// Formats a summary; [`Display`](fmt::Display) formats the table.
impl fmt::Debug for RetainedSizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetainedSizes")
            .field("total_bytes", &self.total_bytes())
            .field("cycles", &self.cycles().len())
            .field("snapshot", self.snapshot())
            .finish()
    }
}

/// Formats a summary; [`Display`](fmt::Display) formats the report.
impl fmt::Debug for Owners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owners")
            .field("object", &self.snapshot().node(self.node()).id())
            .field("internal", &self.internal().len())
            .field("external", &self.external().len())
            .field("snapshot", self.snapshot())
            .finish()
    }
}
