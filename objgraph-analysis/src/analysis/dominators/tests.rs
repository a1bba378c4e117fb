use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;

use super::{Adjacency, NONE, dominators};

fn graph(nodes: usize, edges: &[(usize, usize)]) -> Adjacency {
    let mut starts = vec![0u32];
    let mut targets = Vec::new();
    for node in 0..nodes {
        let own = edges.iter().filter(|edge| edge.0 == node);
        targets.extend(own.map(|edge| edge.1 as u32));
        starts.push(targets.len() as u32);
    }
    Adjacency { starts, targets }
}

/// Returns which nodes are reachable from node 0 without `without`.
fn reached(nodes: usize, edges: &[(usize, usize)], without: Option<usize>) -> Vec<bool> {
    let mut reached = vec![false; nodes];
    reached[0] = without != Some(0);
    for _ in 0..nodes {
        for &(from, to) in edges {
            if reached[from] && Some(to) != without {
                reached[to] = true;
            }
        }
    }
    reached
}

#[test]
fn a_diamond_joins_at_its_root() {
    let found = dominators(&graph(5, &[(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]), 0);
    assert_eq!(found.of, [NONE, 0, 0, 0, 3]);
}

#[test]
fn depth_is_not_a_limit() {
    let nodes = 1_000_000;
    // Each node leads to the next, and the last to all.
    let mut starts: Vec<u32> = (0..nodes).collect();
    let mut targets: Vec<u32> = (1..nodes).collect();
    targets.extend(0..nodes);
    starts.push(targets.len() as u32);
    let found = dominators(&Adjacency { starts, targets }, 0);
    assert_eq!(found.of[0], NONE);
    assert!((1..nodes).all(|node| found.of[node as usize] == node - 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A node dominates another if the other is unreachable without it.
    #[test]
    fn no_path_avoids_a_dominator(
        nodes in 1usize..12,
        edges in prop::collection::vec((0usize..12, 0usize..12), 0..40),
    ) {
        let edges: Vec<(usize, usize)> =
            edges.into_iter().map(|(from, to)| (from % nodes, to % nodes)).collect();
        let found = dominators(&graph(nodes, &edges), 0);
        let all = reached(nodes, &edges, None);
        let without: Vec<Vec<bool>> =
            (0..nodes).map(|node| reached(nodes, &edges, Some(node))).collect();
        for node in 0..nodes {
            let is_dominated_by = |by: usize| all[node] && by != node && !without[by][node];
            let mut above = Vec::new();
            let mut at = found.of[node];
            while at != NONE {
                above.push(at as usize);
                at = found.of[at as usize];
            }
            above.sort_unstable();
            let expected: Vec<usize> = (0..nodes).filter(|&by| is_dominated_by(by)).collect();
            prop_assert_eq!(above, expected, "of {}", node);
        }
        let mut order: Vec<usize> = found.order.iter().map(|&node| node as usize).collect();
        for (at, &node) in order.iter().enumerate() {
            prop_assert!(at == 0 || order[..at].contains(&(found.of[node] as usize)));
        }
        order.sort_unstable();
        let expected: Vec<usize> = (0..nodes).filter(|&node| all[node]).collect();
        prop_assert_eq!(order, expected);
    }

    #[test]
    fn agrees_with_petgraph(
        nodes in 1usize..60,
        edges in prop::collection::vec((0usize..60, 0usize..60), 0..200),
    ) {
        let edges: Vec<(usize, usize)> =
            edges.into_iter().map(|(from, to)| (from % nodes, to % nodes)).collect();
        let found = dominators(&graph(nodes, &edges), 0);
        let mut peer = DiGraph::<(), ()>::new();
        for _ in 0..nodes {
            peer.add_node(());
        }
        for &(from, to) in &edges {
            peer.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
        }
        let peer = petgraph::algo::dominators::simple_fast(&peer, NodeIndex::new(0));
        for node in 0..nodes {
            let expected = peer.immediate_dominator(NodeIndex::new(node));
            let found = (found.of[node] != NONE).then(|| NodeIndex::new(found.of[node] as usize));
            prop_assert_eq!(found, expected, "of {}", node);
        }
    }
}
