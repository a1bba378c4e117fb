//! The report on leaks, as text for a terminal or the log of a CI run.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};

use objgraph_core::{PlaceKind, Site, Snapshot, State, TypeInfo};

use crate::analysis::{Cycle, Leaks, SnapshotObject, Step};

/// At most so many lines of one kind are told.
const LINES: usize = 10;
/// At most so many cycles are told.
const CYCLES: usize = 6;
/// Of a longer ring, the beginning and the end are told.
const STEPS: usize = 8;
/// Lines are broken after this many columns, where there is a place to.
const COLUMNS: usize = 80;

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
        for (number, cycle) in self.leaks.cycles().kinds().iter().take(CYCLES).enumerate() {
            self.cycle(out, number + 1, cycle)?;
        }
        let kinds = self.leaks.cycles().kinds().len();
        if kinds > CYCLES {
            writeln!(
                out,
                "… and {}\n",
                count(kinds - CYCLES, "more kind of cycle", "more kinds of cycles")
            )?;
        }
        self.possibly(out)?;
        self.overreported(out)?;
        self.blind_spots(out)
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

    fn cycle(&self, out: &mut String, number: usize, cycle: &Cycle) -> fmt::Result {
        let length = cycle.ring.len();
        let seen = match cycle.count {
            1 => "seen once".to_owned(),
            times => format!("seen {times} times"),
        };
        let what = if cycle.objects == cycle.count * length {
            match (length, cycle.count) {
                (1, 1) => "1 object keeps itself alive".to_owned(),
                (1, _) => "1 object each keeps itself alive".to_owned(),
                (_, 1) => format!("{length} objects keep each other alive"),
                _ => format!("{length} objects each keep each other alive"),
            }
        } else if cycle.count == 1 {
            format!("one of many that keep {} alive", objects(cycle.objects))
        } else {
            format!("among many that keep {} alive", objects(cycle.objects))
        };
        writeln!(out, "cycle {number}: {seen}, {what}")?;
        self.ring(out, &cycle.ring)?;
        let fields: Vec<String> = cycle
            .closing
            .iter()
            .map(|field| {
                let paths = &self.snapshot().parts().paths;
                let holder = self.names.get(paths.type_index(field.path) as usize);
                let name = joined(holder, &paths.show_field(field.path).replace("[_]", ""));
                let marked = if field.is_marked {
                    " (marked #[tracked(back)])"
                } else {
                    ""
                };
                format!("{name}{marked}")
            })
            .collect();
        match fields.as_slice() {
            [] => {}
            [field] => {
                writeln!(out, "  the field that closes it: {field}")?;
                writeln!(
                    out,
                    "    make it Weak, or clear it before the last handle is dropped"
                )?;
            }
            fields => {
                let first = "  the fields that close it: ";
                wrapped(out, first, fields.iter().map(String::as_str), ", ")?;
                writeln!(
                    out,
                    "    make one of them Weak, or clear it before the last handle is dropped"
                )?;
            }
        }
        writeln!(out)
    }

    /// `  Node.next[0] → Node.next[0] → (the first)`.
    fn ring(&self, out: &mut String, ring: &[Step]) -> fmt::Result {
        let step = |step: &Step| {
            let holder = self.names.get(self.snapshot().node(step.node).type_index());
            joined(
                holder,
                &self.snapshot().parts().paths.show(step.path, step.index),
            )
        };
        let mut words: Vec<String> = Vec::new();
        if ring.len() <= STEPS {
            words.extend(ring.iter().map(step));
        } else {
            let (first, last) = (STEPS - 2, 1);
            words.extend(ring[..first].iter().map(step));
            words.push(format!("… {} more …", ring.len() - first - last));
            words.extend(ring[ring.len() - last..].iter().map(step));
        }
        words.push("(the first)".to_owned());
        wrapped(out, "  ", words.iter().map(String::as_str), " → ")
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

    fn blind_spots(&self, out: &mut String) -> fmt::Result {
        let snapshot = self.snapshot();
        let mut opaque: BTreeMap<usize, usize> = BTreeMap::new();
        let mut of_threads = 0;
        let mut lent = 0;
        let mut panicked = 0;
        for node in snapshot.nodes() {
            match node.state() {
                State::Opaque => *opaque.entry(node.type_index()).or_default() += 1,
                State::OtherThread => of_threads += 1,
                State::Lent => lent += 1,
                State::Panicked => panicked += 1,
                _ => {}
            }
        }
        let mut inside: BTreeMap<usize, usize> = BTreeMap::new();
        let (mut busy, mut deep) = (0, 0);
        for place in snapshot.places() {
            match place.kind {
                PlaceKind::Busy => busy += 1,
                PlaceKind::TooDeep => deep += 1,
                _ => *inside.entry(place.type_index as usize).or_default() += 1,
            }
        }
        let mut lines = Vec::new();
        for (type_index, number) in most_first(opaque) {
            let name = self.full_name(type_index);
            let hint = if can_derive(name) {
                ": derive `Tracked` on it"
            } else {
                ""
            };
            lines.push(format!("{} of {name}{hint}", objects(number)));
        }
        for (type_index, number) in most_first(inside) {
            let values = count(number, "value", "values");
            lines.push(format!(
                "{values} of {} inside other objects",
                self.full_name(type_index)
            ));
        }
        let hidden = lines.len().saturating_sub(LINES);
        lines.truncate(LINES);
        if hidden > 0 {
            lines.push(format!(
                "… and {}",
                count(hidden, "more type", "more types")
            ));
        }
        let mut rest = |number: usize, one: &str, many: &str| {
            if number > 0 {
                lines.push(count(number, one, many));
            }
        };
        rest(
            of_threads,
            "Rc object of another thread",
            "Rc objects of other threads",
        );
        rest(
            busy,
            "cell or lock that was in use",
            "cells or locks that were in use",
        );
        rest(
            deep,
            "value in cells nested too deeply",
            "values in cells nested too deeply",
        );
        rest(lent, "object lent out as &mut", "objects lent out as &mut");
        rest(
            panicked,
            "object whose visit panicked",
            "objects whose visits panicked",
        );
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(out, "not looked into, so leaks may hide behind:")?;
        for line in lines {
            writeln!(out, "  {line}")?;
        }
        Ok(())
    }

    fn full_name(&self, type_index: usize) -> &str {
        self.snapshot()
            .types()
            .get(type_index)
            .map_or("?", |info| &info.name)
    }
}

/// The names of types as they are told: short, or full where two types share the short one.
struct Names<'s> {
    snapshot: &'s Snapshot,
    shared: HashSet<&'s str>,
}

impl<'s> Names<'s> {
    fn of(snapshot: &'s Snapshot) -> Self {
        let mut seen = HashSet::new();
        let names = snapshot.types().iter().map(|info| info.short_name.as_str());
        let shared = names.filter(|name| !seen.insert(*name)).collect();
        Self { snapshot, shared }
    }

    fn get(&self, type_index: usize) -> &'s str {
        let name = |info: &'s std::sync::Arc<TypeInfo>| -> &'s str {
            if self.shared.contains(info.short_name.as_str()) {
                &info.name
            } else {
                &info.short_name
            }
        };
        self.snapshot.types().get(type_index).map_or("?", name)
    }
}

/// Whether the type may be one of the application's own.
fn can_derive(name: &str) -> bool {
    let is_path = name.contains("::") && !name.contains("{{");
    is_path
        && !["std::", "core::", "alloc::", "dyn ", "[", "(", "&"]
            .iter()
            .any(|of| name.starts_with(of))
}

fn most_first(counts: BTreeMap<usize, usize>) -> Vec<(usize, usize)> {
    let mut counts: Vec<(usize, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, number)| std::cmp::Reverse(number));
    counts
}

fn joined(holder: &str, path: &str) -> String {
    match path {
        "" => holder.to_owned(),
        path if path.starts_with('[') => format!("{holder}{path}"),
        path => format!("{holder}.{path}"),
    }
}

fn objects(number: usize) -> String {
    count(number, "object", "objects")
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Writes the words with the separator between them, and breaks lines before they grow too long.
fn wrapped<'w>(
    out: &mut String,
    first: &str,
    words: impl Iterator<Item = &'w str>,
    separator: &str,
) -> fmt::Result {
    let mut column = first.chars().count();
    write!(out, "{first}")?;
    for (number, word) in words.enumerate() {
        let mut piece = if number == 0 {
            String::new()
        } else {
            separator.to_owned()
        };
        let width = piece.chars().count() + word.chars().count();
        if number > 0 && column + width > COLUMNS {
            write!(out, "{}\n    ", separator.trim_end())?;
            column = 4;
            piece.clear();
        }
        column += piece.chars().count() + word.chars().count();
        write!(out, "{piece}{word}")?;
    }
    writeln!(out)
}
