//! The report on cycles.

use std::fmt::{self, Write as _};

use objgraph_core::Snapshot;

use super::coverage::off;
use crate::analysis::{CycleKind, Cycles, ReachableCycles, Reference};
use crate::words::{Names, count, fitted, objects, wrapped};

/// Maximum number of kinds of cycles that are listed.
const CYCLES: usize = 6;
/// Maximum number of steps of a ring; of a longer one the beginning and the end are shown.
const STEPS: usize = 8;

/// The part of a report on the cycles in a snapshot.
pub(super) struct CycleReport<'s> {
    snapshot: &'s Snapshot,
    names: &'s Names<'s>,
}

/// Lists every kind of cycle, and the field that closes it.
impl fmt::Display for ReachableCycles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        let coverage = self.coverage();
        if !coverage.is_enabled() {
            return f.write_str(off());
        }
        let mut text = String::new();
        if self.is_empty() {
            let none = "No cycle of strong references";
            match coverage.is_complete() {
                true => writeln!(text, "{none}.")?,
                false => coverage.write_nothing_among(&mut text, none)?,
            }
            return f.write_str(&fitted(&text));
        }
        writeln!(
            text,
            "{} on cycles of strong references, of {}\n",
            objects(self.cycles().objects()),
            count(self.len(), "kind", "kinds")
        )?;
        let names = Names::of(self.snapshot());
        CycleReport::new(self.snapshot(), &names).write(&mut text, self.cycles())?;
        coverage.write_below(&mut text, "there may be more cycles")?;
        f.write_str(&fitted(&text))
    }
}

impl<'s> CycleReport<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, names: &'s Names<'s>) -> Self {
        Self { snapshot, names }
    }

    pub(super) fn write(&self, out: &mut String, cycles: &Cycles) -> fmt::Result {
        for (number, cycle) in cycles.kinds().iter().take(CYCLES).enumerate() {
            self.cycle(out, number + 1, cycle)?;
        }
        let kinds = cycles.kinds().len();
        if kinds > CYCLES {
            let more = count(kinds - CYCLES, "more kind of cycle", "more kinds of cycles");
            writeln!(out, "… and {more}\n")?;
        }
        Ok(())
    }

    /// Writes one kind of cycle: how often it occurs, the ring, and the field that closes it.
    fn cycle(&self, out: &mut String, number: usize, cycle: &CycleKind) -> fmt::Result {
        let length = cycle.ring.len();
        let seen = match cycle.count {
            1 => "seen once".to_owned(),
            times => format!("seen {times} times"),
        };
        let what = if cycle.objects == cycle.count * length {
            match (length, cycle.count) {
                (1, 1) => "1 object keeps itself alive".to_owned(),
                (1, _) => "1 object each time keeps itself alive".to_owned(),
                (_, 1) => format!("{length} objects keep each other alive"),
                _ => format!("{length} objects each time keep each other alive"),
            }
        } else if cycle.count == 1 {
            format!("one of many that keep {} alive", objects(cycle.objects))
        } else {
            format!("among many that keep {} alive", objects(cycle.objects))
        };
        writeln!(out, "cycle {number}: {seen}, {what}")?;
        write_ring(out, "  ", self.snapshot, self.names, &cycle.ring)?;
        let fields: Vec<String> = cycle
            .closing
            .iter()
            .map(|field| {
                let name = self.names.declared_field(field.path);
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
}

/// Writes `  Node.next[0] → Node.next[0] → (the first)`. An inferred reference is marked.
pub(super) fn write_ring(
    out: &mut String,
    margin: &str,
    snapshot: &Snapshot,
    names: &Names<'_>,
    ring: &[Reference],
) -> fmt::Result {
    let words = ring_words(snapshot, names, ring);
    wrapped(out, margin, words.iter().map(String::as_str), " → ")
}

/// Returns `Node.next → Node.next → (the first)`.
pub(super) fn ring_in_line(snapshot: &Snapshot, names: &Names<'_>, ring: &[Reference]) -> String {
    ring_words(snapshot, names, ring).join(" → ")
}

fn ring_words(snapshot: &Snapshot, names: &Names<'_>, ring: &[Reference]) -> Vec<String> {
    let step = |step: &Reference| {
        let place = names.place(step.path, step.index);
        match snapshot.parts().edges[step.edge].words {
            0 => place,
            _ => format!("{place} (inferred)"),
        }
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
    words
}
