//! From rows as they were found to a snapshot: names sorted, edges by source, all renumbered.

use std::sync::Arc;

use super::tracer::{Run, Tracer};
use crate::capture;
use crate::site::Site;
use crate::snapshot::{EdgeRow, NodeRow, Snapshot, SnapshotParts};
use crate::type_info::TypeInfo;

/// Puts a snapshot together.
pub(super) fn assemble(tracer: Tracer) -> Snapshot {
    let mut parts = SnapshotParts {
        enabled: crate::ENABLED,
        epoch: capture::epoch(),
        paths: tracer.paths,
        nodes: tracer.nodes,
        places: tracer.places,
        labels: tracer.labels,
        panics: tracer.panics,
        roots: tracer.roots,
        left_behind: tracer.left_behind,
        ..SnapshotParts::default()
    };

    let (types, new_type) = sorted_types(tracer.types.infos);
    parts.types = types;
    parts.paths.renumber_types(&new_type);
    let (sites, new_site) = sorted_sites(&tracer.types.kinds);
    parts.sites = sites;
    parts.threads = capture::thread_names(parts.nodes.iter_mut().map(|row| &mut row.thread));
    for row in &mut parts.nodes {
        row.type_index = new_type[row.type_index as usize];
        if row.site != NodeRow::UNKNOWN {
            row.site = new_site[row.site as usize];
        }
    }
    for place in &mut parts.places {
        place.type_index = new_type[place.type_index as usize];
    }
    parts.places.sort_unstable();
    parts.labels.sort();
    parts.panics.sort();
    parts.roots.sort();
    parts.left_behind.sort_unstable();
    (parts.edge_starts, parts.edges) = by_source(tracer.edges, &tracer.runs, parts.nodes.len());
    Snapshot::from_parts(parts)
}

/// The types sorted by name, and the new number of each.
fn sorted_types(types: Vec<Arc<TypeInfo>>) -> (Vec<Arc<TypeInfo>>, Vec<u32>) {
    let mut order: Vec<usize> = (0..types.len()).collect();
    order.sort_by(|&a, &b| types[a].name.cmp(&types[b].name));
    let mut new = vec![0; types.len()];
    for (to, &from) in order.iter().enumerate() {
        new[from] = to as u32;
    }
    (
        order
            .into_iter()
            .map(|from| Arc::clone(&types[from]))
            .collect(),
        new,
    )
}

/// The sites of the kinds, sorted and each once, and the site of each kind.
fn sorted_sites(kinds: &[capture::Kind]) -> (Vec<Site>, Vec<u32>) {
    let of_kinds: Vec<Site> = kinds.iter().map(|kind| Site::from(kind.site)).collect();
    let mut sites = of_kinds.clone();
    sites.sort();
    sites.dedup();
    let new = of_kinds
        .iter()
        .map(|site| sites.binary_search(site).unwrap_or_default() as u32);
    let new = new.collect();
    (sites, new)
}

/// The edges by source. They were found in runs, nearly always one for each node and in the
/// order of the nodes.
fn by_source(edges: Vec<EdgeRow>, runs: &[Run], nodes: usize) -> (Vec<u32>, Vec<EdgeRow>) {
    let end_of = |run: usize| {
        runs.get(run + 1)
            .map_or(edges.len(), |next| next.start as usize)
    };
    let mut starts = vec![0u32; nodes + 1];
    for (number, run) in runs.iter().enumerate() {
        if run.node != u32::MAX {
            starts[run.node as usize + 1] += (end_of(number) - run.start as usize) as u32;
        }
    }
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    let in_order = runs.is_sorted_by(|a, b| a.node < b.node);
    let mut edges = if in_order {
        edges
    } else {
        let mut order: Vec<usize> = (0..runs.len())
            .filter(|&run| runs[run].node != u32::MAX)
            .collect();
        order.sort_by_key(|&run| runs[run].node);
        let mut sorted = Vec::with_capacity(edges.len());
        for run in order {
            sorted.extend_from_slice(&edges[runs[run].start as usize..end_of(run)]);
        }
        sorted
    };
    for node in 0..nodes {
        let own = &mut edges[starts[node] as usize..starts[node + 1] as usize];
        if !own.is_sorted() {
            own.sort_unstable();
        }
    }
    (starts, edges)
}
