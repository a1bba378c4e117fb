//! The layer of each node.

use petgraph::Direction;
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::DfsPostOrder;

/// An edge from a higher layer (a smaller number) to a lower one.
#[derive(Clone, Copy, Debug)]
pub(super) struct DownwardEdge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether the arrow points up.
    pub(super) is_reversed: bool,
}

/// Reverses the edges that close a cycle, so that all can point down; edges that are free follow the
/// others. The edges have no loops.
pub(super) fn downwards(
    nodes: usize,
    edges: &[(usize, usize)],
    is_free: impl Fn(usize) -> bool,
) -> Vec<DownwardEdge> {
    let bound = edges.iter().enumerate().filter(|(edge, _)| !is_free(*edge));
    let graph = graph(nodes, bound.map(|(_, &ends)| ends));
    // Depth first, in the order of the nodes: an edge closes a cycle if the search leaves its target
    // later than its source.
    let mut left_at = vec![0usize; nodes];
    let mut clock = 0;
    let mut search = DfsPostOrder::empty(&graph);
    for start in graph.node_indices() {
        search.move_to(start);
        while let Some(node) = search.next(&graph) {
            clock += 1;
            left_at[node.index()] = clock;
        }
    }
    let downward = |&(from, to): &(usize, usize)| match left_at[to] > left_at[from] {
        true => DownwardEdge {
            from: to,
            to: from,
            is_reversed: true,
        },
        false => DownwardEdge {
            from,
            to,
            is_reversed: false,
        },
    };
    edges.iter().map(downward).collect()
}

/// Returns the layer of each node: below all nodes with an edge to it, and directly above its first
/// target for a node without such an edge.
pub(super) fn layers(nodes: usize, edges: &[DownwardEdge]) -> Vec<usize> {
    let graph = graph(nodes, edges.iter().map(|edge| (edge.from, edge.to)));
    let mut layer = vec![0usize; nodes];
    // Without a cycle, it cannot fail.
    for node in toposort(&graph, None).unwrap_or_default() {
        for target in graph.neighbors(node) {
            layer[target.index()] = layer[target.index()].max(layer[node.index()] + 1);
        }
    }
    for node in graph.externals(Direction::Incoming) {
        let below = graph.neighbors(node).map(|target| layer[target.index()]);
        if let Some(below) = below.min() {
            layer[node.index()] = below - 1;
        }
    }
    layer
}

fn graph(nodes: usize, edges: impl Iterator<Item = (usize, usize)>) -> DiGraph<(), ()> {
    let mut graph = DiGraph::with_capacity(nodes, edges.size_hint().1.unwrap_or(0));
    for _ in 0..nodes {
        graph.add_node(());
    }
    for (from, to) in edges {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    graph
}
