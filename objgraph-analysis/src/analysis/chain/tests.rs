use std::collections::VecDeque;
use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot};
use proptest::prelude::*;

use super::{ChainSearch, Direction};
use crate::analysis::testkit::Kit;

/// Returns the number of references between each pair of nodes, by Floyd and Warshall.
fn distances(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<Option<usize>>> {
    let mut of = vec![vec![None; nodes]; nodes];
    for &(from, to) in edges {
        of[from][to] = Some(1);
    }
    for (node, row) in of.iter_mut().enumerate() {
        row[node] = Some(0);
    }
    for via in 0..nodes {
        for from in 0..nodes {
            for to in 0..nodes {
                let Some(length) = of[from][via].zip(of[via][to]).map(|(a, b)| a + b) else {
                    continue;
                };
                of[from][to] = Some(of[from][to].map_or(length, |visited| visited.min(length)));
            }
        }
    }
    of
}

fn graph(nodes: usize, strong: &[(usize, usize)], weak: &[(usize, usize)]) -> Arc<Snapshot> {
    let mut kit = Kit::new();
    let nodes: Vec<NodeId> = (0..nodes).map(|_| kit.node("app::Node", 1)).collect();
    for &(from, to) in strong {
        kit.edge(nodes[from], "next", nodes[to]);
    }
    for &(from, to) in weak {
        kit.weak(nodes[from], "weak", nodes[to]);
    }
    kit.snapshot()
}

/// The naive oracle: a search that takes one node after the other from a queue. Returns the
/// references of the first chain, from the start on; each node is reached over the first reference
/// that leads to it.
fn first_chain(
    edges: &[(usize, usize, bool)],
    starts: &[usize],
    max_depth: usize,
    mut is_target: impl FnMut(usize) -> bool,
) -> Option<Vec<usize>> {
    let mut visited: Vec<(usize, Option<usize>)> = Vec::new();
    let mut queue = VecDeque::new();
    for &start in starts {
        if !visited.iter().any(|visited| visited.0 == start) {
            visited.push((start, None));
            queue.push_back((start, 0));
        }
    }
    let over = |visited: &[(usize, Option<usize>)], node| {
        visited
            .iter()
            .find(|visited| visited.0 == node)
            .and_then(|visited| visited.1)
    };
    loop {
        let (node, depth) = queue.pop_front()?;
        if is_target(node) {
            let (mut at, mut chain) = (node, Vec::new());
            while let Some(edge) = over(&visited, at) {
                chain.push(edge);
                at = edges[edge].0;
            }
            chain.reverse();
            return Some(chain);
        }
        if depth < max_depth {
            for (number, &(from, to, is_followed)) in edges.iter().enumerate() {
                if from == node && is_followed && !visited.iter().any(|visited| visited.0 == to) {
                    visited.push((to, Some(number)));
                    queue.push_back((to, depth + 1));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Among equally short chains the first wins, and the predicate sees the same objects in the
    /// same order, whether or not the snapshot already knows its backward edges.
    #[test]
    fn the_first_of_equally_short_chains_wins(
        strong in prop::collection::vec((0usize..12, 0usize..12), 0..40),
        weak in prop::collection::vec((0usize..12, 0usize..12), 0..8),
        starts in prop::collection::vec(0usize..12, 0..4),
        targets in prop::collection::vec(0usize..12, 0..4),
        max_depth in 0usize..8,
        follow_weak in any::<bool>(),
        backwards in any::<bool>(),
        knows_backward_edges in any::<bool>(),
    ) {
        let snapshot = graph(12, &strong, &weak);
        let nodes = (0..12).map(NodeId::new);
        let edges: Vec<(usize, usize, bool)> = nodes
            .flat_map(|node| snapshot.edges(node))
            .map(|edge| {
                let ends = (edge.source().index(), edge.target().index());
                let (from, to) = if backwards { (ends.1, ends.0) } else { ends };
                (from, to, edge.is_strong() || follow_weak)
            })
            .collect();
        let mut expected_tested = Vec::new();
        let expected = first_chain(&edges, &starts, max_depth, |node| {
            expected_tested.push(node);
            targets.contains(&node)
        });
        if knows_backward_edges {
            let _ = snapshot.edges_to(NodeId::new(0)).len();
        }
        let direction = if backwards { Direction::Backrefs } else { Direction::Refs };
        let mut tested = Vec::new();
        let found = ChainSearch::new(&snapshot, starts.iter().copied().map(NodeId::new), direction)
            .max_depth(max_depth)
            .weak(follow_weak)
            .find(|node| {
                tested.push(node.node_id().index());
                targets.contains(&node.node_id().index())
            });
        let found = found.map(|chain| {
            let mut edges: Vec<usize> = chain.edges().map(|edge| edge.number()).collect();
            if backwards {
                edges.reverse();
            }
            edges
        });
        prop_assert_eq!(found, expected);
        prop_assert_eq!(tested, expected_tested);
    }

    #[test]
    fn chains_are_shortest(
        nodes in 1usize..9,
        strong in prop::collection::vec((0usize..8, 0usize..8), 0..20),
        weak in prop::collection::vec((0usize..8, 0usize..8), 0..6),
        start in 0usize..8,
        targets in prop::collection::vec(0usize..8, 0..3),
        max_depth in 0usize..6,
        ignored in prop::collection::vec(0usize..8, 0..3),
        follow_weak in any::<bool>(),
        backwards in any::<bool>(),
    ) {
        let within = |edges: Vec<(usize, usize)>| -> Vec<(usize, usize)> {
            edges.into_iter().map(|(from, to)| (from % nodes, to % nodes)).collect()
        };
        let (strong, weak, start) = (within(strong), within(weak), start % nodes);
        let snapshot = graph(nodes, &strong, &weak);
        let id = |node: usize| snapshot.node(NodeId::new(node)).id();
        let direction = if backwards { Direction::Backrefs } else { Direction::Refs };
        let found = ChainSearch::new(&snapshot, [NodeId::new(start)], direction)
            .max_depth(max_depth)
            .weak(follow_weak)
            .ignore(ignored.iter().filter(|&&node| node < nodes).map(|&node| id(node)))
            .find(|node| targets.contains(&node.node_id().index()));

        let mut edges = strong.clone();
        if follow_weak {
            edges.extend(&weak);
        }
        edges.retain(|&(from, to)| {
            let far = if backwards { from } else { to };
            far == start || !ignored.contains(&far)
        });
        if backwards {
            edges.iter_mut().for_each(|edge| *edge = (edge.1, edge.0));
        }
        let of = distances(nodes, &edges);
        let shortest = targets.iter().filter_map(|&to| *of[start].get(to)?).min();
        let expected = shortest.filter(|&length| length <= max_depth);
        prop_assert_eq!(found.as_ref().map(|chain| chain.len() - 1), expected);
        if let Some(chain) = found {
            let ends = [chain.nodes()[0].index(), chain.nodes()[chain.len() - 1].index()];
            let (near, far) = if backwards { (ends[1], ends[0]) } else { (ends[0], ends[1]) };
            prop_assert!(near == start && targets.contains(&far));
            // The references exist, in the order of the objects.
            prop_assert_eq!(chain.edges().count(), chain.len() - 1);
            for (edge, pair) in chain.edges().zip(chain.nodes().windows(2)) {
                prop_assert_eq!((edge.source(), edge.target()), (pair[0], pair[1]));
                prop_assert!(edge.is_strong() || (follow_weak && edge.is_weak()));
            }
        }
    }
}

#[test]
fn finds_a_chain_of_a_million_objects() {
    let edges: Vec<(usize, usize)> = (1..1_000_000).map(|at| (at - 1, at)).collect();
    let snapshot = graph(1_000_000, &edges, &[]);
    let search = ChainSearch::new(&snapshot, [NodeId::new(999_999)], Direction::Backrefs);
    let is_first = |node: objgraph_core::Node<'_>| node.node_id().index() == 0;
    assert!(search.find(is_first).is_none());
    let chain = search.max_depth(usize::MAX).find(is_first).unwrap();
    assert_eq!(chain.len(), 1_000_000);
    let text = chain.to_string();
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert!(text.contains("999960 more"), "{text}");
}

#[test]
fn a_chain_prints_its_fields() {
    let mut kit = Kit::new();
    let cache = kit.node("alloc::vec::Vec<app::Session>", 0);
    kit.root(cache, "static CACHE");
    let session = kit.node("app::Session", 0);
    let user = kit.node("app::User", 0);
    kit.element(cache, "", 3, session);
    kit.edge(session, "user", user);
    let snapshot = kit.snapshot();
    let chain = ChainSearch::new(&snapshot, [user], Direction::Backrefs)
        .find(super::is_root)
        .unwrap();
    assert_eq!(chain.to_string(), "static CACHE[3] → Session.user → User");
    let own = ChainSearch::new(&snapshot, [user], Direction::Refs);
    assert_eq!(own.find(|_| true).unwrap().to_string(), "User");
    assert!(own.find(|_| false).is_none());
}

/// A chain of references that are certain is preferred, even if it is longer.
#[test]
fn inferred_references_are_followed_last() {
    let mut kit = Kit::new();
    let start = kit.node("app::Start", 1);
    let middle = kit.node("app::Middle", 0);
    let end = kit.node("app::End", 0);
    let captured = kit.node("app::Captured", 1);
    kit.edge(start, "middle", middle);
    kit.edge(middle, "end", end);
    kit.inferred(start, "closure", end, 1);
    kit.inferred(end, "closure", captured, 1);
    let snapshot = kit.snapshot();
    let search = ChainSearch::new(&snapshot, [start], Direction::Refs);
    let to = |target: NodeId| {
        let chain = search.find(|node| node.node_id() == target);
        chain.map(|chain| chain.to_string())
    };
    assert_eq!(to(end).unwrap(), "Start.middle → Middle.end → End");
    let text = "Start.closure (inferred) → End.closure (inferred) → Captured";
    assert_eq!(to(captured).unwrap(), text);
    let exact = search.clone().inferred(false);
    assert!(exact.find(|node| node.node_id() == captured).is_none());
}
