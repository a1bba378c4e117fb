//! Finds edges by their targets.

use std::sync::OnceLock;

use super::node::NodeId;
use super::parts::{EdgeRow, SnapshotParts};

/// Number of passes over all edges before they are sorted by target, which costs as much as some
/// passes.
const PASSES: usize = 3;

/// Maximum number of nodes whose edges one pass finds.
const FEW: usize = 256;

/// An index from targets to edges, made as far as it is needed.
#[derive(Debug, Default)]
pub(super) struct ByTarget {
    all: OnceLock<AllIncoming>,
    few: [OnceLock<FewIncoming>; PASSES],
}

/// An edge: the number of its source, and its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct IncomingEdge {
    pub(super) source: u32,
    pub(super) edge: u32,
}

/// All edges: `edges[starts[n]..starts[n + 1]]` lead to `n`.
#[derive(Debug)]
struct AllIncoming {
    starts: Vec<u32>,
    edges: Vec<IncomingEdge>,
}

/// The edges that lead to some nodes.
#[derive(Debug)]
struct FewIncoming {
    /// These nodes, sorted.
    nodes: Vec<NodeId>,
    /// `edges[starts[k]..starts[k + 1]]` lead to `nodes[k]`.
    starts: Vec<u32>,
    edges: Vec<IncomingEdge>,
}

impl ByTarget {
    /// Returns the edges that lead to a node, in the order of their sources.
    pub(super) fn to(&self, parts: &SnapshotParts, node: NodeId) -> &[IncomingEdge] {
        let known = match self.all.get() {
            Some(_) => None,
            None => self.known(node),
        };
        known.unwrap_or_else(|| {
            let all = self.all.get_or_init(|| AllIncoming::of(parts));
            range(&all.edges, &all.starts, node.index())
        })
    }

    fn known(&self, node: NodeId) -> Option<&[IncomingEdge]> {
        let mut passes = self.few.iter().map_while(OnceLock::get);
        passes.find_map(|few| {
            let at = few.nodes.binary_search(&node).ok()?;
            Some(range(&few.edges, &few.starts, at))
        })
    }

    /// Finds the edges that lead to these nodes, if that costs less than sorting all.
    pub(super) fn gather(&self, parts: &SnapshotParts, nodes: &[NodeId]) {
        if self.all.get().is_some() || nodes.len() > FEW {
            return;
        }
        let Some(pass) = self.few.iter().find(|pass| pass.get().is_none()) else {
            return;
        };
        let unknown = nodes.iter().filter(|&&node| self.known(node).is_none());
        let mut nodes: Vec<NodeId> = unknown.copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        if !nodes.is_empty() {
            pass.get_or_init(|| FewIncoming::of(parts, nodes));
        }
    }
}

fn range<'e>(edges: &'e [IncomingEdge], starts: &[u32], at: usize) -> &'e [IncomingEdge] {
    &edges[starts[at] as usize..starts[at + 1] as usize]
}

impl AllIncoming {
    fn of(parts: &SnapshotParts) -> Self {
        let nodes = parts.edge_starts.len().saturating_sub(1);
        // First where the edges of each node end; then, as edges are put in from the last, where
        // they begin.
        let mut starts = vec![0u32; nodes + 1];
        for edge in &parts.edges {
            starts[edge.target.index()] += 1;
        }
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            *start = before;
        }
        let mut edges = vec![IncomingEdge::default(); parts.edges.len()];
        for source in (0..nodes).rev() {
            let own = parts.edge_starts[source]..parts.edge_starts[source + 1];
            for edge in own.rev() {
                let start = &mut starts[parts.edges[edge as usize].target.index()];
                *start -= 1;
                edges[*start as usize] = IncomingEdge {
                    source: source as u32,
                    edge,
                };
            }
        }
        Self { starts, edges }
    }
}

impl FewIncoming {
    fn of(parts: &SnapshotParts, nodes: Vec<NodeId>) -> Self {
        let found = edges_to(&parts.edges, &nodes);
        let mut starts = vec![0; nodes.len() + 1];
        for &(at, _) in &found {
            starts[at as usize + 1] += 1;
        }
        for at in 0..nodes.len() {
            starts[at + 1] += starts[at];
        }
        let mut source = 0;
        let mut edges = vec![IncomingEdge::default(); found.len()];
        let mut next = starts.clone();
        for (at, edge) in found {
            source = source_of(&parts.edge_starts, source, edge);
            let next = &mut next[at as usize];
            edges[*next as usize] = IncomingEdge {
                source: source as u32,
                edge,
            };
            *next += 1;
        }
        Self {
            nodes,
            starts,
            edges,
        }
    }
}

/// Finds the edges that lead to any of these sorted nodes: the index of the node, and the number of
/// the edge, in the order of the edges.
fn edges_to(edges: &[EdgeRow], nodes: &[NodeId]) -> Vec<(u32, u32)> {
    // Most edges lead elsewhere. One bit shows that, in a word that stays in the cache.
    let mut bits = [0u64; 64];
    for node in nodes {
        bits[node.index() / 64 % 64] |= 1 << (node.index() % 64);
    }
    let mut found = Vec::new();
    for (number, edge) in (0..).zip(edges) {
        let target = edge.target.index();
        if bits[target / 64 % 64] >> (target % 64) & 1 == 0 {
            continue;
        }
        if let Ok(at) = nodes.binary_search(&edge.target) {
            found.push((at as u32, number));
        }
    }
    found
}

/// Returns the source of an edge, which is `from` or comes after it.
fn source_of(starts: &[u32], from: usize, edge: u32) -> usize {
    let mut step = 1;
    let mut low = from;
    // Often it is close.
    while starts.get(low + step).is_some_and(|&start| start <= edge) {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(starts.len());
    low + starts[low + 1..high].partition_point(|&start| start <= edge)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::snapshot::PathTable;

    fn parts(degrees: &[usize], targets: &[usize]) -> SnapshotParts {
        let path = PathTable::default().start(0);
        let nodes = degrees.len();
        let row = |at: usize| EdgeRow {
            path,
            index: 0,
            target: NodeId::new(targets[at % targets.len()] % nodes),
            strong: true,
            words: 0,
        };
        let mut parts = SnapshotParts {
            edge_starts: vec![0],
            ..SnapshotParts::default()
        };
        for &degree in degrees {
            let begin = parts.edges.len();
            parts.edges.extend((begin..begin + degree).map(row));
            parts.edge_starts.push(parts.edges.len() as u32);
        }
        parts
    }

    proptest! {
        /// Edges found by target are those that lead to the node, in their order, and those of a
        /// few nodes are found without sorting all.
        #[test]
        fn edges_are_found_by_their_targets(
            degrees in prop::collection::vec(prop_oneof![Just(0usize), 0usize..4, 0usize..200], 1..60),
            targets in prop::collection::vec(0usize..60, 1..40),
            gathered in prop::collection::vec(prop::collection::vec(0usize..60, 0..8), 0..5),
            sorts_at in 0usize..6,
        ) {
            let nodes = degrees.len();
            let parts = parts(&degrees, &targets);
            let mut expected = vec![Vec::new(); nodes];
            for source in 0..nodes {
                for edge in parts.edge_starts[source]..parts.edge_starts[source + 1] {
                    let target = parts.edges[edge as usize].target.index();
                    expected[target].push(IncomingEdge { source: source as u32, edge });
                }
            }
            let by_target = ByTarget::default();
            for (number, few) in gathered.iter().enumerate() {
                let few: Vec<NodeId> = few.iter().map(|node| NodeId::new(node % nodes)).collect();
                by_target.gather(&parts, &few);
                for node in few {
                    prop_assert_eq!(by_target.to(&parts, node), &expected[node.index()][..]);
                }
                prop_assert!(number >= PASSES || number > sorts_at || by_target.all.get().is_none());
                if number == sorts_at {
                    by_target.to(&parts, NodeId::new(0));
                }
            }
            for (node, expected) in expected.iter().enumerate() {
                prop_assert_eq!(by_target.to(&parts, NodeId::new(node)), &expected[..]);
            }
        }
    }
}
