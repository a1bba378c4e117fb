//! `--explain`: what was instrumented, what was not, and why.

use std::collections::BTreeMap;
use std::path::Path;

use objgraph_edits::{EditKind, Item};

use crate::copy::{Copied, Copy};
use crate::report::plural;

/// Prints, for each file, what is not instrumented and why.
#[allow(clippy::print_stderr, reason = "it is what the command says")]
pub(crate) fn explain(copy: &Copy) {
    for (package, reason) in &copy.repairs.plain {
        eprintln!("{package}: built as it is: {reason}");
    }
    for (package, pointees) in &copy.repairs.pointees {
        for (pointee, reason) in pointees {
            eprintln!("{package}: pointers to {pointee} stay std's: {reason}");
        }
    }
    let mut files: BTreeMap<&Path, &Copied> = BTreeMap::new();
    for file in copy.files.values() {
        files.insert(&file.original, file);
    }
    for (path, file) in files {
        let lines = lines(copy, file);
        let derives = file.edits.iter();
        let derives = derives
            .filter(|edit| matches!(edit.kind, EditKind::Derive { .. }))
            .count();
        if derives == 0 && lines.is_empty() {
            continue;
        }
        let root = &copy.trees[0].original;
        let shown = path.strip_prefix(root).unwrap_or(path).display();
        eprintln!("{shown}: {}", plural(derives, "type", "types"));
        for line in lines {
            eprintln!("  {line}");
        }
    }
}

fn lines(copy: &Copy, file: &Copied) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(error) = &file.unparsed {
        lines.push(format!("not instrumented: {error}"));
    }
    for skipped in &file.skipped {
        let what = match &skipped.item {
            Item::Type(name) => format!("type {name}"),
            Item::Test(name) => format!("test {name}"),
            Item::Main => "main".to_owned(),
            item => format!("{item:?}"),
        };
        lines.push(format!(
            "line {}: {what} is left as it is: {}",
            skipped.line, skipped.reason
        ));
    }
    let Some(repairs) = copy.repairs.of(&file.original, &file.source) else {
        return lines;
    };
    if let Some(reason) = &repairs.uses_std {
        lines.push(format!("uses std's pointers: {reason}"));
    }
    for (at, reason) in &repairs.left_out {
        let line = objgraph_edits::Position::of(&file.source, *at).line;
        lines.push(format!("line {line}: not instrumented: {reason}"));
    }
    for replacement in &repairs.replaced {
        let line = objgraph_edits::Position::of(&file.source, replacement.start).line;
        lines.push(format!("line {line}: changed to `{}`", replacement.text));
    }
    lines
}
