//! Words and names in reports.

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use objgraph_core::{Snapshot, TypeInfo};

use crate::analysis::{FieldPath, declaring};

/// Lines are broken after this many columns, where there is a place to.
const COLUMNS: usize = 80;

/// The names of types as they are told: short, or full where two types share the short one.
pub(super) struct Names<'s> {
    snapshot: &'s Snapshot,
    shared: HashSet<&'s str>,
}

impl<'s> Names<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut seen = HashSet::new();
        let names = snapshot.types().iter().map(|info| info.short_name.as_str());
        let shared = names.filter(|name| !seen.insert(*name)).collect();
        Self { snapshot, shared }
    }

    pub(super) fn get(&self, type_index: usize) -> &'s str {
        let name = |info: &'s Arc<TypeInfo>| -> &'s str {
            if self.shared.contains(info.short_name.as_str()) {
                &info.name
            } else {
                &info.short_name
            }
        };
        self.snapshot.types().get(type_index).map_or("?", name)
    }

    /// The name of the type that declares the fields of this one: what is inside of cells and
    /// locks.
    pub(super) fn declaring(&self, type_index: usize) -> &'s str {
        declaring(self.get(type_index))
    }

    /// `Node.parent`.
    pub(super) fn field(&self, field: &FieldPath) -> String {
        joined(self.declaring(field.type_index), &field.path)
    }
}

/// A type and a path in it: `Node.children[3]`.
pub(super) fn joined(holder: &str, path: &str) -> String {
    match path {
        "" => holder.to_owned(),
        path if path.starts_with('[') => format!("{holder}{path}"),
        path => format!("{holder}.{path}"),
    }
}

/// `1 object`, `2 objects`.
pub(super) fn objects(number: usize) -> String {
    count(number, "object", "objects")
}

/// A number and the word that goes with it.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `168 B`, `1.2 MiB`.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut tenths = u128::from(number) * 10;
    let mut unit = "B";
    for next in UNITS {
        if tenths < 10_240 {
            break;
        }
        tenths = (tenths + 512) / 1024;
        unit = next;
    }
    match unit {
        "B" => format!("{number} B"),
        _ => format!("{}.{} {unit}", tenths / 10, tenths % 10),
    }
}

/// Writes the words with the separator between them, and breaks lines before they grow too long.
pub(super) fn wrapped<'w>(
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
