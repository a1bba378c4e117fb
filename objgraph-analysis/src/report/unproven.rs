//! The objects that a verdict of "nothing leaked" does not cover, in one line and as a report.

use std::fmt::{self, Write as _};

use objgraph_core::{NodeId, PlaceKind, Snapshot, State};

use super::reader::{track_all, watch_again};
use super::remedies::{remedies_text, words};
use super::sites::write_sites;
use crate::analysis::{OpaqueValue, UnprovenObjects};
use crate::order::{self, SortedMap};
use crate::words::{Names, count, joined, objects, wrapped};

/// Maximum number of types, or of opaque values, that the report lists.
const LINES: usize = 10;
/// Maximum number of types, or of opaque values, in a line.
const IN_LINE: usize = 2;

/// Returns ``2 live objects could not be traced (Node<i32>, made at src/a.rs:3:5): derive `Tracked`
/// on it``.
#[doc(hidden)]
pub fn unproven_in_line(unproven: &UnprovenObjects) -> String {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let report = UnprovenReport::new(unproven);
    let mut parts = Vec::new();
    if !unproven.possibly.is_empty() {
        parts.push(format!(
            "{} may have leaked ({}), held by what could not be traced: {}",
            objects(unproven.possibly.len()),
            report.kinds(&unproven.possibly),
            report.suspects_in_line(),
        ));
    }
    for (reason, nodes) in report.untraced() {
        let advice = report.advice(reason);
        parts.push(format!(
            "{} could not be traced ({}): {advice}",
            live(nodes.len()),
            report.kinds(&nodes),
        ));
    }
    if !unproven.left_out.is_empty() {
        let advice = track_all().map_or_else(String::new, |advice| format!(": {advice}"));
        parts.push(format!(
            "objects that were left out by choice may have leaked ({}){advice}",
            report.left_out()
        ));
    }
    parts.join("; and ")
}

/// Returns the types of objects that were left out by choice: `Token, Cell, and 2 more kinds`.
#[doc(hidden)]
pub fn left_out_in_line(unproven: &UnprovenObjects) -> String {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    UnprovenReport::new(unproven).left_out()
}

/// Returns the report, which ends with a line break.
#[doc(hidden)]
pub fn unproven_text(unproven: &UnprovenObjects) -> String {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = UnprovenReport::new(unproven).write(&mut out);
    out
}

/// Returns `Node<i32>, made at src/a.rs:3:5, and 2 more kinds`.
#[doc(hidden)]
pub fn kinds_in_line(snapshot: &Snapshot, nodes: &[NodeId]) -> String {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    kinds(snapshot, &Names::of(snapshot), nodes)
}

/// Returns `1 live object` or `2 live objects`.
fn live(number: usize) -> String {
    count(number, "live object", "live objects")
}

/// Why an object was not visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// Its type, by its number, is opaque.
    Opaque(usize),
    OtherThread,
    Lent,
    Panicked,
}

struct UnprovenReport<'u> {
    unproven: &'u UnprovenObjects,
    names: Names<'u>,
}

impl<'u> UnprovenReport<'u> {
    fn new(unproven: &'u UnprovenObjects) -> Self {
        Self {
            unproven,
            names: Names::of(unproven.snapshot()),
        }
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        let UnprovenObjects {
            possibly, suspects, ..
        } = self.unproven;
        if !possibly.is_empty() {
            writeln!(out, "{} may have leaked", objects(possibly.len()))?;
            self.write_sites(out, possibly)?;
            writeln!(out, "  possibly held by what could not be traced:")?;
            for suspect in suspects.iter().take(LINES) {
                let (place, advice) = self.suspect(suspect);
                let text = format!("{place}: {advice}");
                wrapped(out, "    ", words(&text).into_iter(), " ")?;
            }
            self.write_more(out, suspects.len())?;
            writeln!(out)?;
        }
        let untraced = self.untraced();
        for (reason, nodes) in untraced.iter().take(LINES) {
            writeln!(out, "{} could not be traced", live(nodes.len()))?;
            self.write_sites(out, nodes)?;
            let advice = self.advice(*reason);
            wrapped(out, "    → ", words(&advice).into_iter(), " ")?;
        }
        self.write_more(out, untraced.len())?;
        if !self.unproven.left_out.is_empty() {
            let text = format!("Objects were left out by choice: {}", self.left_out());
            wrapped(out, "", text.split(' '), " ")?;
            if let Some(advice) = track_all() {
                writeln!(out, "    → {advice}")?;
            }
        }
        Ok(())
    }

    fn left_out(&self) -> String {
        let types = self.unproven.left_out.iter();
        some_of(
            types
                .map(|&of| self.names.get(of as usize).to_owned())
                .collect(),
        )
    }

    fn write_sites(&self, out: &mut String, nodes: &[NodeId]) -> fmt::Result {
        let nodes = nodes.iter().copied();
        write_sites(
            out,
            "  ",
            self.unproven.snapshot(),
            &self.names,
            nodes,
            LINES,
        )
    }

    fn write_more(&self, out: &mut String, all: usize) -> fmt::Result {
        match all.saturating_sub(LINES) {
            0 => Ok(()),
            more => writeln!(out, "    … and {more} more"),
        }
    }

    /// Returns the objects that were not visited, by the reason, most objects first.
    fn untraced(&self) -> Vec<(Reason, Vec<NodeId>)> {
        let mut by_reason: SortedMap<Reason, Vec<NodeId>> = SortedMap::new();
        for &id in &self.unproven.untraced {
            let node = self.unproven.snapshot().node(id);
            let reason = match node.state() {
                State::OtherThread => Reason::OtherThread,
                State::Lent => Reason::Lent,
                State::Panicked => Reason::Panicked,
                _ => Reason::Opaque(node.type_index()),
            };
            by_reason.get_or_default(reason).push(id);
        }
        let mut by_reason = by_reason.into_rows();
        order::sort_by_key(&mut by_reason, |(_, nodes)| std::cmp::Reverse(nodes.len()));
        by_reason
    }

    fn kinds(&self, nodes: &[NodeId]) -> String {
        kinds(self.unproven.snapshot(), &self.names, nodes)
    }

    fn suspects_in_line(&self) -> String {
        let mut all: Vec<String> = self
            .unproven
            .suspects
            .iter()
            .map(|suspect| {
                let (place, advice) = self.suspect(suspect);
                format!("{place} ({advice})")
            })
            .collect();
        all.dedup();
        some_of(all)
    }

    /// Returns where an opaque value is, and the remedy.
    fn suspect(&self, suspect: &OpaqueValue) -> (String, String) {
        let snapshot = self.unproven.snapshot();
        let holder = self.names.get(snapshot.node(suspect.node).type_index());
        let place = match suspect.place {
            None => holder.to_owned(),
            Some((path, _)) => joined(holder, &snapshot.parts().paths.show_field(path)),
        };
        let place = match self.names.concrete(suspect) {
            Some(concrete) => format!("{place}, {concrete}"),
            None => place,
        };
        let full_name = self.full_name(suspect.type_index as usize);
        let remedies = self.unproven.remedies_at(suspect);
        let advice = match suspect.kind {
            PlaceKind::Busy => "in use at that time".to_owned(),
            PlaceKind::TooDeep => "in cells nested too deeply".to_owned(),
            _ => remedies_text(&remedies, full_name, suspect.place.is_some()),
        };
        (place, advice)
    }

    fn advice(&self, reason: Reason) -> String {
        match reason {
            Reason::Opaque(type_index) => {
                let remedies = self.unproven.remedies_for_type(type_index);
                remedies_text(&remedies, self.full_name(type_index), false)
            }
            Reason::OtherThread => {
                "an Rc is traced only on its own thread, or when that ends".to_owned()
            }
            Reason::Lent => {
                let again = watch_again().map_or_else(String::new, |again| format!(": {again}"));
                format!("lent out as &mut by get_mut or make_mut{again}")
            }
            Reason::Panicked => "fix its `visit`, which panicked".to_owned(),
        }
    }

    fn full_name(&self, type_index: usize) -> &'u str {
        &self.unproven.snapshot().types()[type_index].name
    }
}

fn kinds(snapshot: &Snapshot, names: &Names<'_>, nodes: &[NodeId]) -> String {
    let mut kinds: SortedMap<String, usize> = SortedMap::new();
    for &node in nodes {
        let node = snapshot.node(node);
        let name = names.get(node.type_index());
        let kind = match node.site() {
            Some(site) => format!("{name}, made at {site}"),
            None => name.to_owned(),
        };
        *kinds.get_or_default(kind) += 1;
    }
    let mut kinds = kinds.into_rows();
    order::sort_by_key(&mut kinds, |kind| std::cmp::Reverse(kind.1));
    some_of(kinds.into_iter().map(|kind| kind.0).collect())
}

/// Returns the first few, and the number of others.
fn some_of(mut all: Vec<String>) -> String {
    let more = all.len().saturating_sub(IN_LINE);
    all.truncate(IN_LINE);
    let all = all.join(", ");
    match more {
        0 => all,
        more => format!("{all}, and {}", count(more, "more kind", "more kinds")),
    }
}
