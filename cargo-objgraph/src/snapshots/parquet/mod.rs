//! A snapshot as tables of Apache Parquet, for queries over many snapshots.
//!
//! Each table is a folder, in which each snapshot has a file: `nodes/NAME.parquet`.

mod file;
mod rows;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use objgraph::Snapshot;
use objgraph::bytes::RetainedSizes;
use objgraph::leaks::{Leaks, find_leaks_in};
use objgraph::owners::PointerKind;
use objgraph::snapshot::{NodeId, State};

use self::file::write_table;
use self::rows::{EdgeRow, NodeRow, PathRow, SiteRow, SnapshotRow, TypeRow};
use super::Loaded;
use crate::error::Error;

/// The tables, as their folders are named.
pub(super) const TABLES: [&str; 6] = ["snapshots", "nodes", "edges", "types", "sites", "paths"];

/// Writes the tables of a snapshot, which is named `name` in them.
pub(super) fn write(snapshot: &Loaded, name: &str, folder: &Path) -> Result<(), Error> {
    let tables = Tables::of(snapshot, name);
    let path = |table: &str| folder.join(table).join(format!("{name}.parquet"));
    write_table(&path(TABLES[0]), std::iter::once(tables.snapshot_row()))?;
    write_table(
        &path(TABLES[1]),
        snapshot.nodes().map(|node| tables.node_row(node.node_id())),
    )?;
    let edges = snapshot
        .nodes()
        .flat_map(|node| snapshot.edges(node.node_id()));
    write_table(
        &path(TABLES[2]),
        edges.map(|edge| EdgeRow {
            snapshot: name,
            source: edge.source().index() as u32,
            target: edge.target().index() as u32,
            path: edge.path_id().index() as u32,
            element: edge.element(),
            reference: edge.reference_kind().name(),
        }),
    )?;
    write_table(&path(TABLES[3]), tables.type_rows())?;
    write_table(&path(TABLES[4]), tables.site_rows())?;
    write_table(&path(TABLES[5]), tables.path_rows())
}

/// What the rows are made of.
struct Tables<'s> {
    snapshot: &'s Loaded,
    name: &'s str,
    retained: RetainedSizes,
    /// The verdict on nodes that have leaked, and the fingerprint of their kind.
    verdicts: HashMap<NodeId, (&'static str, Option<usize>)>,
    fingerprints: Vec<String>,
    /// The texts of the sites, by their numbers.
    sites: Vec<String>,
}

impl<'s> Tables<'s> {
    fn of(snapshot: &'s Loaded, name: &'s str) -> Self {
        let leaks = find_leaks_in(snapshot);
        let mut fingerprints = Vec::new();
        let verdicts = verdicts(&leaks, &mut fingerprints);
        Self {
            snapshot,
            name,
            retained: RetainedSizes::of(snapshot),
            verdicts,
            fingerprints,
            sites: snapshot
                .parts()
                .sites
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }

    fn tag(&self, name: &str) -> Option<&'s str> {
        let tag = self.snapshot.tags().iter().find(|tag| tag.0 == name);
        tag.map(|tag| tag.1.as_str())
    }

    fn snapshot_row(&self) -> SnapshotRow<'s> {
        let tags = self.snapshot.tags().iter();
        let tags: Vec<String> = tags
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let is_untraced = |state| matches!(state, State::Opaque | State::OtherThread | State::Lent);
        let untraced = self
            .snapshot
            .nodes()
            .filter(|node| is_untraced(node.state()));
        SnapshotRow {
            snapshot: self.name,
            host: self.tag("host"),
            program: self.tag("program"),
            version: self.tag("version"),
            time: self.tag("time").and_then(|time| time.parse().ok()),
            tags: tags.join(","),
            objects: self.snapshot.len() as u64,
            edges: self.snapshot.edge_count() as u64,
            untraced: untraced.count() as u64,
        }
    }

    fn node_row(&self, node: NodeId) -> NodeRow<'_> {
        let snapshot: &Snapshot = self.snapshot;
        let of = snapshot.node(node);
        let verdict = self.verdicts.get(&node);
        let kind = verdict.and_then(|verdict| verdict.1);
        let site = snapshot.parts().nodes[node.index()].site;
        NodeRow {
            snapshot: self.name,
            node: node.index() as u32,
            id: of.id().to_string(),
            type_name: &of.type_info().name,
            site: self.sites.get(site as usize).map(String::as_str),
            thread: of.thread(),
            scope: of.scope(),
            epoch: of.epoch(),
            pointer: pointer(of.pointer_kind()),
            strong: of.strong(),
            weak: of.weak(),
            external: snapshot.external(node),
            shallow_bytes: of.shallow_bytes(),
            heap_bytes: of.heap_bytes(),
            retained_bytes: self.retained.retained_bytes(node),
            verdict: verdict.map(|verdict| verdict.0),
            kind: kind.map(|kind| self.fingerprints[kind].as_str()),
            root: of.root(),
            label: of.label(),
        }
    }

    fn type_rows(&self) -> impl Iterator<Item = TypeRow<'s>> {
        let mut sums = vec![(0, 0); self.snapshot.types().len()];
        for node in self.snapshot.nodes() {
            let (objects, bytes) = &mut sums[node.type_index()];
            *objects += 1;
            *bytes += node.shallow_bytes() + node.heap_bytes();
        }
        let types = self.snapshot.types().iter().zip(sums);
        let name = self.name;
        types
            .filter(|(_, sums)| sums.0 > 0)
            .map(move |(info, (objects, bytes))| TypeRow {
                snapshot: name,
                type_name: &info.name,
                short_name: &info.short_name,
                size: info.size as u64,
                is_traced: info.is_visited || !info.needs_drop,
                implements_drop: info.implements_drop,
                objects,
                bytes,
            })
    }

    fn site_rows(&self) -> impl Iterator<Item = SiteRow<'_>> {
        let parts = self.snapshot.parts();
        let mut sums = vec![(0, 0); parts.sites.len()];
        for (row, node) in parts.nodes.iter().zip(self.snapshot.nodes()) {
            if let Some((objects, bytes)) = sums.get_mut(row.site as usize) {
                *objects += 1;
                *bytes += node.shallow_bytes() + node.heap_bytes();
            }
        }
        let sites = parts.sites.iter().zip(&self.sites).zip(sums);
        sites.map(|((site, text), (objects, bytes))| SiteRow {
            snapshot: self.name,
            site: text,
            file: site.shown_file().into_owned(),
            line: site.line,
            objects,
            bytes,
        })
    }

    fn path_rows(&self) -> impl Iterator<Item = PathRow<'s>> {
        let edges = self
            .snapshot
            .nodes()
            .flat_map(|node| self.snapshot.edges(node.node_id()));
        let paths: BTreeSet<_> = edges.map(|edge| edge.path_id()).collect();
        let (snapshot, name) = (self.snapshot, self.name);
        paths.into_iter().map(move |path| {
            let table = &snapshot.parts().paths;
            PathRow {
                snapshot: name,
                path: path.index() as u32,
                type_name: &snapshot.types()[table.type_index(path) as usize].name,
                field: table.show_field(path),
            }
        })
    }
}

/// Returns the verdict on each node that has leaked, likely or possibly too, with the number of its kind.
fn verdicts(
    leaks: &Leaks,
    fingerprints: &mut Vec<String>,
) -> HashMap<NodeId, (&'static str, Option<usize>)> {
    let mut verdicts = HashMap::new();
    for object in leaks.possibly_leaked() {
        verdicts.insert(object.node().node_id(), ("possibly", None));
    }
    for object in leaks.likely_leaked() {
        verdicts.insert(object.node().node_id(), ("likely", None));
    }
    for object in leaks.iter() {
        verdicts.insert(object.node().node_id(), ("leaked", None));
    }
    let kinds = leaks.kinds().all().iter().chain(leaks.likely_kinds().all());
    for kind in kinds {
        let number = fingerprints.len();
        fingerprints.push(kind.fingerprint.to_string());
        for node in kind.groups.iter().flat_map(|group| &group.objects) {
            if let Some(verdict) = verdicts.get_mut(node) {
                verdict.1 = Some(number);
            }
        }
    }
    verdicts
}

const fn pointer(kind: PointerKind) -> &'static str {
    match kind {
        PointerKind::Rc => "Rc",
        PointerKind::Arc => "Arc",
        PointerKind::StdRc => "std Rc",
        PointerKind::StdArc => "std Arc",
        PointerKind::Instance => "Instance",
        _ => "value",
    }
}
