//! Writes a snapshot as messages.

use std::io::{self, Write};
use std::time::Duration;

use super::blocks::Output;
use super::columns::{
    EdgeColumns, HandleColumns, Last, LengthColumns, NodeColumns, NodeList, NumberColumns,
    PlaceColumns,
};
use super::records::{
    ConcreteRecord, Counts, FamilyRecord, Head, LineRecord, SiteRecord, TypeRecord,
};
use crate::snapshot::{NodeId, SnapshotParts};

/// Writes the messages. What is kept meanwhile is one message.
pub(super) fn write(parts: &SnapshotParts, out: impl Write) -> io::Result<()> {
    let mut out = Output::new(out)?;
    out.write(&Head {
        process: parts.process,
        tags: parts.tags.clone(),
        enabled: parts.enabled,
        knows_handles: parts.knows_handles,
        epoch: parts.epoch,
        epochs: parts.epochs.iter().map(epoch).collect(),
        counts: counts(parts)?,
    })?;
    write_names(parts, &mut out)?;
    write_graph(parts, &mut out)?;
    write_rest(parts, &mut out)?;
    out.write(&parts.left_out)?;
    out.finish()
}

fn epoch(&(number, ago): &(u32, Duration)) -> (u32, u64, u32) {
    (number, ago.as_secs(), ago.subsec_nanos())
}

fn counts(parts: &SnapshotParts) -> io::Result<Counts> {
    let count = |len: usize| u32::try_from(len).map_err(io::Error::other);
    Ok(Counts {
        types: count(parts.types.len())?,
        families: count(parts.families.len())?,
        sites: count(parts.sites.len())?,
        threads: count(parts.threads.len())?,
        lines: count(parts.paths.len())?,
        elements: count(parts.paths.element_lists().len())?,
        nodes: count(parts.nodes.len())?,
        edges: count(parts.edges.len())?,
        places: count(parts.places.len())?,
        lengths: count(parts.lengths.len())?,
        texts: count(parts.texts.len())?,
        labels: count(parts.labels.len())?,
        roots: count(parts.roots.len())?,
        panics: count(parts.panics.len())?,
        left_behind: count(parts.left_behind.len())?,
        handles: count(parts.handles.len())?,
        captured: match &parts.captured {
            Some(captured) => Some(count(captured.len())?),
            None => None,
        },
        repeated: count(parts.repeated.len())?,
        concrete_types: count(parts.concrete_types.len())?,
        concrete_nodes: count(parts.concrete_nodes.len())?,
    })
}

fn write_names<W: Write>(parts: &SnapshotParts, out: &mut Output<W>) -> io::Result<()> {
    out.rows(&parts.types, |rows| {
        records(rows, |info| TypeRecord::new(info))
    })?;
    out.rows(&parts.families, |rows| records(rows, FamilyRecord::new))?;
    out.rows(&parts.sites, |rows| records(rows, SiteRecord::new))?;
    out.rows(&parts.threads, |rows| rows)?;
    let lines: Vec<_> = parts.paths.lines().collect();
    out.rows(&lines, |rows| {
        records(rows, |&(parent, segment)| LineRecord::new(parent, segment))
    })?;
    out.rows(parts.paths.element_lists(), |rows| rows)
}

fn records<'r, T, R>(rows: &'r [T], record: impl Fn(&'r T) -> R) -> Vec<R> {
    rows.iter().map(record).collect()
}

fn write_graph<W: Write>(parts: &SnapshotParts, out: &mut Output<W>) -> io::Result<()> {
    let mut last = Last::default();
    let mut degrees = parts.edge_starts.windows(2).map(|pair| pair[1] - pair[0]);
    out.rows(&parts.nodes, |rows| {
        NodeColumns::new(rows.iter().zip(degrees.by_ref()), &mut last)
    })?;
    let mut sources = parts.edge_sources();
    out.rows(&parts.edges, |rows| {
        EdgeColumns::new(rows.iter().zip(sources.by_ref()))
    })
}

fn write_rest<W: Write>(parts: &SnapshotParts, out: &mut Output<W>) -> io::Result<()> {
    let mut last = Last::default();
    out.rows(&parts.places, |rows| PlaceColumns::new(rows, &mut last))?;
    for lengths in [&parts.lengths, &parts.texts] {
        let mut last = Last::default();
        out.rows(lengths, |rows| LengthColumns::new(rows, &mut last))?;
    }
    for texts in [&parts.labels, &parts.roots, &parts.panics] {
        out.rows(texts, |rows| records(rows, numbered))?;
    }
    let mut last = Last::default();
    out.rows(&parts.left_behind, |rows| NodeList::new(rows, &mut last))?;
    out.rows(&parts.handles, HandleColumns::new)?;
    if let Some(captured) = &parts.captured {
        let mut last = Last::default();
        out.rows(captured, |rows| NumberColumns::new(rows, &mut last))?;
    }
    let mut last = Last::default();
    out.rows(&parts.repeated, |rows| NodeList::new(rows, &mut last))?;
    let concrete: Vec<_> = parts.concrete_types.iter().collect();
    out.rows(&concrete, |rows| {
        records(rows, |&concrete| ConcreteRecord::new(concrete))
    })?;
    let mut last = Last::default();
    out.rows(&parts.concrete_nodes, |rows| {
        NumberColumns::new(rows, &mut last)
    })
}

/// A text of a node, as a record.
fn numbered((node, text): &(NodeId, String)) -> (u32, &str) {
    (node.index() as u32, text)
}
