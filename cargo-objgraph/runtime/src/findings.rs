//! What a report finds.

use std::collections::BTreeSet;

use crate::process;
use crate::report::Types;
use objgraph::alive::stats;
use objgraph::growth::TypeGrowth;
use objgraph::leaks::{LeakKind, Leaks};

/// Maximum number of types in the table of what grew.
const GROWTH: usize = 10;

/// Returns the types of which there are more objects than at the start.
pub(crate) fn growth() -> Vec<TypeGrowth> {
    let mut since_start = process::start().growth.clone();
    since_start.grown()
}

/// Returns the table of the types that grew most, and how many there are beyond it.
pub(crate) fn growth_table() -> (String, usize) {
    let mut since_start = process::start().growth.clone();
    let all = since_start.clone().grown().len();
    let mut table = Vec::new();
    // Writing to a vector does not fail.
    let stats = stats().limit(GROWTH);
    let _ = stats.write_growth_in(&mut since_start, &mut table);
    let table = String::from_utf8_lossy(&table).into_owned();
    (table, all.saturating_sub(GROWTH))
}

/// Counts the types of live objects.
pub(crate) fn types(leaks: &Leaks) -> Types {
    let snapshot = leaks.snapshot();
    let objects = snapshot.nodes().filter(|node| node.pointer_kind().counts());
    let types: BTreeSet<usize> = objects.map(|node| node.type_index()).collect();
    let infos = types.iter().map(|&at| &snapshot.types()[at]);
    let traced = infos.filter(|info| info.is_visited || !info.needs_drop);
    Types {
        traced: traced.count(),
        total: types.len(),
    }
}

/// Returns the kinds of leaks in the order of the data.
pub(crate) fn kinds(leaks: &Leaks) -> impl Iterator<Item = &LeakKind> {
    let proven = leaks.kinds().all().iter();
    proven.chain(leaks.likely_kinds().all())
}

/// Draws the leaks of one kind, without labels, which run code of the program, and without the
/// program `dot`, which would be a child of this process.
pub(crate) fn picture(leaks: &Leaks, kind: &LeakKind) -> Option<String> {
    let own = leaks.with_fingerprint(kind.fingerprint);
    let picture = objgraph::picture::leaked(&own)?;
    let picture = picture.max_objects(16).too_many(4).labels(false);
    objgraph::picture::to_svg_without_dot(&picture.drawing().ok()?).ok()
}
