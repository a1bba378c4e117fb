//! What could not be looked into, in reports.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use objgraph_core::{PlaceKind, Snapshot};

use super::words::{Names, count, joined, objects, wrapped};
use crate::analysis::{BlindSpots, can_derive};
use crate::order;

/// At most so many types, and so many places, are told.
const LINES: usize = 20;
/// The same, below another report.
const BELOW: usize = 3;

/// Each blind spot, with what to do about it.
impl fmt::Display for BlindSpots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text)?;
        f.write_str(text.trim_end())
    }
}

impl BlindSpots {
    fn write(&self, out: &mut String) -> fmt::Result {
        if self.is_empty() {
            return writeln!(out, "Every object could be looked into.");
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

/// The blind spots in a few lines, below another report; nothing if there are none.
pub(super) fn write_below(out: &mut String, snapshot: &Arc<Snapshot>) -> fmt::Result {
    let blind = BlindSpots::of(snapshot);
    if blind.is_empty() {
        return Ok(());
    }
    let names = Names::of(snapshot);
    // Who can act on a type needs its full name; of the others, the short one says enough.
    let name_of = |type_index: usize| {
        let full = snapshot.types()[type_index].name.as_str();
        if can_derive(full) {
            full
        } else {
            names.get(type_index)
        }
    };
    let mut lines = Vec::new();
    for one in &blind.types {
        let name = name_of(one.type_index);
        let hint = if can_derive(name) {
            ": derive `Tracked` on it"
        } else {
            ""
        };
        lines.push(format!("{} of {name}{hint}", objects(one.objects)));
    }
    let mut inside: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut busy, mut deep) = (0, 0);
    for place in &blind.places {
        match place.kind {
            PlaceKind::Busy => busy += place.values,
            PlaceKind::TooDeep => deep += place.values,
            _ => *inside.entry(place.type_index).or_default() += place.values,
        }
    }
    let mut inside: Vec<_> = inside.into_iter().collect();
    order::sort_by_key(&mut inside, |&(_, values)| std::cmp::Reverse(values));
    for (type_index, values) in inside {
        let values = count(values, "value", "values");
        lines.push(format!(
            "{values} of {} inside other objects",
            name_of(type_index)
        ));
    }
    let hidden = lines.len().saturating_sub(BELOW);
    lines.truncate(BELOW);
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
        blind.other_threads,
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
    rest(
        blind.lent,
        "object lent out as &mut",
        "objects lent out as &mut",
    );
    rest(
        blind.panicked,
        "object whose visit panicked",
        "objects whose visits panicked",
    );
    writeln!(
        out,
        "not looked into, so leaks may hide behind (see objgraph::blind_spots()):"
    )?;
    lines.iter().try_for_each(|line| writeln!(out, "  {line}"))
}
