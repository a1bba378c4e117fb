//! What another trace found, and this one takes over.

use std::sync::Arc;

use super::Tracer;
use crate::snapshot::{EdgeRow, HandlePlace, NodeId, NodeRow, PathId, Place, PlaceKind};
use crate::type_info::TypeInfo;

impl Tracer {
    /// A handle of the node that is being visited, as another trace met it.
    pub(in crate::trace) fn adopt_handle(&mut self, handle: u64, path: PathId, elements: &[u32]) {
        let held = HandlePlace {
            node: NodeId::new(self.cursor.node as usize),
            path,
            index: self.paths.index_of(elements),
        };
        self.handles.record(handle, held);
    }

    /// An edge of the node that is being visited, as another trace found it.
    pub(in crate::trace) fn adopt_edge(
        &mut self,
        path: PathId,
        elements: &[u32],
        target: u32,
        strong: bool,
    ) {
        let index = self.paths.index_of(elements);
        let target = NodeId::new(target as usize);
        self.edges.push(EdgeRow {
            path,
            index,
            target,
            strong,
        });
    }

    /// A place of the node that is being visited, as another trace found it.
    pub(in crate::trace) fn adopt_place(
        &mut self,
        path: PathId,
        elements: &[u32],
        info: Arc<TypeInfo>,
        kind: PlaceKind,
    ) {
        let node = NodeId::new(self.cursor.node as usize);
        let index = self.paths.index_of(elements);
        let type_index = self.types.known(&info);
        self.places.push(Place {
            node,
            path,
            index,
            type_index,
            kind,
        });
    }

    /// A node that is not in the table, as another trace found it.
    pub(in crate::trace) fn adopt_outside(&mut self, row: NodeRow, info: Arc<TypeInfo>) -> u32 {
        let type_index = self.types.known(&info);
        let (site, thread) = (NodeRow::UNKNOWN, NodeRow::UNKNOWN);
        self.nodes.push(NodeRow {
            type_index,
            site,
            thread,
            ..row
        });
        (self.nodes.len() - 1) as u32
    }
}
