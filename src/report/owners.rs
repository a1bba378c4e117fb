//! The reports on who holds an object, and on memory that weak handles keep.

use std::fmt::{self, Write as _};

use objgraph_core::{NodeId, Snapshot};

use super::escape::in_line;
use super::words::{Names, bytes, count, joined, wrapped};
use crate::analysis::{OutsideSite, Owners, Zombies, outside_sites};

/// At most so many lines, or places, are told.
const LINES: usize = 10;

impl fmt::Display for Owners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out)?;
        f.write_str(out.trim_end())
    }
}

impl Owners {
    fn write(&self, out: &mut String) -> fmt::Result {
        let names = Names::of(self.snapshot());
        let node = self.snapshot().node(self.node());
        let name = names.get(node.type_index());
        let (inside, outside) = self.counts(true);
        let strong = self.strong().unwrap_or(inside + outside);
        write!(
            out,
            "{name} {} has {}",
            node.id(),
            count(strong, "reference", "references")
        )?;
        let (weak_inside, weak_outside) = self.counts(false);
        if weak_inside + weak_outside > 0 {
            write!(out, " and {} weak", weak_inside + weak_outside)?;
        }
        match node.site() {
            Some(site) => writeln!(out, ", made at {site}")?,
            None => writeln!(out)?,
        }
        self.kind(out, &names, true, strong.max(inside + outside))?;
        let not_known = strong.saturating_sub(inside + outside);
        if not_known > 0 {
            let made = count(not_known, "reference was", "references were");
            writeln!(out, "  {made} made where it is not known")?;
        }
        self.kind(out, &names, false, weak_inside + weak_outside)
    }

    /// The handles that own, or those that do not.
    fn kind(&self, out: &mut String, names: &Names<'_>, strong: bool, all: usize) -> fmt::Result {
        let weak = if strong { "" } else { "weak " };
        let (inside, outside) = self.counts(strong);
        if outside > 0 {
            let (references, are) = match all {
                1 => ("reference", "is"),
                _ if outside == 1 => ("references", "is"),
                _ => ("references", "are"),
            };
            writeln!(
                out,
                "  {outside} of {all} {weak}{references} {are} held from outside:"
            )?;
            let sites = self.outside().iter().filter(|one| one.strong == strong);
            write_places(out, "    ", sites)?;
        }
        if inside > 0 {
            let are = if inside == 1 { "is" } else { "are" };
            writeln!(out, "  {inside} {weak}{are} held inside:")?;
            let all = self.inside().iter().filter(|one| one.strong == strong);
            for one in all.take(LINES) {
                let holder = self.snapshot().node(one.held.node);
                let paths = &self.snapshot().parts().paths;
                let path = paths.show(one.held.path, one.held.index);
                let place = joined(names.declaring(holder.type_index()), &path);
                let text = match holder.root() {
                    Some(root) => {
                        let root = in_line(root);
                        format!("{place} of the root {root}, made at {}", one.site)
                    }
                    None => format!("{place} of {}, made at {}", holder.id(), one.site),
                };
                wrapped(out, "    ", text.split(' '), " ")?;
            }
            if inside > LINES {
                writeln!(out, "    … and {} more", inside - LINES)?;
            }
        }
        Ok(())
    }
}

/// `src/net.rs:120:9 ×2 (tokio-worker-3), src/ui.rs:44:5`, broken into lines.
fn write_places<'o>(
    out: &mut String,
    margin: &str,
    sites: impl Iterator<Item = &'o OutsideSite>,
) -> fmt::Result {
    let all: Vec<&OutsideSite> = sites.collect();
    let mut words: Vec<String> = all.iter().take(LINES).map(|one| place(one)).collect();
    if all.len() > LINES {
        let rest: usize = all[LINES..].iter().map(|one| one.count).sum();
        words.push(format!("and {rest} made elsewhere"));
    }
    wrapped(out, margin, words.iter().map(String::as_str), ", ")
}

/// `src/net.rs:120:9 ×2 (tokio-worker-3)`; the main thread is not named.
fn place(one: &OutsideSite) -> String {
    let mut text = one.site.to_string();
    if one.count > 1 {
        text.push_str(&format!(" ×{}", one.count));
    }
    match &one.thread {
        Some(name) if name != "main" => text.push_str(&format!(" ({})", in_line(name))),
        _ => {}
    }
    text
}

/// Where owning handles from outside to these objects were made; nothing where it is not known.
pub(super) fn write_outside(
    out: &mut String,
    margin: &str,
    snapshot: &Snapshot,
    nodes: impl IntoIterator<Item = NodeId>,
) -> fmt::Result {
    let sites = outside_sites(snapshot, nodes);
    let strong: Vec<&OutsideSite> = sites.iter().filter(|one| one.strong).collect();
    if strong.is_empty() {
        return Ok(());
    }
    let (handles, were) = match strong.iter().map(|one| one.count).sum() {
        1_usize => ("The handle", "was"),
        _ => ("The handles", "were"),
    };
    writeln!(out, "{margin}{handles} from outside {were} made at")?;
    write_places(out, &format!("{margin}  "), strong.into_iter())
}

impl fmt::Display for Zombies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_known {
            return f.write_str(
                "Handles are not known: build with the feature `owners` of objgraph, and with\n\
                 tracking on.",
            );
        }
        if self.is_empty() {
            return f.write_str("No memory is kept by weak handles alone.");
        }
        let allocations = count(self.allocations(), "allocation is", "allocations are");
        let all = bytes(self.bytes());
        write!(f, "{allocations} kept by weak handles alone: {all}")?;
        let shown = &self.rows()[..self.rows().len().min(LINES)];
        let width = |text: &dyn Fn(usize) -> usize| (0..shown.len()).map(text).max().unwrap_or(0);
        let bytes_width = width(&|row| bytes(shown[row].bytes).len());
        let name_width = width(&|row| shown[row].type_name.chars().count()).min(40);
        for row in shown {
            write!(
                f,
                "\n  {:>bytes_width$}  {:<name_width$}  {}, {} made at {}",
                bytes(row.bytes),
                row.type_name,
                count(row.allocations, "allocation", "allocations"),
                count(row.handles, "handle", "handles"),
                row.site
            )?;
        }
        let more = self.rows().len() - shown.len();
        if more > 0 {
            write!(f, "\n  … and {more} more types and places")?;
        }
        Ok(())
    }
}
