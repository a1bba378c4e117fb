//! Reads messages as a snapshot, and believes nothing that they say.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use minicbor::Decode;

use super::LoadError;
use super::blocks::Input;
use super::columns::{
    EdgeColumns, HandleColumns, Last, LengthColumns, NodeColumns, NodeList, NumberColumns,
    PlaceColumns,
};
use super::records::{ConcreteRecord, FamilyRecord, Head, LineRecord, SiteRecord, TypeRecord};
use crate::snapshot::{ConcreteTypes, LengthRow, NodeId, PathTable, Snapshot, SnapshotParts};

/// Maximum number of bytes of all objects together, more than any machine has: sums of them are not
/// checked anywhere else, and some formats write large sizes in parts.
const MOST_BYTES: u64 = 1 << 48;

pub(super) fn read(input: impl Read) -> Result<Snapshot, LoadError> {
    let mut input = Input::new(input)?;
    let head: Head = input.read()?;
    let mut parts = SnapshotParts {
        process: head.process,
        tags: head.tags.clone(),
        enabled: head.enabled,
        knows_handles: head.knows_handles,
        epoch: head.epoch,
        epochs: epochs(&head)?,
        ..SnapshotParts::default()
    };
    read_names(&mut input, &head, &mut parts)?;
    read_graph(&mut input, &head, &mut parts)?;
    read_rest(&mut input, &head, &mut parts)?;
    // Before format 2, no type could be left out.
    if input.format >= 2 {
        parts.left_out = input.read()?;
    }
    input.finish()?;
    parts.check().map_err(LoadError::Damaged)?;
    check_bytes(&parts)?;
    Ok(Snapshot::of(parts))
}

fn epochs(head: &Head) -> Result<Vec<(u32, Duration)>, LoadError> {
    let epochs = head.epochs.iter().map(|&(number, seconds, nanoseconds)| {
        match nanoseconds < 1_000_000_000 {
            true => Ok((number, Duration::new(seconds, nanoseconds))),
            false => Err(LoadError::Damaged("it has a second of more than a second")),
        }
    });
    epochs.collect()
}

/// Reads records, each of which becomes a row.
fn records<R: Read, D: for<'b> Decode<'b, ()>, T>(
    input: &mut Input<R>,
    count: u32,
    row: impl Fn(D) -> Result<T, LoadError>,
) -> Result<Vec<T>, LoadError> {
    input.rows(count, |records: Vec<D>, rows| {
        for record in records {
            rows.push(row(record)?);
        }
        Ok(())
    })
}

fn read_names<R: Read>(
    input: &mut Input<R>,
    head: &Head,
    parts: &mut SnapshotParts,
) -> Result<(), LoadError> {
    let counts = &head.counts;
    parts.types = records(input, counts.types, |record: TypeRecord<'static>| {
        Ok(Arc::new(record.type_info()?))
    })?;
    parts.families = records(input, counts.families, |record: FamilyRecord<'static>| {
        Ok(record.family())
    })?;
    parts.sites = records(input, counts.sites, |record: SiteRecord<'static>| {
        Ok(record.site())
    })?;
    parts.threads = records(input, counts.threads, Ok::<String, _>)?;
    let lines = records(input, counts.lines, |record: LineRecord<'static>| {
        record.line()
    })?;
    let elements = records(input, counts.elements, Ok::<u32, _>)?;
    parts.paths = PathTable::from_lines(lines, elements).map_err(LoadError::Damaged)?;
    Ok(())
}

fn read_graph<R: Read>(
    input: &mut Input<R>,
    head: &Head,
    parts: &mut SnapshotParts,
) -> Result<(), LoadError> {
    let counts = &head.counts;
    let mut last = Last::default();
    let mut edge_starts = vec![0];
    parts.nodes = input.rows(counts.nodes, |columns: NodeColumns, rows| {
        columns.add(rows, &mut edge_starts, &mut last)
    })?;
    parts.edge_starts = edge_starts;
    if parts.edge_starts.last() != Some(&counts.edges) {
        return Err(LoadError::Damaged(
            "its nodes have another number of references",
        ));
    }
    let mut sources = parts.edge_sources();
    let edges = input.rows(counts.edges, |columns: EdgeColumns, rows| {
        columns.add(rows, &mut sources)
    })?;
    drop(sources);
    parts.edges = edges;
    Ok(())
}

fn read_rest<R: Read>(
    input: &mut Input<R>,
    head: &Head,
    parts: &mut SnapshotParts,
) -> Result<(), LoadError> {
    let counts = &head.counts;
    let mut last = Last::default();
    parts.places = input.rows(counts.places, |columns: PlaceColumns, rows| {
        columns.add(rows, &mut last)
    })?;
    parts.lengths = read_lengths(input, counts.lengths)?;
    parts.texts = read_lengths(input, counts.texts)?;
    parts.labels = read_texts(input, counts.labels)?;
    parts.roots = read_texts(input, counts.roots)?;
    parts.panics = read_texts(input, counts.panics)?;
    parts.left_behind = read_nodes(input, counts.left_behind)?;
    parts.handles = input.rows(counts.handles, |columns: HandleColumns, rows| {
        columns.add(rows)
    })?;
    parts.captured = match counts.captured {
        Some(count) => Some(read_numbers(input, count)?),
        None => None,
    };
    parts.repeated = read_nodes(input, counts.repeated)?;
    let concrete = records(
        input,
        counts.concrete_types,
        |record: ConcreteRecord<'static>| Ok(record.concrete_type()),
    )?;
    let mut types = ConcreteTypes::default();
    for concrete in concrete {
        types.add_known(concrete);
    }
    parts.concrete_types = types;
    parts.concrete_nodes = read_numbers(input, counts.concrete_nodes)?;
    Ok(())
}

fn read_lengths<R: Read>(input: &mut Input<R>, count: u32) -> Result<Vec<LengthRow>, LoadError> {
    let mut last = Last::default();
    input.rows(count, |columns: LengthColumns, rows| {
        columns.add(rows, &mut last)
    })
}

fn read_numbers<R: Read>(
    input: &mut Input<R>,
    count: u32,
) -> Result<Vec<(NodeId, u32)>, LoadError> {
    let mut last = Last::default();
    input.rows(count, |columns: NumberColumns, rows| {
        columns.add(rows, &mut last)
    })
}

fn read_nodes<R: Read>(input: &mut Input<R>, count: u32) -> Result<Vec<NodeId>, LoadError> {
    let mut last = Last::default();
    input.rows(count, |columns: NodeList, rows| {
        columns.add(rows, &mut last)
    })
}

fn read_texts<R: Read>(
    input: &mut Input<R>,
    count: u32,
) -> Result<Vec<(NodeId, String)>, LoadError> {
    records(
        input,
        count,
        |(node, text): (u32, Cow<'static, str>)| match node {
            u32::MAX => Err(LoadError::Damaged("it has a number that is too large")),
            node => Ok((NodeId::new(node as usize), text.into_owned())),
        },
    )
}

/// Refuses sizes whose sum no program can have.
fn check_bytes(parts: &SnapshotParts) -> Result<(), LoadError> {
    let mut sum = 0_u64;
    for row in &parts.nodes {
        let size = parts.types[row.type_index as usize].size as u64;
        let bytes = size.checked_add(row.heap);
        sum = bytes
            .and_then(|bytes| sum.checked_add(bytes))
            .filter(|&sum| sum < MOST_BYTES)
            .ok_or(LoadError::Damaged("its objects are larger than memory"))?;
    }
    Ok(())
}
