//! Growth over some snapshots, in the order in which they are named.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use objgraph::Snapshot;
use objgraph::growth::Trend;

use super::load::load;
use super::{Done, print};

/// Maximum number of types in the table.
const TYPES: usize = 20;

/// Number of snapshots from which growth can be called steady.
const STEADY: usize = 5;

/// Prints which types have more objects in the last file than in the first, and what grows steadily.
pub(super) fn growth(files: &[PathBuf]) -> Done {
    let mut counts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut trend = Trend::new();
    for (at, file) in files.iter().enumerate() {
        // One at a time: each may be large.
        let snapshot = load(file)?;
        for (name, count) in counts_of(&snapshot) {
            let series = counts.entry(name).or_insert_with(|| vec![0; files.len()]);
            series[at] += count;
        }
        trend.observe(&snapshot);
    }
    print(&table(&counts))?;
    if files.len() >= STEADY {
        print(&format!("\n{trend}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn counts_of(snapshot: &Snapshot) -> BTreeMap<String, usize> {
    let stats = objgraph::alive::stats_of(snapshot.nodes().filter(|node| node.id().is_in_table()));
    stats.typestats().into_iter().collect()
}

fn table(counts: &BTreeMap<String, Vec<usize>>) -> String {
    let growth = |series: &[usize]| series[series.len() - 1] as i64 - series[0] as i64;
    let mut grown: Vec<_> = counts
        .iter()
        .filter(|(_, series)| growth(series) > 0)
        .collect();
    if grown.is_empty() {
        return "No type has more objects in the last snapshot than in the first.".to_owned();
    }
    grown.sort_by_key(|(_, series)| std::cmp::Reverse(growth(series)));
    let shown = &grown[..grown.len().min(TYPES)];
    let width = shown.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or_default().clamp(4, 38);
    let mut text = format!(
        "{:<width$} {:>12} {:>12} {:>12}\n",
        "Type", "first", "last", "growth"
    );
    for (name, series) in shown {
        let (first, last) = (series[0], series[series.len() - 1]);
        let _ = writeln!(
            text,
            "{name:<width$} {first:>12} {last:>12} {:>+12}",
            growth(series)
        );
    }
    let rest = grown.len() - shown.len();
    if rest > 0 {
        let types = if rest == 1 { "type" } else { "types" };
        let _ = writeln!(text, "and {rest} more {types}");
    }
    text
}
