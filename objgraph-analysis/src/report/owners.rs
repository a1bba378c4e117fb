//! The reports on the handles to an object, and on memory that only weak handles keep.

use std::fmt::{self, Write as _};
use std::time::Duration;

use super::coverage::off;
use crate::analysis::{ExternalHandles, InternalHandle, LeakBirth, Owners, Zombies};
use crate::words::in_line;
use crate::words::{Names, ago, bytes, count, fitted, joined, named_thread, thread, time, wrapped};

/// Maximum number of lines, or of places in a list.
const LINES: usize = 10;

/// The text without the feature `owners`.
const UNKNOWN: &str = "Handles are not known: turn on the feature `owners` of objgraph.";

impl fmt::Display for Owners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        let mut out = String::new();
        self.write(&mut out)?;
        f.write_str(&fitted(&out))
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
        if !self.are_known() {
            return writeln!(out, "  {UNKNOWN}");
        }
        self.kind(out, &names, true, strong.max(inside + outside))?;
        let not_known = strong.saturating_sub(inside + outside);
        if not_known > 0 {
            let made = count(not_known, "reference was", "references were");
            writeln!(out, "  {made} made at an unknown place")?;
        }
        self.kind(out, &names, false, weak_inside + weak_outside)
    }

    /// Writes the strong handles, or the weak ones.
    fn kind(&self, out: &mut String, names: &Names<'_>, strong: bool, all: usize) -> fmt::Result {
        let weak = if strong { "" } else { "weak " };
        let (_, outside) = self.counts(strong);
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
            let sites = self.external().iter().filter(|one| one.strong == strong);
            write_places(out, "    ", sites)?;
        }
        let (inferred, held): (Vec<&InternalHandle>, Vec<&InternalHandle>) = self
            .internal()
            .iter()
            .filter(|one| one.strong == strong)
            .partition(|one| one.is_inferred);
        self.inside(
            out,
            names,
            &held,
            &format!("{weak}{{are}} held inside:"),
            "",
        )?;
        let heading = "{are} likely held by opaque values, as their memory shows:";
        self.inside(out, names, &inferred, heading, "captured by ")
    }

    /// Writes the handles that objects hold; nothing if there are none. `{are}` in the heading is the
    /// verb.
    fn inside(
        &self,
        out: &mut String,
        names: &Names<'_>,
        handles: &[&InternalHandle],
        heading: &str,
        how: &str,
    ) -> fmt::Result {
        if handles.is_empty() {
            return Ok(());
        }
        let are = if handles.len() == 1 { "is" } else { "are" };
        let heading = heading.replace("{are}", are);
        writeln!(out, "  {} {heading}", handles.len())?;
        for one in handles.iter().take(LINES) {
            let holder = self.snapshot().node(one.held.node);
            let paths = &self.snapshot().parts().paths;
            let path = paths.show(one.held.path, one.held.index);
            let place = joined(names.declaring(holder.type_index()), &path);
            let of = match holder.root() {
                Some(root) => format!("the root {}", in_line(root)),
                None => holder.id().to_string(),
            };
            let by = by(one.thread.as_deref(), one.age);
            let text = format!("{how}{place} of {of}, made at {}{by}", one.site);
            wrapped(out, "    ", text.split(' '), " ")?;
        }
        if handles.len() > LINES {
            writeln!(out, "    … and {} more", handles.len() - LINES)?;
        }
        Ok(())
    }
}

/// Writes `src/net.rs:120:9 ×2 (tokio-worker-3), src/ui.rs:44:5`, broken into lines.
fn write_places<'o>(
    out: &mut String,
    margin: &str,
    sites: impl Iterator<Item = &'o ExternalHandles>,
) -> fmt::Result {
    let all: Vec<&ExternalHandles> = sites.collect();
    let mut places: Vec<String> = all.iter().take(LINES).map(|one| place(one)).collect();
    if all.len() > LINES {
        let rest: usize = all[LINES..].iter().map(|one| one.count).sum();
        places.push(format!("and {rest} made elsewhere"));
    }
    // Splitting at blanks gives a long name of a thread a line of its own.
    wrapped(out, margin, places.join(", ").split(' '), " ")
}

/// Returns `src/net.rs:120:9 ×2 (tokio-worker-3, 3 s to 12 s ago)`.
fn place(one: &ExternalHandles) -> String {
    let mut text = one.site.to_string();
    if one.count > 1 {
        text.push_str(&format!(" ×{}", one.count));
    }
    text + &by(one.thread.as_deref(), one.age)
}

/// Returns ` (tokio-worker-3, up to 12 s ago)`. The main thread and ages below a second are omitted.
fn by(thread: Option<&str>, age: (Duration, Option<Duration>)) -> String {
    let words: Vec<String> = thread
        .and_then(named_thread)
        .into_iter()
        .chain(ago(std::iter::once(age)))
        .collect();
    match words.is_empty() {
        true => String::new(),
        false => format!(" ({})", words.join(", ")),
    }
}

/// Writes where the strong ones of these handles were made; nothing if there are none.
pub(super) fn write_outside(
    out: &mut String,
    margin: &str,
    handles: &[ExternalHandles],
) -> fmt::Result {
    let strong: Vec<&ExternalHandles> = handles.iter().filter(|one| one.strong).collect();
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

/// Writes `  still held by handles made at src/worker.rs:31:5 ×2 (worker)`; nothing if there are none.
pub(super) fn write_held_by(out: &mut String, handles: &[ExternalHandles]) -> fmt::Result {
    let number = match handles.iter().map(|one| one.count).sum() {
        0_usize => return Ok(()),
        1 => "a handle",
        _ => "handles",
    };
    let margin = format!("  still held by {number} made at ");
    write_places(out, &margin, handles.iter())
}

/// Shows `The last handle from outside to Node #7 was dropped on thread main, up to 12 s ago; …`.
impl fmt::Display for LeakBirth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        let drop = &self.last_drop;
        let (name, id) = (&self.type_name, self.object);
        let mut text = format!("The last handle from outside to {name} {id} was dropped");
        if let Some(place) = drop.place() {
            text.push_str(&format!(" by {place}"));
        }
        match drop.thread() {
            Some(name) => text.push_str(&format!(" on {}", thread(name))),
            None => text.push_str(" on an unknown thread"),
        }
        if drop.age().as_secs() > 0 {
            let at_most = if drop.was_followed() { "" } else { "up to " };
            text.push_str(&format!(", {at_most}{} ago", time(drop.age())));
        }
        if let Some(made) = drop.made() {
            text.push_str(&format!("; it was made at {made}"));
        }
        if !drop.was_followed() {
            text.push_str(&format!(
                ". To see where it is dropped, call objgraph::owners::follow::<{name}>() before"
            ));
        }
        let mut out = String::new();
        wrapped(&mut out, "", text.split(' '), " ")?;
        f.write_str(&fitted(&out))
    }
}

impl fmt::Display for Zombies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        if !self.is_enabled {
            return f.write_str(off());
        }
        if !self.is_known {
            return f.write_str(UNKNOWN);
        }
        if self.is_empty() {
            return f.write_str("No tracked allocation is kept by weak handles alone.");
        }
        let allocations = count(self.allocations(), "allocation is", "allocations are");
        let all = bytes(self.bytes());
        let mut out = String::new();
        write!(out, "{allocations} kept by weak handles alone: {all}")?;
        let shown = &self.rows()[..self.rows().len().min(LINES)];
        let width = |text: &dyn Fn(usize) -> usize| (0..shown.len()).map(text).max().unwrap_or(0);
        let bytes_width = width(&|row| bytes(shown[row].bytes).len());
        let name_width = width(&|row| shown[row].type_name.chars().count()).min(40);
        for row in shown {
            write!(
                out,
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
            let more = count(more, "more type and place", "more types and places");
            write!(out, "\n  … and {more}")?;
        }
        f.write_str(&fitted(&out))
    }
}
