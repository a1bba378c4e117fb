//! Tables, byte for byte as Python's objgraph prints them.

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use objgraph_core::shown_name;

/// A row of the table of new ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIdsRow {
    /// The name of the type.
    pub name: String,
    /// Number of objects at the last call.
    pub old: usize,
    /// Number of objects.
    pub current: usize,
    /// Number of new objects.
    pub new: usize,
    /// Change of the number of objects since the last call.
    pub delta: i64,
}

impl NewIdsRow {
    /// Returns a row, and computes its delta.
    #[must_use]
    pub fn new(name: String, old: usize, current: usize, new: usize) -> Self {
        let delta = current as i64 - old as i64;
        Self {
            name,
            old,
            current,
            new,
            delta,
        }
    }
}

/// Writes the number of objects of each type; nothing if there are no rows.
///
/// # Errors
///
/// Those of the writer.
pub fn write_counts(out: &mut dyn Write, rows: &[(String, usize)]) -> io::Result<()> {
    let width = widest(rows.iter().map(|row| row.0.as_str()));
    for (name, count) in rows {
        let name = shown_name(name);
        writeln!(out, "{name:<width$} {count}")?;
    }
    Ok(())
}

/// Writes name, count and growth of each type; nothing if there are no rows.
///
/// # Errors
///
/// Those of the writer.
pub fn write_growth(out: &mut dyn Write, rows: &[(String, usize, usize)]) -> io::Result<()> {
    let width = widest(rows.iter().map(|row| row.0.as_str()));
    for (name, count, delta) in rows {
        let name = shown_name(name);
        writeln!(out, "{name:<width$}{count:>9} {delta:>+9}")?;
    }
    Ok(())
}

/// Writes the framed table of new ids; nothing if there are no rows.
///
/// # Errors
///
/// Those of the writer.
pub fn write_new_ids(out: &mut dyn Write, rows: &[NewIdsRow]) -> io::Result<()> {
    if !crate::HAS_OBJECTS {
        return Ok(());
    }
    if rows.is_empty() {
        return Ok(());
    }
    let width = widest(rows.iter().map(|row| row.name.as_str()));
    let frame = "=".repeat(width + 13 * 4);
    writeln!(out, "{frame}")?;
    writeln!(
        out,
        "{:<width$}{:>13}{:>13}{:>13}{:>13}",
        "Type", "Old_ids", "Current_ids", "New_ids", "Count_Deltas"
    )?;
    writeln!(out, "{frame}")?;
    for row in rows {
        writeln!(
            out,
            "{:<width$}{:>13}{:>13}{:>+13}{:>+13}",
            shown_name(&row.name),
            row.old,
            row.current,
            row.new,
            row.delta
        )?;
    }
    writeln!(out, "{frame}")
}

fn widest<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    let widest = names.map(|name| shown_name(name).chars().count()).max();
    widest.unwrap_or(0)
}
