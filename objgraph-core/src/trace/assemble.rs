//! Assembles a snapshot from the rows of a trace: names sorted, edges by source, everything
//! renumbered.

use std::panic::Location;
use std::sync::Arc;

use super::captured::infer;
use super::handle_rows::rows;
use super::settled_cycles::settle_cycles;
use super::tracer::{SCANS, Tracer};
use crate::order;
use crate::site::Site;
use crate::snapshot::{Family, HandleRow, LengthRow, NodeRow, Snapshot, SnapshotParts};
use crate::table;
use crate::type_info::TypeInfo;
use crate::type_name::paths;
use crate::visibility::Registry;

/// Assembles a snapshot.
pub(super) fn assemble(mut tracer: Tracer) -> Snapshot {
    let knows_handles = tracer.handles.are_known;
    let captured = infer(&mut tracer);
    let (handles, handle_sites) = rows(&mut tracer);
    let left_out = table::left_out();
    let left_out = left_out.iter();
    let left_out = left_out.map(|of| tracer.types.left_out(of, &tracer.registry));
    let left_out: Vec<u32> = left_out.collect();
    let mut parts = SnapshotParts {
        process: crate::process::number(),
        enabled: crate::ENABLED,
        epoch: crate::epochs::epoch(),
        epochs: crate::epochs::epochs(),
        paths: tracer.paths,
        nodes: tracer.nodes,
        places: tracer.places,
        labels: tracer.labels,
        panics: tracer.panics,
        roots: tracer.roots,
        left_behind: tracer.left_behind,
        knows_handles,
        handles,
        captured: (SCANS && cfg!(feature = "owners")).then_some(captured),
        repeated: tracer.repeated,
        concrete_types: tracer.concrete.types,
        concrete_nodes: tracer.concrete.nodes,
        ..SnapshotParts::default()
    };

    parts.families = families(&tracer.types.infos, &tracer.registry);
    let (types, new_type) = sorted_types(tracer.types.infos);
    parts.types = types;
    parts.paths.renumber_types(&new_type);
    let of_kinds = tracer.types.kinds.iter().map(|kind| kind.site);
    let kinds = of_kinds.len();
    let (sites, new_site) = sorted_sites(of_kinds.chain(handle_sites));
    let (new_site, new_handle_site) = new_site.split_at(kinds);
    parts.sites = sites;
    let (threads, new_thread) = tracer.threads.named();
    parts.threads = threads;
    if ![&new_type[..], new_site, &new_thread]
        .into_iter()
        .all(changes_nothing)
    {
        for row in &mut parts.nodes {
            row.type_index = new_type[row.type_index as usize];
            row.site = renumbered(row.site, new_site);
            row.thread = renumbered(row.thread, &new_thread);
        }
    }
    for handle in &mut parts.handles {
        handle.type_index = new_type[handle.type_index as usize];
        handle.site = renumbered(handle.site, new_handle_site);
        handle.thread = renumbered(handle.thread, &new_thread);
    }
    parts.handles.sort_unstable_by_key(HandleRow::key);
    for place in &mut parts.places {
        place.type_index = new_type[place.type_index as usize];
    }
    parts.places.sort_unstable();
    let left_out = left_out.into_iter();
    parts.left_out = order::distinct(left_out.map(|of| new_type[of as usize]));
    parts.concrete_nodes.sort_unstable();
    order::sort(&mut parts.labels);
    order::sort(&mut parts.panics);
    order::sort(&mut parts.roots);
    parts.left_behind.sort_unstable();
    parts.repeated.sort_unstable();
    parts.repeated.dedup();
    parts.lengths = by_path(tracer.lengths);
    parts.texts = by_path(tracer.texts);
    (parts.edge_starts, parts.edges) = tracer.edges.finish(parts.nodes.len());
    settle_cycles(&mut parts);
    Snapshot::assembled(parts)
}

/// Returns the derived types that the names of untraced types mention, sorted.
fn families(infos: &[Arc<TypeInfo>], registry: &Registry) -> Vec<Family> {
    let unseen = infos.iter().filter(|info| !info.is_visited);
    let paths = unseen.flat_map(|info| paths(&info.name));
    order::distinct(paths.filter_map(|path| registry.family(path)))
}

/// Whether replacing each number `n` by `new[n]` changes nothing.
fn changes_nothing(new: &[u32]) -> bool {
    new.iter().enumerate().all(|(old, &new)| old as u32 == new)
}

/// Returns the new number of `old`; an unknown number stays unknown.
fn renumbered(old: u32, new: &[u32]) -> u32 {
    new.get(old as usize).copied().unwrap_or(NodeRow::UNKNOWN)
}

/// Sorts the types by name, and returns the new number of each.
fn sorted_types(types: Vec<Arc<TypeInfo>>) -> (Vec<Arc<TypeInfo>>, Vec<u32>) {
    let mut sorted: Vec<usize> = (0..types.len()).collect();
    order::sort_by(&mut sorted, |&a, &b| types[a].name.cmp(&types[b].name));
    let mut new = vec![0; types.len()];
    for (to, &from) in sorted.iter().enumerate() {
        new[from] = to as u32;
    }
    (
        sorted
            .into_iter()
            .map(|from| Arc::clone(&types[from]))
            .collect(),
        new,
    )
}

/// Sorts the sites, each once, and returns the new number of each.
fn sorted_sites(
    locations: impl Iterator<Item = &'static Location<'static>>,
) -> (Vec<Site>, Vec<u32>) {
    let all: Vec<Site> = locations.map(Site::from).collect();
    let sites = order::distinct(all.clone());
    let new = all
        .iter()
        .map(|site| sites.binary_search(site).unwrap_or_default() as u32);
    let new = new.collect();
    (sites, new)
}

/// Sorts the lengths by node and path, and adds up those at one path.
fn by_path(mut rows: Vec<LengthRow>) -> Vec<LengthRow> {
    let key = |row: &LengthRow| (row.node, row.path);
    if !rows.is_sorted_by(|a, b| key(a) < key(b)) {
        rows.sort_unstable();
        rows.dedup_by(|row, before| {
            let same = key(row) == key(before);
            if same {
                before.add(row.count, row.len());
            }
            same
        });
    }
    rows.shrink_to_fit();
    rows
}
