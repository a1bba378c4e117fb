//! Adopts what another trace found: the one of a thread that ended.

use std::sync::Arc;

use super::Tracer;
use crate::snapshot::{EdgeRow, HandlePlace, NodeId, NodeRow, PathId, Place, PlaceKind};
use crate::symbols::DynFunctions;
use crate::type_info::TypeInfo;

impl Tracer {
    /// Adds a handle of the current node that another trace met, or inferred.
    pub(in crate::trace) fn adopt_handle(
        &mut self,
        handle: u64,
        path: PathId,
        elements: &[u32],
        is_inferred: bool,
    ) {
        let held = HandlePlace {
            node: NodeId::new(self.cursor.node as usize),
            path,
            index: self.paths.index_of(elements),
        };
        match is_inferred {
            true => self.handles.inferred.push((handle, held)),
            false => self.handles.record(handle, held),
        }
    }

    /// Adds an edge of the current node that another trace found.
    pub(in crate::trace) fn adopt_edge(
        &mut self,
        path: PathId,
        elements: &[u32],
        target: u32,
        row: EdgeRow,
    ) {
        let index = self.paths.index_of(elements);
        let target = NodeId::new(target as usize);
        self.edges.push(EdgeRow {
            path,
            index,
            target,
            ..row
        });
    }

    /// Adds a place of the current node that another trace found.
    pub(in crate::trace) fn adopt_place(
        &mut self,
        path: PathId,
        elements: &[u32],
        info: Arc<TypeInfo>,
        kind: PlaceKind,
        functions: Option<DynFunctions>,
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
            concrete: self.concrete.number(functions),
        });
    }

    /// Adds a node outside the table that another trace found.
    pub(in crate::trace) fn adopt_outside(
        &mut self,
        row: NodeRow,
        info: Arc<TypeInfo>,
        functions: Option<DynFunctions>,
    ) -> u32 {
        let type_index = self.types.known(&info);
        let (site, thread) = (NodeRow::UNKNOWN, NodeRow::UNKNOWN);
        self.nodes.push(NodeRow {
            type_index,
            site,
            thread,
            ..row
        });
        let node = (self.nodes.len() - 1) as u32;
        self.concrete.set(node, functions);
        node
    }
}
