//! The report on why an object is alive.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};

use objgraph_core::{NodeId, PointerKind, State};

use super::cycles::write_ring;
use super::owners::write_outside;
use crate::analysis::{AliveReason, OpaqueValue, Reference, WhyAlive};
use crate::words::in_line;
use crate::words::{Names, count, fitted, thread, wrapped};

/// Maximum number of lines in a list.
const LINES: usize = 5;
/// Maximum number of steps of a retaining path; of a longer one the beginning and the end are shown.
const STEPS: usize = 12;

/// Shows the retaining path of the object, and what holds its anchor.
impl fmt::Display for WhyAlive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(super::off());
        }
        f.write_str(&self.to_text(true))
    }
}

impl WhyAlive {
    /// Returns the report. `names_handles` is false if the lines of external handles are listed
    /// elsewhere.
    pub(super) fn to_text(&self, names_handles: bool) -> String {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let report = WhyAliveReport {
            why: self,
            names: Names::of(self.snapshot()),
            names_handles,
        };
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = report.write(&mut text);
        fitted(&text)
    }
}

struct WhyAliveReport<'w> {
    why: &'w WhyAlive,
    names: Names<'w>,
    names_handles: bool,
}

impl WhyAliveReport<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        let node = self.why.snapshot().node(self.why.node());
        let object = self.object(node.node_id());
        let verdict = match self.why.reason() {
            AliveReason::Leaked { .. } => "has leaked: nothing holds it but a cycle",
            AliveReason::LikelyLeaked { .. } => {
                "has likely leaked: nothing is known to hold it but a cycle"
            }
            _ => "is alive",
        };
        let made = node.site().map(|site| format!(", made at {site}"));
        let text = format!("{object} {verdict}{}", made.unwrap_or_default());
        wrapped(out, "", text.split(", "), ", ")?;
        self.retaining_path(out)?;
        self.reason(out)?;
        self.owners(out)?;
        self.other_anchors(out)
    }

    fn object(&self, node: NodeId) -> String {
        let node = self.why.snapshot().node(node);
        format!("{} {}", self.names.get(node.type_index()), node.id())
    }

    /// Writes `  App #0 .sessions[3] → Session #7 .peer → Peer #9`.
    fn retaining_path(&self, out: &mut String) -> fmt::Result {
        let chain = self.why.retaining_path();
        if chain.is_empty() {
            return Ok(());
        }
        let paths = &self.why.snapshot().parts().paths;
        let mut words: Vec<String> = Vec::new();
        for (number, step) in chain.iter().enumerate() {
            if chain.len() > STEPS && number == STEPS - 2 {
                words.push(format!("… {} more …", chain.len() - STEPS + 1));
            }
            if chain.len() <= STEPS || number < STEPS - 2 || number + 1 == chain.len() {
                let path = paths.show(step.path, step.index);
                let dot = if path.starts_with('[') { "" } else { "." };
                let path = in_line(&path);
                let by = self.captured_by(step);
                words.push(format!("{} {dot}{path}{by}", self.object(step.node)));
            }
        }
        words.push(self.object(self.why.node()));
        wrapped(out, "  ", words.iter().map(String::as_str), " → ")
    }

    fn reason(&self, out: &mut String) -> fmt::Result {
        let holder = self.object(self.why.anchor());
        match self.why.reason() {
            AliveReason::Root(name) => writeln!(out, "  held by the root {}", in_line(name))?,
            AliveReason::External(_) => {
                writeln!(out, "  {holder} {}", how_held(self.why.reason()))?;
                if self.names_handles {
                    write_outside(out, "  ", self.why.external_handles())?;
                }
                self.outside(out)?;
                if !self.why.snapshot().knows_handles() {
                    writeln!(
                        out,
                        "  The feature `owners` of objgraph shows the line that made each."
                    )?;
                }
            }
            AliveReason::Unknown(_) | AliveReason::OverReported | AliveReason::InPlace => {
                writeln!(out, "  {holder} {}", how_held(self.why.reason()))?;
            }
            AliveReason::Leaked { ring } | AliveReason::LikelyLeaked { ring }
                if !ring.is_empty() =>
            {
                writeln!(out, "  the cycle, from {holder} on:")?;
                write_ring(out, "    ", self.why.snapshot(), &self.names, ring)?;
            }
            AliveReason::Leaked { .. } | AliveReason::LikelyLeaked { .. } => {}
        }
        Ok(())
    }

    /// Writes every direct owner if there are several: a single one is part of the path.
    fn owners(&self, out: &mut String) -> fmt::Result {
        let owners = self.why.owners();
        if owners.len() < 2 {
            return Ok(());
        }
        writeln!(out, "  all {} references to it:", owners.len())?;
        let lines = owners.iter().map(|step| {
            let place = self.names.place(step.path, step.index);
            let by = self.captured_by(step);
            let id = self.why.snapshot().node(step.node).id();
            format!("{place} of {id}{by}")
        });
        self.list(out, lines)
    }

    /// Returns `, captured by Box<dyn Fn()>` for an inferred reference, or what is in the box if that
    /// is known, and nothing for another reference.
    fn captured_by(&self, step: &Reference) -> String {
        let snapshot = self.why.snapshot();
        let edge = snapshot.edges(step.node);
        let mut edge = edge.filter(|edge| edge.number() == step.edge && edge.is_inferred());
        edge.next().map_or_else(String::new, |edge| {
            let value = OpaqueValue::holding(snapshot, &edge);
            let declared = || self.names.get(value.type_index as usize).to_owned();
            let by = self.names.concrete(&value).unwrap_or_else(declared);
            format!(", captured by {by}")
        })
    }

    /// Writes what else keeps it alive.
    fn other_anchors(&self, out: &mut String) -> fmt::Result {
        let others = self.why.anchors().get(1..).unwrap_or_default();
        if others.is_empty() {
            return Ok(());
        }
        writeln!(out, "  also kept alive by:")?;
        let lines = others
            .iter()
            .map(|anchor| format!("{} {}", self.object(anchor.node), how_held(&anchor.reason)));
        self.list(out, lines)
    }

    fn list(
        &self,
        out: &mut String,
        mut lines: impl ExactSizeIterator<Item = String>,
    ) -> fmt::Result {
        for line in lines.by_ref().take(LINES) {
            wrapped(out, "    ", line.split(' '), " ")?;
        }
        match lines.len() {
            0 => Ok(()),
            more => writeln!(out, "    … and {more} more"),
        }
    }

    /// Writes where the external references may be.
    fn outside(&self, out: &mut String) -> fmt::Result {
        let holder = self.why.snapshot().node(self.why.anchor());
        if holder.is_left_behind() {
            return self.left_behind(out, holder.thread());
        }
        let (inside, elsewhere) = (self.why.inner_suspects(), self.why.other_suspects());
        let threads = self.why.other_threads();
        let stack = match holder.pointer_kind() {
            PointerKind::Arc | PointerKind::StdArc => "on the stack of some thread",
            _ => "on the stack",
        };
        let unseen = match inside.is_empty() && elsewhere.is_empty() && threads == 0 {
            true => "what is not tracked",
            false => "what cannot be traced:",
        };
        let text = format!("{stack}, in a static that is not a root, forgotten, or in {unseen}");
        wrapped(out, "  ", text.split(' '), " ")?;
        for suspect in inside.iter().take(LINES) {
            self.suspect(out, suspect, ", which it owns itself")?;
        }
        let room = LINES.saturating_sub(inside.len());
        for suspect in elsewhere.iter().take(room) {
            self.suspect(out, suspect, "")?;
        }
        let more = (inside.len() + elsewhere.len()).saturating_sub(LINES);
        if more > 0 {
            writeln!(
                out,
                "    … and {}",
                count(more, "more value", "more values")
            )?;
        }
        if threads > 0 {
            let objects = count(threads, "object", "objects");
            writeln!(out, "    {objects} of other threads")?;
        }
        Ok(())
    }

    /// Writes that the thread of the holder has ended: no other thread may have an `Rc`.
    fn left_behind(&self, out: &mut String, name: Option<&str>) -> fmt::Result {
        let name = name.map_or("its thread".to_owned(), thread);
        let inside = self.why.inner_suspects();
        let or = if inside.is_empty() {
            ""
        } else {
            ", or is held by"
        };
        let text =
            format!("{name} has ended: a handle was forgotten there, or given to `into_raw`{or}");
        wrapped(out, "  ", text.split(' '), " ")?;
        for suspect in inside.iter().take(LINES) {
            self.suspect(out, suspect, ", which it owns itself")?;
        }
        Ok(())
    }

    fn suspect(&self, out: &mut String, suspect: &OpaqueValue, after: &str) -> fmt::Result {
        let text = format!("{}{after}", self.names.suspect(suspect));
        wrapped(out, "    ", text.split(' '), " ")
    }
}

/// Returns how an object is held, to follow its name: `is held by 2 references from outside`.
pub(crate) fn how_held(reason: &AliveReason) -> String {
    match reason {
        AliveReason::Root(name) => format!("is the root {}", in_line(name)),
        AliveReason::External(references) => {
            let references = count(*references as usize, "reference", "references");
            format!("is held by {references} from outside")
        }
        AliveReason::Unknown(state) => {
            let why = match state {
                State::OtherThread => "it belongs to another thread",
                State::Lent => "it was lent by get_mut or make_mut",
                State::InFlight => "it was being made or dropped",
                _ => "it is being made or dropped",
            };
            format!("is assumed to be held: {why}")
        }
        AliveReason::OverReported => {
            "is assumed to be held: more references are reported than exist".to_owned()
        }
        AliveReason::InPlace => {
            "lives by value: on the stack, or where nothing was traced".to_owned()
        }
        AliveReason::Leaked { .. } => "has leaked".to_owned(),
        AliveReason::LikelyLeaked { .. } => "has likely leaked".to_owned(),
    }
}
