//! The report on leaks, for a terminal or the log of a CI run.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};

use objgraph_core::{NodeId, Snapshot};

use super::coverage::off;
use super::kinds::KindsReport;
use super::owners::write_outside;
use super::sites::write_sites;
use crate::analysis::Leaks;
use crate::words::{Names, count, fitted, objects, on_threads, wrapped};

/// Maximum number of objects, sites or values listed in each section.
const LINES: usize = 5;

/// Reports what leaked, in which cycles, which field to change, and what could not be traced.
impl fmt::Display for Leaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        let report = LeaksReport {
            leaks: self,
            names: Names::of(self.snapshot()),
        };
        f.write_str(&fitted(&report.text()?))
    }
}

impl Leaks {
    /// Returns the section of the report on possibly leaked objects.
    pub(super) fn possibly_text(&self) -> String {
        self.section(|report, out| report.possibly(out))
    }

    /// Returns the section of the report on objects that ended threads left behind.
    pub(super) fn left_behind_text(&self) -> String {
        self.section(|report, out| report.left_behind(out))
    }

    fn section(&self, write: impl Fn(&LeaksReport<'_>, &mut String) -> fmt::Result) -> String {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let report = LeaksReport {
            leaks: self,
            names: Names::of(self.snapshot()),
        };
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = write(&report, &mut text);
        fitted(&text)
    }
}

struct LeaksReport<'l> {
    leaks: &'l Leaks,
    names: Names<'l>,
}

impl LeaksReport<'_> {
    fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        match self.leaks.is_empty() {
            true => self.nothing(&mut text)?,
            false => KindsReport::leaked(self.leaks, &self.names).write(&mut text)?,
        }
        if self.leaks.likely_leaked().len() > 0 {
            KindsReport::likely(self.leaks, &self.names).write(&mut text)?;
        }
        self.write_others(&mut text)?;
        Ok(text)
    }

    /// Writes what may have leaked.
    fn write_others(&self, out: &mut String) -> fmt::Result {
        self.possibly(out)?;
        if self.leaks.is_part() {
            return Ok(());
        }
        self.left_behind(out)?;
        self.over_reported(out)?;
        match self.leaks.is_empty() {
            true => Ok(()),
            false => self
                .leaks
                .coverage()
                .write_below(out, "more may have leaked"),
        }
    }

    fn snapshot(&self) -> &Snapshot {
        self.leaks.snapshot()
    }

    fn nothing(&self, out: &mut String) -> fmt::Result {
        let coverage = self.leaks.coverage();
        if !coverage.is_enabled() {
            return writeln!(out, "{}\n", off());
        }
        let left_behind = self.leaks.left_behind().len();
        let likely = self.leaks.likely_leaked().len();
        let sure = match likely + self.leaks.possibly_leaked().len() + left_behind {
            0 => "",
            _ => " for certain",
        };
        if !coverage.is_complete() {
            coverage.write_nothing_among(out, &format!("No leak found{sure}"))?;
            return writeln!(out);
        }
        match coverage.traced().saturating_sub(left_behind) {
            0 if left_behind > 0 => writeln!(out, "Nothing leaked for certain.\n"),
            0 => writeln!(out, "Nothing leaked: no object is alive.\n"),
            1 if likely > 0 => writeln!(
                out,
                "Nothing leaked{sure}: 1 object is alive, and likely leaked.\n"
            ),
            1 => writeln!(
                out,
                "Nothing leaked{sure}: 1 object is alive, and held from outside.\n"
            ),
            alive if likely > 0 => writeln!(
                out,
                "Nothing leaked{sure}: {alive} objects are alive, {likely} of them likely leaked.\n"
            ),
            alive => writeln!(
                out,
                "Nothing leaked{sure}: {alive} objects are alive, all held from outside.\n"
            ),
        }
    }

    fn possibly(&self, out: &mut String) -> fmt::Result {
        let possibly = self.leaks.possibly_leaked();
        if possibly.len() == 0 {
            return Ok(());
        }
        writeln!(out, "{} may have leaked", objects(possibly.len()))?;
        let nodes = possibly.map(|object| object.node_id());
        write_sites(out, "  ", self.snapshot(), &self.names, nodes, LINES)?;
        write_outside(out, "  ", &self.leaks.external_handles())?;
        let suspects = self.leaks.suspects();
        let is_among = |node: &NodeId| self.leaks.possibly_nodes().binary_search(node).is_ok();
        let are_their_own = suspects.iter().all(|suspect| is_among(&suspect.node));
        let text = match self.leaks.possibly_leaked().len() {
            1 if !are_their_own => {
                "References to it were not found. They may be held by what it or leaked \
                 objects own and could not be traced:"
            }
            _ if !are_their_own => {
                "References to them were not found. They may be held by what they or leaked \
                 objects own and could not be traced:"
            }
            1 => {
                "References to it were not found. They may be held by what it owns itself and \
                 could not be traced:"
            }
            _ => {
                "References to them were not found. They may be held by what they own \
                 themselves and could not be traced:"
            }
        };
        wrapped(out, "  ", text.split(' '), " ")?;
        for suspect in suspects.iter().take(LINES) {
            let text = self.names.suspect(suspect);
            wrapped(out, "    ", text.split(' '), " ")?;
        }
        if suspects.len() > LINES {
            writeln!(out, "    … and {} more", suspects.len() - LINES)?;
        }
        writeln!(out)
    }

    fn left_behind(&self, out: &mut String) -> fmt::Result {
        let left_behind = self.leaks.left_behind();
        if left_behind.len() == 0 {
            return Ok(());
        }
        let number = objects(left_behind.len());
        writeln!(out, "{number} left behind by threads that ended")?;
        let nodes = left_behind.clone().map(|object| object.node_id());
        write_sites(out, "  ", self.snapshot(), &self.names, nodes, LINES)?;
        let threads = left_behind.clone().filter_map(|object| object.thread());
        wrapped(
            out,
            "  made ",
            on_threads(threads).iter().map(String::as_str),
            ", ",
        )?;
        let (them, text) = match left_behind.len() {
            1 => ("it", "A handle to it was forgotten there"),
            _ => ("them", "Handles to them were forgotten there"),
        };
        let text = format!(
            "{text}, or given to `into_raw`: no cycle holds {them}, and no other \
             thread may have an `Rc`, so nothing frees {them} any more."
        );
        wrapped(out, "  ", text.split(' '), " ")?;
        writeln!(out)
    }

    fn over_reported(&self, out: &mut String) -> fmt::Result {
        let over = self.leaks.over_reported();
        if over.is_empty() {
            return Ok(());
        }
        let (have, are) = if over.len() == 1 {
            ("has", "is")
        } else {
            ("have", "are")
        };
        writeln!(
            out,
            "{} {have} more references reported than exist",
            objects(over.len())
        )?;
        for one in over.iter().take(LINES) {
            let node = self.snapshot().node(one.node);
            let name = self.names.get(node.type_index());
            let references = count(one.references as usize, "reference", "references");
            let again = match one.reported > one.references {
                true => "",
                false => ", one repeatedly",
            };
            writeln!(
                out,
                "  {name} {}: {references}, {} reported{again}",
                node.id(),
                one.reported
            )?;
        }
        if over.len() > LINES {
            writeln!(out, "  … and {} more", over.len() - LINES)?;
        }
        writeln!(
            out,
            "  and {are} treated as alive. Some `visit` written by hand, or named by"
        )?;
        writeln!(
            out,
            "  #[tracked(with = …)], reports a reference that its value does not own.\n"
        )
    }
}
