//! Builds snapshots by hand, for tests.

use std::sync::Arc;
use std::time::Duration;

use objgraph_core::{
    ConcreteType, EdgeRow, FieldName, HandlePlace, HandleRow, LengthRow, NodeId, NodeRow, ObjectId,
    PathId, Place, PlaceKind, PointerKind, Segment, Site, Snapshot, SnapshotParts, State, TypeInfo,
};

/// A snapshot under construction.
///
/// The strong count of a node is the number of strong edges to it, plus the external references
/// that were given for it.
#[derive(Debug, Default)]
pub(crate) struct Kit {
    parts: SnapshotParts,
    external: Vec<i64>,
    edges: Vec<(usize, EdgeRow)>,
    starts: Vec<(u32, PathId)>,
}

impl Kit {
    pub(crate) fn new() -> Self {
        let mut kit = Self::default();
        kit.parts.enabled = true;
        kit
    }

    /// Returns the type with this full name; new types are added at the end.
    pub(crate) fn type_index(&mut self, name: &str) -> u32 {
        let types = &mut self.parts.types;
        if let Some(at) = types.iter().position(|info| info.name == name) {
            return at as u32;
        }
        let mut info = TypeInfo::opaque(name, 16);
        info.is_visited = true;
        types.push(Arc::new(info));
        types.len() as u32 - 1
    }

    pub(crate) fn change_type(&mut self, name: &str, change: impl FnOnce(&mut TypeInfo)) {
        let at = self.type_index(name) as usize;
        let mut info = (*self.parts.types[at]).clone();
        change(&mut info);
        self.parts.types[at] = Arc::new(info);
    }

    /// Adds a node of this type with this many external references, created on line 10 plus the
    /// index of the type.
    pub(crate) fn node(&mut self, name: &str, external: i64) -> NodeId {
        let type_index = self.type_index(name);
        let site = Site {
            file: "src/app.rs".into(),
            line: 10 + type_index,
            column: 5,
        };
        let known = self.parts.sites.iter().position(|other| *other == site);
        let site = known.unwrap_or_else(|| {
            self.parts.sites.push(site);
            self.parts.sites.len() - 1
        });
        let number = self.parts.nodes.len();
        self.parts.nodes.push(NodeRow {
            id: ObjectId::new(number as u32, 0),
            type_index,
            site: site as u32,
            thread: NodeRow::UNKNOWN,
            scope: 0,
            epoch: 0,
            strong: 0,
            weak: 0,
            heap: 0,
            pointer_kind: PointerKind::Rc,
            state: State::Visited,
        });
        self.external.push(external);
        NodeId::new(number)
    }

    /// Adds a type of which objects were left out by choice.
    pub(crate) fn left_out(&mut self, name: &str) {
        let of = self.type_index(name);
        self.parts.left_out.push(of);
        self.parts.left_out.sort_unstable();
    }

    /// Changes all creation sites.
    pub(crate) fn sites(&mut self, change: impl FnMut(&mut Site)) {
        self.parts.sites.iter_mut().for_each(change);
    }

    /// Sets when epochs began, in seconds before the snapshot, and adds a thread.
    pub(crate) fn epochs(&mut self, begun: &[(u32, u64)]) {
        let age = |&(epoch, seconds)| (epoch, Duration::from_secs(seconds));
        self.parts.epochs = begun.iter().map(age).collect();
        self.parts.threads = vec!["main".to_owned()];
    }

    /// Sets the epoch of the snapshot.
    pub(crate) fn epoch(&mut self, epoch: u32) {
        self.parts.epoch = epoch;
    }

    /// Adds a root of this name, with a value of this type.
    pub(crate) fn root_value(&mut self, of: &str, name: &str) -> NodeId {
        let node = self.node(of, 0);
        self.row(node).pointer_kind = PointerKind::Value;
        self.row(node).id = ObjectId::outside_table(node.index() as u64);
        self.parts.roots.push((node, name.to_owned()));
        node
    }

    pub(crate) fn row(&mut self, node: NodeId) -> &mut NodeRow {
        &mut self.parts.nodes[node.index()]
    }

    /// Returns the path of a field, or of the elements in it; `^` before the name marks a reference
    /// back.
    pub(crate) fn path(&mut self, of: NodeId, field: &'static str, element: bool) -> PathId {
        let type_index = self.parts.nodes[of.index()].type_index;
        let paths = &mut self.parts.paths;
        let start = match self.starts.iter().find(|start| start.0 == type_index) {
            Some(&(_, start)) => start,
            None => {
                let start = paths.start(type_index);
                self.starts.push((type_index, start));
                start
            }
        };
        let field = match field.strip_prefix('^') {
            _ if field.is_empty() => start,
            Some(field) => paths.step(start, Segment::BackField(FieldName::new(field))),
            None => paths.step(start, Segment::Field(FieldName::new(field))),
        };
        if element {
            paths.step(field, Segment::Element)
        } else {
            field
        }
    }

    pub(crate) fn edge(&mut self, from: NodeId, field: &'static str, to: NodeId) {
        let path = self.path(from, field, false);
        self.edges.push((
            from.index(),
            EdgeRow {
                path,
                index: 0,
                target: to,
                strong: true,
                words: 0,
            },
        ));
    }

    pub(crate) fn element(&mut self, from: NodeId, field: &'static str, at: u32, to: NodeId) {
        let path = self.path(from, field, true);
        self.edges.push((
            from.index(),
            EdgeRow {
                path,
                index: at,
                target: to,
                strong: true,
                words: 0,
            },
        ));
    }

    pub(crate) fn weak(&mut self, from: NodeId, field: &'static str, to: NodeId) {
        let path = self.path(from, field, false);
        self.edges.push((
            from.index(),
            EdgeRow {
                path,
                index: 0,
                target: to,
                strong: false,
                words: 0,
            },
        ));
    }

    /// Adds an inferred reference: the opaque value in the field has this number of words that equal
    /// the address of `to`. Does not count as a strong reference.
    pub(crate) fn inferred(&mut self, from: NodeId, field: &'static str, to: NodeId, words: u16) {
        let path = self.path(from, field, false);
        self.edges.push((
            from.index(),
            EdgeRow {
                path,
                index: 0,
                target: to,
                strong: false,
                words,
            },
        ));
    }

    pub(crate) fn place(&mut self, node: NodeId, field: &'static str, name: &str, kind: PlaceKind) {
        let path = self.path(node, field, false);
        self.add_place(node, path, 0, name, kind);
    }

    /// Adds a value at this index of a list.
    pub(crate) fn place_in(&mut self, node: NodeId, field: &'static str, index: u32, name: &str) {
        let path = self.path(node, field, true);
        self.add_place(node, path, index, name, PlaceKind::Opaque);
    }

    fn add_place(&mut self, node: NodeId, path: PathId, index: u32, name: &str, kind: PlaceKind) {
        let type_index = self.type_index(name);
        self.parts.places.push(Place {
            node,
            path,
            index,
            type_index,
            kind,
            concrete: NodeRow::UNKNOWN,
        });
    }

    /// Sets the concrete type of the value at the place that was added last: a closure at this line.
    pub(crate) fn concrete(&mut self, name: &str, line: u32) {
        let site = Site {
            file: "src/app.rs".into(),
            line,
            column: 0,
        };
        let concrete = ConcreteType::new(name.to_owned(), Some(site));
        let all = &mut self.parts.concrete_types;
        let known = all.iter().position(|other| other == Some(&concrete));
        let number = known.map_or_else(|| all.add(concrete), |known| known as u32);
        let place = self.parts.places.last_mut();
        place.expect("a place was added").concrete = number;
    }

    /// Sets the concrete type of the value of a node.
    pub(crate) fn concrete_node(&mut self, node: NodeId, concrete: ConcreteType) {
        let number = self.parts.concrete_types.add(concrete);
        self.parts.concrete_nodes.push((node, number));
    }

    /// Adds a container with this many items in a field.
    pub(crate) fn length(&mut self, node: NodeId, field: &'static str, items: u64) {
        let path = self.path(node, field, false);
        self.parts.lengths.push(LengthRow::new(node, path, items));
    }

    /// Adds a handle; from then on the snapshot knows its handles.
    pub(crate) fn handle(&mut self, row: HandleRow) {
        self.parts.knows_handles = true;
        self.parts.handles.push(row);
    }

    /// Adds a strong handle, created at this site and held in a field of a node, or external.
    pub(crate) fn held_handle(
        &mut self,
        target: NodeId,
        site: u32,
        held: Option<(NodeId, &'static str)>,
    ) {
        let held = held.map(|(node, field)| HandlePlace {
            node,
            path: self.path(node, field, false),
            index: 0,
        });
        let row = self.parts.nodes[target.index()];
        self.handle(HandleRow {
            object: row.id,
            target: Some(target),
            type_index: row.type_index,
            strong: true,
            site,
            thread: NodeRow::UNKNOWN,
            scope: 0,
            epoch: 0,
            number: self.parts.handles.len() as u64,
            held,
            is_inferred: false,
        });
    }

    /// Adds strong handles that an opaque value in a field has, as its words show; from then on handles
    /// can be distinguished.
    pub(crate) fn captured(
        &mut self,
        from: NodeId,
        field: &'static str,
        to: NodeId,
        handles: u16,
        site: u32,
    ) {
        self.inferred(from, field, to, handles);
        for _ in 0..handles {
            self.held_handle(to, site, Some((from, field)));
            let row = self.parts.handles.last_mut();
            row.expect("it was added").is_inferred = true;
        }
        let captured = self.parts.captured.get_or_insert_default();
        match captured.iter_mut().find(|of_node| of_node.0 == to) {
            Some(of_node) => of_node.1 += u32::from(handles),
            None => captured.push((to, u32::from(handles))),
        }
        captured.sort_unstable();
    }

    pub(crate) fn root(&mut self, node: NodeId, name: &str) {
        self.parts.roots.push((node, name.to_owned()));
        self.parts.roots.sort();
    }

    pub(crate) fn label(&mut self, node: NodeId, text: &str) {
        self.parts.labels.push((node, text.to_owned()));
    }

    /// Marks the node as one to which a reference was reported more than once.
    pub(crate) fn repeated(&mut self, node: NodeId) {
        self.parts.repeated.push(node);
    }

    /// Marks the node as left behind by an ended thread of this name.
    pub(crate) fn left_behind(&mut self, node: NodeId, thread: &str) {
        self.parts.left_behind.push(node);
        let threads = &mut self.parts.threads;
        let known = threads.iter().position(|name| name == thread);
        let number = known.unwrap_or_else(|| {
            threads.push(thread.to_owned());
            threads.len() - 1
        });
        self.row(node).thread = number as u32;
    }

    /// Sets the number of the process that took the snapshot.
    pub(crate) fn process(&mut self, number: u64) {
        self.parts.process = number;
    }

    pub(crate) fn snapshot(mut self) -> Arc<Snapshot> {
        for &(_, edge) in &self.edges {
            if edge.strong {
                self.external[edge.target.index()] += 1;
            }
        }
        for (row, strong) in self.parts.nodes.iter_mut().zip(&self.external) {
            if row.strong != NodeRow::UNKNOWN {
                row.strong = u32::try_from(*strong).unwrap_or(0);
            }
        }
        self.edges
            .sort_by_key(|&(from, edge)| (from, edge.path, edge.index, edge.target));
        self.parts.edge_starts = vec![0; self.parts.nodes.len() + 1];
        for &(from, _) in &self.edges {
            self.parts.edge_starts[from + 1] += 1;
        }
        for at in 0..self.parts.nodes.len() {
            self.parts.edge_starts[at + 1] += self.parts.edge_starts[at];
        }
        self.parts.edges = self.edges.into_iter().map(|(_, edge)| edge).collect();
        self.parts.places.sort();
        self.parts.lengths.sort();
        self.parts.labels.sort();
        let key = |row: &HandleRow| {
            let target = row.target.map_or(usize::MAX, NodeId::index);
            (target, row.held.is_none(), row.held, row.site, row.number)
        };
        self.parts.handles.sort_by_key(key);
        Arc::new(Snapshot::from_parts(self.parts))
    }
}
