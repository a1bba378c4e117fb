//! What could not be looked into, in reports.

use std::fmt::{self, Write as _};

use objgraph_core::PlaceKind;

use super::coverage::ONE_COPY;
use super::words::{Names, count, fitted, joined, objects, wrapped};
use crate::analysis::{BlindSpots, can_derive, is_of_another_copy};

/// At most so many types, and so many places, are told.
const LINES: usize = 20;

/// Each blind spot, with what to do about it.
impl fmt::Display for BlindSpots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text)?;
        f.write_str(&fitted(&text))
    }
}

impl BlindSpots {
    fn write(&self, out: &mut String) -> fmt::Result {
        let coverage = self.coverage();
        if self.is_empty() || !coverage.is_enabled() {
            return writeln!(out, "{coverage}");
        }
        let snapshot = self.snapshot();
        let names = Names::of(snapshot);
        let full_name = |type_index: usize| snapshot.types()[type_index].name.as_str();
        for blind in self.types.iter().take(LINES) {
            let name = full_name(blind.type_index);
            let advice = if can_derive(name) {
                "derive `Tracked` on it"
            } else {
                "it stays opaque"
            };
            tell(
                out,
                &format!("{} of {name}", objects(blind.objects)),
                advice,
            )?;
        }
        more(out, self.types.len(), "more type", "more types")?;
        for blind in self.places.iter().take(LINES) {
            let paths = &snapshot.parts().paths;
            let holder = names.get(paths.type_index(blind.path) as usize);
            let place = joined(holder, &paths.show_field(blind.path).replace("[_]", "[]"));
            let values = count(blind.values, "value", "values");
            let full = full_name(blind.type_index);
            let name = if can_derive(full) {
                full
            } else {
                names.get(blind.type_index)
            };
            let (what, advice) = match blind.kind {
                PlaceKind::Busy => (
                    format!("{place}: {values} of {name} in use"),
                    "mutably borrowed, or locked, at that time: ask again",
                ),
                PlaceKind::TooDeep => (
                    format!("{place}: {values} in cells nested too deeply"),
                    "they stay opaque",
                ),
                _ if is_of_another_copy(full) => (
                    format!("{place}: {values} of {name}, of another copy of objgraph"),
                    ONE_COPY,
                ),
                _ if can_derive(full) => (
                    format!("{place}: {values} of {name}"),
                    "derive `Tracked` on it or, if it is foreign, mark the field \
                     #[tracked(with = …)], or #[tracked(skip)] if it holds no Rc",
                ),
                _ => (
                    format!("{place}: {values} of {name}"),
                    "mark the field #[tracked(with = …)], or #[tracked(skip)] if it holds no Rc",
                ),
            };
            tell(out, &what, advice)?;
        }
        more(out, self.places.len(), "more place", "more places")?;
        let mut rest = |number: usize, one: &str, many: &str, advice: &str| match number {
            0 => Ok(()),
            _ => tell(out, &count(number, one, many), advice),
        };
        rest(
            self.other_threads,
            "Rc object of another thread",
            "Rc objects of other threads",
            "ask on that thread, or let it end",
        )?;
        rest(
            self.lent,
            "object lent out as &mut by get_mut or make_mut",
            "objects lent out as &mut by get_mut or make_mut",
            "call `objgraph::watch(&pointer)` after that",
        )?;
        rest(
            self.panicked,
            "object whose visit panicked",
            "objects whose visits panicked",
            "mend its `visit`, or the function that its field names",
        )
    }
}

/// The blind spots in one line, below a picture; `None` if there are none.
pub(crate) fn in_one_line(blind: &BlindSpots) -> Option<String> {
    if blind.is_empty() {
        return None;
    }
    let objects_not_seen: usize = blind.types.iter().map(|one| one.objects).sum::<usize>()
        + blind.other_threads
        + blind.lent
        + blind.panicked;
    let values: usize = blind.places.iter().map(|one| one.values).sum();
    let mut parts = Vec::new();
    if objects_not_seen > 0 {
        parts.push(objects(objects_not_seen));
    }
    if values > 0 {
        parts.push(format!("{} in objects", count(values, "value", "values")));
    }
    let parts = parts.join(", ");
    Some(format!(
        "Not looked into: {parts} (see objgraph::blind_spots())"
    ))
}

fn tell(out: &mut String, what: &str, advice: &str) -> fmt::Result {
    writeln!(out, "{what}")?;
    wrapped(out, "    → ", words(advice).into_iter(), " ")
}

/// The words of a text; an attribute is one word, whatever spaces there are in it.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ' ' if depth == 0 => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words
}

fn more(out: &mut String, all: usize, one: &str, many: &str) -> fmt::Result {
    match all.saturating_sub(LINES) {
        0 => Ok(()),
        hidden => writeln!(out, "… and {}", count(hidden, one, many)),
    }
}
