//! Finds nodes of a snapshot by the ids of their objects.

use super::{NodeId, NodeRow};
use crate::object_id::ObjectId;

/// An index from objects to nodes.
///
/// Nodes are in the order of the table, so nearly all are found by a binary search; only those that
/// came later are listed here.
#[derive(Debug)]
pub(super) struct ById {
    /// Number of nodes that are in the order of the table.
    in_order: usize,
    /// The others, sorted.
    others: Vec<(ObjectId, NodeId)>,
}

impl ById {
    /// Indexes the nodes, in one pass.
    pub(super) fn of(nodes: &[NodeRow]) -> Self {
        let follows =
            |pair: &[NodeRow]| pair[1].id.is_in_table() && pair[0].id.place() < pair[1].id.place();
        let in_order = match nodes {
            [first, ..] if first.id.is_in_table() => {
                1 + nodes.windows(2).take_while(|pair| follows(pair)).count()
            }
            _ => 0,
        };
        let others = nodes.iter().enumerate().skip(in_order);
        let mut others: Vec<_> = others
            .map(|(index, row)| (row.id, NodeId::new(index)))
            .collect();
        others.sort_unstable();
        Self { in_order, others }
    }

    /// Finds the node of an object. O(log nodes).
    pub(super) fn find(&self, nodes: &[NodeRow], id: ObjectId) -> Option<NodeId> {
        let place = |row: &NodeRow| row.id.place();
        let at = nodes[..self.in_order].binary_search_by_key(&id.place(), place);
        match at {
            Ok(at) if nodes[at].id == id => Some(NodeId::new(at)),
            _ => {
                let at = self.others.binary_search_by_key(&id, |other| other.0);
                at.ok().map(|at| self.others[at].1)
            }
        }
    }
}
