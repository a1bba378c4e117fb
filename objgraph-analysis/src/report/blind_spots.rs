//! The report on what could not be traced.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use objgraph_core::{PlaceKind, public_name};

use super::reader::{see_blind_spots, track_all, watch_again};
use super::remedies::{remedies_text, words};
use crate::analysis::{BlindSpots, Remedy};
use crate::words::{Names, concrete_names, count, fitted, joined, objects, wrapped};

/// Maximum number of types, and of places, listed.
const LINES: usize = 20;

/// Lists each blind spot with its remedy.
impl fmt::Display for BlindSpots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(super::off());
        }
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
            write_spot(
                out,
                &format!(
                    "{} of {}",
                    objects(blind.objects),
                    shown(name, names.get(blind.type_index))
                ),
                &remedies_text(&self.remedies_for_type(blind), name, false),
            )?;
        }
        write_more(out, self.types.len(), "more type", "more types")?;
        for blind in self.places.iter().take(LINES) {
            let paths = &snapshot.parts().paths;
            let holder = names.get(paths.type_index(blind.path) as usize);
            let place = joined(holder, &paths.show_field(blind.path).replace("[_]", "[]"));
            let values = count(blind.values, "value", "values");
            let full = full_name(blind.type_index);
            let name = shown(full, names.get(blind.type_index));
            let (what, advice) = match blind.kind {
                PlaceKind::Busy => (
                    format!("{place}: {values} of {name} in use"),
                    "mutably borrowed, or locked, at that time: try again".to_owned(),
                ),
                PlaceKind::TooDeep => (
                    format!("{place}: {values} in cells nested too deeply"),
                    "they stay opaque".to_owned(),
                ),
                _ => {
                    let remedies = self.remedies_at(blind);
                    let copy = match remedies[..] {
                        [Remedy::OneCopy] => ", of another copy of objgraph",
                        [Remedy::Choose] => ", left out",
                        _ => "",
                    };
                    let concrete = concrete_names(&self.concrete_types(blind));
                    (
                        format!("{place}: {values} of {name}{copy}{concrete}"),
                        remedies_text(&remedies, full, true),
                    )
                }
            };
            write_spot(out, &what, &advice)?;
        }
        write_more(out, self.places.len(), "more place", "more places")?;
        let mut rest = |number: usize, one: &str, many: &str, advice: &str| match number {
            0 => Ok(()),
            _ => write_spot(out, &count(number, one, many), advice),
        };
        rest(
            self.other_threads,
            "Rc object of another thread",
            "Rc objects of other threads",
            "call this on that thread, or let it end",
        )?;
        rest(
            self.lent,
            "object lent out as &mut by get_mut or make_mut",
            "objects lent out as &mut by get_mut or make_mut",
            watch_again().unwrap_or("it cannot be traced any more"),
        )?;
        rest(
            self.panicked,
            "object whose visit panicked",
            "objects whose visits panicked",
            "fix its `visit`, or the function that its field names",
        )?;
        if self.left_out.is_empty() {
            return Ok(());
        }
        let types = self.left_out.iter().take(LINES);
        let types: Vec<&str> = types.map(|&of| names.get(of)).collect();
        let what = format!(
            "{} left out by choice: {}",
            count(self.left_out.len(), "type", "types"),
            types.join(", ")
        );
        write_spot(out, &what, track_all().unwrap_or("the program chose so"))?;
        write_more(out, self.left_out.len(), "more type", "more types")
    }
}

/// Returns the name of a type: in full to say where it is declared, but short for a type of std.
fn shown<'n>(full: &str, short: &'n str) -> Cow<'n, str> {
    let of_std = ["std::", "core::", "alloc::", "objgraph_core::"];
    let is_path = full.starts_with(|c: char| c.is_alphabetic() || c == '_');
    match is_path && !full.starts_with("dyn ") && !of_std.iter().any(|root| full.starts_with(root))
    {
        true => Cow::Owned(public_name(full)),
        false => Cow::Borrowed(short),
    }
}

/// Returns the blind spots as one line below a picture; `None` if there are none.
#[doc(hidden)]
pub fn in_one_line(blind: &BlindSpots) -> Option<String> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    if blind.is_empty() {
        return None;
    }
    let untraced: usize = blind.types.iter().map(|one| one.objects).sum::<usize>()
        + blind.other_threads
        + blind.lent
        + blind.panicked;
    let values: usize = blind.places.iter().map(|one| one.values).sum();
    let mut parts = Vec::new();
    if untraced > 0 {
        parts.push(objects(untraced));
    }
    if values > 0 {
        parts.push(format!("{} in objects", count(values, "value", "values")));
    }
    let parts = parts.join(", ");
    Some(format!("Not traced: {parts}{}", see_blind_spots()))
}

fn write_spot(out: &mut String, what: &str, advice: &str) -> fmt::Result {
    writeln!(out, "{what}")?;
    wrapped(out, "    → ", words(advice).into_iter(), " ")
}

fn write_more(out: &mut String, all: usize, one: &str, many: &str) -> fmt::Result {
    match all.saturating_sub(LINES) {
        0 => Ok(()),
        hidden => writeln!(out, "… and {}", count(hidden, one, many)),
    }
}
