//! Whether the columns of a snapshot fit each other.

use super::handles::HandleRow;
use super::lengths::LengthRow;
use super::node::NodeId;
use super::parts::{NodeRow, SnapshotParts};
use super::paths::PathId;

/// What is wrong.
type Misfit = &'static str;

fn ensure(holds: bool, misfit: Misfit) -> Result<(), Misfit> {
    match holds {
        true => Ok(()),
        false => Err(misfit),
    }
}

impl SnapshotParts {
    /// Returns why the columns do not fit each other, if they do not.
    pub(super) fn check(&self) -> Result<(), Misfit> {
        self.check_graph()?;
        self.check_places()?;
        ensure(
            self.left_out.is_sorted_by(|a, b| a < b)
                && self
                    .left_out
                    .last()
                    .is_none_or(|&of| (of as usize) < self.types.len()),
            "the types that were left out are not sorted, or unknown",
        )?;
        self.check_texts()?;
        self.check_handles()?;
        self.check_concrete_types()
    }

    fn has(&self, node: NodeId) -> bool {
        node.index() < self.nodes.len()
    }

    fn has_path(&self, node: NodeId, path: PathId) -> bool {
        self.has(node) && self.paths.contains(path)
    }

    fn has_thread(&self, thread: u32) -> bool {
        thread == NodeRow::UNKNOWN || (thread as usize) < self.threads.len()
    }

    fn check_graph(&self) -> Result<(), Misfit> {
        let nodes = self.nodes.len();
        let types = self.types.len();
        ensure(
            self.edge_starts.len() == nodes + 1 || (nodes == 0 && self.edge_starts.is_empty()),
            "edge_starts does not have one entry for each node and one for the end",
        )?;
        ensure(self.edge_starts.is_sorted(), "edge_starts is not sorted")?;
        let end = self.edge_starts.last();
        ensure(
            end.is_none_or(|&end| end as usize == self.edges.len()),
            "edge_starts does not end with the number of edges",
        )?;
        let of_paths = self.paths.type_indexes();
        ensure(
            of_paths.max().is_none_or(|index| (index as usize) < types),
            "the type of a path is unknown",
        )?;
        let mut edges = self.edges.iter();
        ensure(
            edges.all(|edge| self.has_path(edge.target, edge.path)),
            "an edge leads to a node that is not there, or has an unknown path",
        )?;
        let mut rows = self.nodes.iter();
        ensure(
            rows.all(|row| {
                let is_site_known =
                    row.site == NodeRow::UNKNOWN || (row.site as usize) < self.sites.len();
                (row.type_index as usize) < types && is_site_known && self.has_thread(row.thread)
            }),
            "the type, the site or the thread of a node is unknown",
        )?;
        ensure(
            self.epochs.is_sorted_by_key(|epoch| epoch.0),
            "epochs are not sorted",
        )
    }

    fn check_places(&self) -> Result<(), Misfit> {
        ensure(
            self.places.is_sorted_by_key(|place| place.node),
            "places are not sorted by node",
        )?;
        let mut places = self.places.iter();
        ensure(
            places.all(|place| {
                (place.type_index as usize) < self.types.len()
                    && self.has_path(place.node, place.path)
            }),
            "the node, the path or the type of a place is unknown",
        )?;
        for rows in [&self.lengths, &self.texts] {
            ensure(
                rows.is_sorted_by(|a, b| (a.node, a.path) < (b.node, b.path)),
                "lengths are not sorted by node and path, each once",
            )?;
            let is_known = |row: &LengthRow| self.has_path(row.node, row.path);
            ensure(
                rows.iter().all(is_known),
                "the node or the path of a length is unknown",
            )?;
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), Misfit> {
        for texts in [&self.labels, &self.roots, &self.panics] {
            ensure(
                texts.is_sorted_by_key(|text| text.0),
                "labels, roots or panics are not sorted by node",
            )?;
            ensure(
                texts.last().is_none_or(|text| self.has(text.0)),
                "the node of a label, a root or a panic is unknown",
            )?;
        }
        for nodes in [&self.left_behind, &self.repeated] {
            ensure(
                nodes.is_sorted() && nodes.last().is_none_or(|&node| self.has(node)),
                "a list of nodes is not sorted, or has an unknown node",
            )?;
        }
        Ok(())
    }

    fn check_handles(&self) -> Result<(), Misfit> {
        ensure(
            self.handles.is_sorted_by_key(HandleRow::key),
            "handles are not sorted by node, those to nothing at the end",
        )?;
        let mut handles = self.handles.iter();
        ensure(
            handles.all(|row| {
                row.target.is_none_or(|node| self.has(node))
                    && (row.type_index as usize) < self.types.len()
                    && (row.site as usize) < self.sites.len()
                    && self.has_thread(row.thread)
                    && row
                        .held
                        .is_none_or(|held| self.has_path(held.node, held.path))
            }),
            "what a handle names is unknown",
        )?;
        let captured = self.captured.as_deref().unwrap_or_default();
        ensure(
            captured.is_sorted() && captured.last().is_none_or(|row| self.has(row.0)),
            "captured handles are not sorted by node, or have an unknown node",
        )
    }

    fn check_concrete_types(&self) -> Result<(), Misfit> {
        let of_places = self.places.iter().map(|place| place.concrete);
        let of_nodes = self.concrete_nodes.iter().map(|row| row.1);
        let mut all = of_places.chain(of_nodes);
        ensure(
            all.all(|concrete| {
                concrete == NodeRow::UNKNOWN || (concrete as usize) < self.concrete_types.len()
            }),
            "a concrete type is unknown",
        )?;
        let nodes = &self.concrete_nodes;
        ensure(
            nodes.is_sorted_by_key(|row| row.0) && nodes.last().is_none_or(|row| self.has(row.0)),
            "nodes with a concrete type are not sorted, or one is unknown",
        )
    }
}
