//! The graph of a snapshot as columns, with what the analyses found of each node.

use std::io::{self, Write};

use objgraph_core::{NodeId, NodeRow, PointerKind, ReferenceKind, Snapshot, State};

use super::columns::{column, table};
use crate::analysis::{Dominator, RetainedSizes};
use crate::words::json::Json;
use crate::words::{Names, in_line, name_in_full};

/// A snapshot, and what is shown of it.
pub(super) struct Graph<'g> {
    pub(super) snapshot: &'g Snapshot,
    pub(super) retained: &'g RetainedSizes,
    /// The objects of each kind of leak.
    pub(super) kinds: &'g [Vec<NodeId>],
    /// The earlier snapshot of a comparison.
    pub(super) before: Option<&'g Snapshot>,
    /// Labels, by node.
    pub(super) labels: &'g [(NodeId, String)],
    /// Whether the messages of panics are shown, which may have the text of a value.
    pub(super) has_messages: bool,
}

impl Graph<'_> {
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.names(out)?;
        self.nodes(out)?;
        self.findings(out)?;
        self.edges(out)
    }

    fn names(&self, out: &mut dyn Write) -> io::Result<()> {
        let parts = self.snapshot.parts();
        let names = Names::of(self.snapshot);
        let types = parts.types.iter().enumerate().map(|(at, info)| {
            let full = name_in_full(&info.name);
            Json::list([
                text(names.get(at)),
                text(&full),
                Json::number(info.size),
                info.is_visited.into(),
                info.implements_drop.into(),
            ])
        });
        table(out, "types", types)?;
        table(
            out,
            "sites",
            parts.sites.iter().map(|site| text(&site.to_string())),
        )?;
        table(out, "threads", parts.threads.iter().map(|name| text(name)))?;
        table(out, "paths", self.paths(&names))?;
        table(out, "roots", parts.roots.iter().map(of_node))?;
        table(out, "labels", self.labels.iter().map(of_node))?;
        let panics = parts.panics.iter().map(|panic| match self.has_messages {
            true => of_node(panic),
            false => of_node(&(panic.0, "(message left out)".to_owned())),
        });
        table(out, "panics", panics)
    }

    /// Returns each path that a reference has: its steps, and the declared field in which it ends.
    fn paths(&self, names: &Names<'_>) -> Vec<Json<'static>> {
        let parts = self.snapshot.parts();
        let mut paths = Vec::new();
        for edge in &parts.edges {
            let at = edge.path.index();
            if paths.len() <= at {
                paths.resize(at + 1, Json::Null);
            }
            if paths[at] == Json::Null {
                let steps = parts.paths.show_field(edge.path);
                let declared = names.declared_field(edge.path);
                paths[at] = Json::list([text(&steps), text(&declared)]);
            }
        }
        paths
    }

    fn nodes(&self, out: &mut dyn Write) -> io::Result<()> {
        let nodes = &self.snapshot.parts().nodes;
        let length = nodes.len();
        let mut rows =
            |name, of: &dyn Fn(&NodeRow) -> u64| column(out, name, length, &|at| of(&nodes[at]));
        rows("id_low", &|row| row.id.to_raw() & 0xffff_ffff)?;
        rows("id_high", &|row| row.id.to_raw() >> 32)?;
        rows("type", &|row| row.type_index.into())?;
        rows("site", &|row| known(row.site))?;
        rows("thread", &|row| known(row.thread))?;
        rows("scope", &|row| row.scope.into())?;
        rows("epoch", &|row| row.epoch.into())?;
        rows("heap", &|row| row.heap)?;
        rows("pointer", &|row| pointer(row.pointer_kind))?;
        rows("state", &|row| state(row.state))?;
        let node = |at| self.snapshot.node(NodeId::new(at));
        let count = |number: Option<u32>| number.map_or(0, |number| u64::from(number) + 1);
        column(out, "shallow", length, &|at| node(at).shallow_bytes())?;
        column(out, "strong", length, &|at| count(node(at).strong()))?;
        column(out, "weak", length, &|at| count(node(at).weak()))
    }

    /// Writes what the analyses found. The leaked cycles follow the nodes.
    fn findings(&self, out: &mut dyn Write) -> io::Result<()> {
        let (nodes, retained) = (self.snapshot.len(), self.retained);
        let dominators = |at: usize| match at.checked_sub(nodes) {
            Some(cycle) => Dominator::Cycle(cycle),
            None => Dominator::Object(NodeId::new(at)),
        };
        let all = nodes + retained.cycles().len();
        column(out, "retained", all, &|at| {
            retained.retained_by(dominators(at)).0
        })?;
        column(out, "retained_objects", all, &|at| {
            retained.retained_by(dominators(at)).1 as u64
        })?;
        column(
            out,
            "dominator",
            nodes,
            &|at| match retained.dominator(NodeId::new(at)) {
                None => 0,
                Some(Dominator::Object(node)) => node.index() as u64 + 1,
                Some(Dominator::Cycle(cycle)) => (nodes + cycle) as u64 + 1,
            },
        )?;
        let mut kind_of = vec![0u32; nodes];
        for (kind, members) in self.kinds.iter().enumerate() {
            for node in members {
                kind_of[node.index()] = kind as u32 + 1;
            }
        }
        column(out, "kind", nodes, &|at| kind_of[at].into())?;
        let mut opaque = vec![0u32; nodes];
        for place in self
            .snapshot
            .places()
            .iter()
            .filter(|place| place.kind.hides())
        {
            opaque[place.node.index()] += 1;
        }
        column(out, "opaque", nodes, &|at| opaque[at].into())?;
        let Some(before) = self.before else {
            return Ok(());
        };
        column(out, "is_new", nodes, &|at| {
            let id = self.snapshot.node(NodeId::new(at)).id();
            u64::from(id.is_in_table() && before.find(id).is_none())
        })
    }

    fn edges(&self, out: &mut dyn Write) -> io::Result<()> {
        let parts = self.snapshot.parts();
        let (starts, edges) = (&parts.edge_starts, &parts.edges);
        column(out, "edge_start", starts.len(), &|at| starts[at].into())?;
        column(out, "edge_target", edges.len(), &|at| {
            edges[at].target.index() as u64
        })?;
        column(out, "edge_path", edges.len(), &|at| {
            edges[at].path.index() as u64
        })?;
        // The element's number and 1, for a path with exactly one element.
        column(out, "edge_index", edges.len(), &|at| {
            let element = parts.paths.element(edges[at].path, edges[at].index);
            element.map_or(0, |number| u64::from(number) + 1)
        })?;
        column(out, "edge_kind", edges.len(), &|at| {
            let kind = match (edges[at].words, edges[at].strong) {
                (0, true) => ReferenceKind::Strong,
                (0, false) => ReferenceKind::Weak,
                _ => ReferenceKind::Inferred,
            };
            kind as u64
        })
    }
}

/// Returns a name in one line.
fn text(name: &str) -> Json<'static> {
    Json::text(in_line(name).into_owned())
}

fn of_node((node, name): &(NodeId, String)) -> Json<'static> {
    Json::list([Json::number(node.index()), text(name)])
}

/// Returns a number and 1; 0 if it is not known.
fn known(column: u32) -> u64 {
    match column {
        NodeRow::UNKNOWN => 0,
        column => u64::from(column) + 1,
    }
}

fn pointer(kind: PointerKind) -> u64 {
    match kind {
        PointerKind::Rc => 0,
        PointerKind::Arc => 1,
        PointerKind::StdRc => 2,
        PointerKind::StdArc => 3,
        PointerKind::Instance => 4,
        _ => 5,
    }
}

fn state(state: State) -> u64 {
    match state {
        State::Visited => 0,
        State::Opaque => 1,
        State::OtherThread => 2,
        State::Lent => 3,
        State::Panicked => 4,
        _ => 5,
    }
}
