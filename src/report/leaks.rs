//! The report on leaks, as text for a terminal or the log of a CI run.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use objgraph_core::{PlaceKind, Site, Snapshot};

use super::cycles::CycleReport;
use super::words::{Names, count, joined, objects};
use crate::analysis::{Leaks, SnapshotObject};

/// At most so many lines of one kind are told.
const LINES: usize = 10;

/// The report: what leaked, in which cycles, which field to change, and what could not be seen.
impl fmt::Display for Leaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = Report {
            leaks: self,
            names: Names::of(self.snapshot()),
        };
        let mut text = String::new();
        report.write(&mut text)?;
        f.write_str(text.trim_end())
    }
}

struct Report<'l> {
    leaks: &'l Leaks,
    names: Names<'l>,
}

impl Report<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        self.verdict(out)?;
        CycleReport::new(self.snapshot(), &self.names).write(out, self.leaks.cycles())?;
        self.possibly(out)?;
        self.overreported(out)?;
        super::blind_spots::write_below(out, self.leaks.snapshot())
    }

    fn snapshot(&self) -> &Snapshot {
        self.leaks.snapshot()
    }

    fn verdict(&self, out: &mut String) -> fmt::Result {
        let (leaks, cycles) = (self.leaks, self.leaks.cycles());
        if leaks.is_empty() {
            return writeln!(out, "{}\n", self.nothing());
        }
        write!(out, "{} leaked", objects(leaks.len()))?;
        if cycles.groups() > 0 {
            let are_rings = cycles
                .kinds()
                .iter()
                .all(|cycle| cycle.objects == cycle.count * cycle.ring.len());
            let groups = match are_rings {
                true => count(cycles.groups(), "cycle", "cycles"),
                false => count(cycles.groups(), "tangle of cycles", "tangles of cycles"),
            };
            write!(
                out,
                ", in {groups} of {}",
                count(cycles.kinds().len(), "kind", "kinds")
            )?;
        }
        writeln!(out, "\n")?;
        self.objects_by_site(out, leaks.iter(), LINES)?;
        let hanging = leaks.len() - cycles.objects();
        if hanging > 0 && cycles.groups() > 0 {
            let are = if hanging == 1 { "is" } else { "are" };
            writeln!(
                out,
                "  ({hanging} of them {are} not part of a cycle, but held by one)"
            )?;
        }
        writeln!(out)
    }

    fn nothing(&self) -> String {
        let alive = self.snapshot().len();
        let sure = if self.leaks.possibly().len() > 0 {
            " for certain"
        } else {
            ""
        };
        match alive {
            0 if !self.snapshot().parts().enabled => "Tracking is off, so leaks cannot be seen: \
                 build with debug assertions,\nor with the feature `always` of objgraph."
                .to_owned(),
            0 => "Nothing leaked: no object is alive.".to_owned(),
            1 => format!("Nothing leaked{sure}: 1 object is alive, and held from outside."),
            _ => format!("Nothing leaked{sure}: {alive} objects are alive, all held from outside."),
        }
    }

    /// `  3 × Node            made at examples/quickstart.rs:12:5`, most objects first.
    fn objects_by_site<'o>(
        &self,
        out: &mut String,
        objects: impl Iterator<Item = SnapshotObject<'o>>,
        lines: usize,
    ) -> fmt::Result {
        let parts = self.snapshot().parts();
        let mut counts: HashMap<(u32, u32), usize> = HashMap::new();
        for object in objects {
            let row = &parts.nodes[object.node_id().index()];
            *counts.entry((row.type_index, row.site)).or_default() += 1;
        }
        let mut rows: Vec<(usize, &str, Option<&Site>)> = counts
            .into_iter()
            .map(|((type_index, site), number)| {
                (
                    number,
                    self.names.get(type_index as usize),
                    parts.sites.get(site as usize),
                )
            })
            .collect();
        rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
        let shown = &rows[..rows.len().min(lines)];
        let digits = shown
            .iter()
            .map(|row| row.0.to_string().len())
            .max()
            .unwrap_or(0);
        let width = shown
            .iter()
            .map(|row| row.1.chars().count())
            .max()
            .unwrap_or(0)
            .clamp(15, 40);
        for (number, name, site) in shown {
            match site {
                Some(site) => writeln!(out, "  {number:>digits$} × {name:<width$} made at {site}")?,
                None => writeln!(out, "  {number:>digits$} × {name}")?,
            }
        }
        if rows.len() > shown.len() {
            let rest: usize = rows[shown.len()..].iter().map(|row| row.0).sum();
            writeln!(
                out,
                "  … and {rest} more, of other types or made at other places"
            )?;
        }
        Ok(())
    }

    fn possibly(&self, out: &mut String) -> fmt::Result {
        let possibly = self.leaks.possibly();
        if possibly.len() == 0 {
            return Ok(());
        }
        writeln!(out, "{} may be leaked", objects(possibly.len()))?;
        self.objects_by_site(out, possibly, LINES / 2)?;
        writeln!(
            out,
            "  References to them were not found. These could be held by what they own"
        )?;
        writeln!(out, "  themselves and cannot be looked into:")?;
        let suspects = self.leaks.suspects();
        for suspect in suspects.iter().take(LINES / 2) {
            let node = SnapshotObject::new(self.snapshot().node(suspect.node));
            let name = self.names.get(node.node().type_index());
            match suspect.place {
                None => writeln!(out, "    {name} {}", node.id())?,
                Some((path, index)) => {
                    let place = joined(name, &self.snapshot().parts().paths.show(path, index));
                    let value = self.names.get(suspect.type_index as usize);
                    let why = match suspect.kind {
                        PlaceKind::Busy => ", busy",
                        PlaceKind::TooDeep => ", nested too deeply",
                        _ => "",
                    };
                    writeln!(out, "    {place} of {}: {value}{why}", node.id())?;
                }
            }
        }
        if suspects.len() > LINES / 2 {
            writeln!(out, "    … and {} more", suspects.len() - LINES / 2)?;
        }
        writeln!(out)
    }

    fn overreported(&self, out: &mut String) -> fmt::Result {
        let over = self.leaks.overreported();
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
        for one in over.iter().take(LINES / 2) {
            let node = self.snapshot().node(one.node);
            let name = self.names.get(node.type_index());
            let references = count(one.references as usize, "reference", "references");
            writeln!(
                out,
                "  {name} {}: {references}, {} reported",
                node.id(),
                one.reported
            )?;
        }
        if over.len() > LINES / 2 {
            writeln!(out, "  … and {} more", over.len() - LINES / 2)?;
        }
        writeln!(
            out,
            "  and {are} taken to be alive. Some `visit` written by hand, or named by"
        )?;
        writeln!(
            out,
            "  #[tracked(with = …)], reports a reference that its value does not own.\n"
        )
    }
}
