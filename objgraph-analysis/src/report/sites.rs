//! The number of objects of each type and site.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use objgraph_core::{NodeId, Site, Snapshot};

use crate::order;
use crate::words::{Names, fits, wrapped};

/// Writes `3 × Node            made at examples/quickstart.rs:12:5`, most objects first. `lines` is
/// the maximum number of lines.
pub(super) fn write_sites(
    out: &mut String,
    margin: &str,
    snapshot: &Snapshot,
    names: &Names<'_>,
    nodes: impl Iterator<Item = NodeId>,
    lines: usize,
) -> fmt::Result {
    let rows = site_rows(snapshot, names, nodes);
    let shown = &rows[..rows.len().min(lines)];
    let digits = shown.iter().map(|row| row.0.to_string().len()).max();
    let digits = digits.unwrap_or(0);
    let width = shown.iter().map(|row| row.1.chars().count()).max();
    let width = width.unwrap_or(0).clamp(15, 40);
    for (number, name, site) in shown {
        let what = format!("{margin}{number:>digits$} × {name:<width$}");
        match site.map(|site| format!("made at {site}")) {
            None => writeln!(out, "{}", what.trim_end())?,
            Some(made) if fits(&format!("{what} {made}")) => writeln!(out, "{what} {made}")?,
            Some(made) => writeln!(out, "{}\n{margin}    {made}", what.trim_end())?,
        }
    }
    if shown.iter().any(|row| row.2.is_some_and(Site::is_in_std)) {
        let text = "(inside std: write a closure around the constructor to see its line)";
        wrapped(out, margin, text.split(' '), " ")?;
    }
    if rows.len() > shown.len() {
        let rest: usize = rows[shown.len()..].iter().map(|row| row.0).sum();
        writeln!(
            out,
            "{margin}… and {rest} more, of other types or made at other places"
        )?;
    }
    Ok(())
}

/// The number of objects of one type that one site created.
pub(super) type SiteRow<'s> = (usize, &'s str, Option<&'s Site>);

/// Counts the objects of each type and site, most first.
pub(super) fn site_rows<'s>(
    snapshot: &'s Snapshot,
    names: &'s Names<'_>,
    nodes: impl Iterator<Item = NodeId>,
) -> Vec<SiteRow<'s>> {
    let parts = snapshot.parts();
    let mut counts: HashMap<(u32, u32), usize> = HashMap::new();
    for node in nodes {
        let row = &parts.nodes[node.index()];
        *counts.entry((row.type_index, row.site)).or_default() += 1;
    }
    let mut rows: Vec<SiteRow<'s>> = counts
        .into_iter()
        .map(|((type_index, site), number)| {
            let name = names.get(type_index as usize);
            (number, name, parts.sites.get(site as usize))
        })
        .collect();
    order::sort_by(&mut rows, |a, b| {
        b.0.cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
    });
    rows
}
