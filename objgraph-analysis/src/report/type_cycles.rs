//! The report on types that could own themselves.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};

use objgraph_core::short_name;

use super::coverage::off;
use crate::analysis::{TypeCycles, TypeEdge};
use crate::words::{count, fitted, joined, wrapped};

/// Maximum number of cycles that are listed.
const CYCLES: usize = 12;
/// Maximum number of fields that could not be followed, and of types, that are listed.
const UNFOLLOWED: usize = 8;

/// Lists the cycles, and the strong fields that are marked as back references.
impl fmt::Display for TypeCycles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        let names = self.names();
        let mut out = String::new();
        if self.types.is_empty() {
            if !objgraph_core::ENABLED {
                return f.write_str(off());
            }
            out.push_str("No type has a derive, so there is no field to follow.\n");
        } else if self.is_empty() {
            let types = count(self.types.len(), "type", "types");
            let some = if self.unfollowed.is_empty() && self.unregistered.is_empty() {
                ""
            } else {
                "; not all\nfields could be followed"
            };
            writeln!(
                out,
                "No cycle of strong fields among {types} with a derive{some}."
            )?;
        }
        let back: Vec<String> = self.back_edges().map(|edge| field(&names, edge)).collect();
        if !back.is_empty() {
            writeln!(out, "marked #[tracked(back)], but strong:")?;
            wrapped(&mut out, "  ", back.iter().map(String::as_str), ", ")?;
            writeln!(out)?;
        }
        if !self.cycles.is_empty() {
            let cycles = count(self.cycles.len(), "cycle", "cycles");
            writeln!(out, "{cycles} of strong fields could leak")?;
        }
        let mut has_cell = true;
        for cycle in self.cycles.iter().take(CYCLES) {
            if has_cell && !cycle.has_cell && !cycle.is_back {
                has_cell = false;
                writeln!(out, "  without a visible cell on the way:")?;
            }
            let mut steps: Vec<String> = cycle
                .edges
                .iter()
                .map(|&edge| field(&names, &self.edges[edge]))
                .collect();
            steps.push("(the first)".to_owned());
            wrapped(&mut out, "  ", steps.iter().map(String::as_str), " → ")?;
        }
        let more = self.cycles.len().saturating_sub(CYCLES);
        if more > 0 {
            writeln!(out, "  … and {more} more")?;
        }
        self.write_unfollowed(&names, &mut out)?;
        f.write_str(fitted(&out).trim_end())
    }
}

impl TypeCycles {
    /// Writes what could not be followed, and the remedies.
    fn write_unfollowed(&self, names: &[String], out: &mut String) -> fmt::Result {
        if !self.unfollowed.is_empty() {
            let fields = count(self.unfollowed.len(), "field", "fields");
            writeln!(out, "\n{fields} could not be followed:")?;
        }
        for one in self.unfollowed.iter().take(UNFOLLOWED) {
            let place = joined(&names[one.holder], &one.field);
            let held = short_name(&one.type_name);
            writeln!(out, "  {place}: {held}")?;
        }
        let more = self.unfollowed.len().saturating_sub(UNFOLLOWED);
        if more > 0 {
            writeln!(out, "  … and {more} more")?;
        }
        if !self.unregistered.is_empty() {
            let types = count(self.unregistered.len(), "generic type", "generic types");
            writeln!(out, "\n{types} without a registered instance:")?;
        }
        for name in self.unregistered.iter().take(UNFOLLOWED) {
            writeln!(out, "  objgraph::register!({name}<…>)")?;
        }
        let more = self.unregistered.len().saturating_sub(UNFOLLOWED);
        if more > 0 {
            writeln!(out, "  … and {more} more")?;
        }
        Ok(())
    }
}

fn field(names: &[String], edge: &TypeEdge) -> String {
    joined(&names[edge.holder], &edge.field)
}
