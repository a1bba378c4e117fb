use objgraph_core::{NodeId, PointerKind};
use proptest::prelude::*;

use super::exclusively_retained;
use crate::analysis::testkit::Kit;

/// The naive oracle: the objects below the value whose owners all lie below it too and have no
/// external references.
fn naive(nodes: usize, edges: &[(usize, usize)], external: &[i64]) -> Vec<usize> {
    let closure = |start: usize, next: &dyn Fn(usize) -> Vec<usize>| {
        let mut visited = vec![start];
        let mut at = 0;
        while let Some(&node) = visited.get(at) {
            for other in next(node) {
                if !visited.contains(&other) {
                    visited.push(other);
                }
            }
            at += 1;
        }
        visited
    };
    let ends =
        |of: &dyn Fn(&(usize, usize)) -> Option<usize>| edges.iter().filter_map(of).collect();
    let below = closure(0, &|node| ends(&|&(from, to)| (from == node).then_some(to)));
    let above = |node: usize| {
        closure(node, &|node| {
            ends(&|&(from, to)| (to == node && from != 0).then_some(from))
        })
    };
    (1..nodes)
        .filter(|node| below.contains(node))
        .filter(|&node| {
            let mut above = above(node).into_iter();
            above.all(|owner| below.contains(&owner) && external[owner] == 0)
        })
        .collect()
}

proptest! {
    #[test]
    fn agrees_with_a_naive_search(
        external in proptest::collection::vec(prop_oneof![3 => Just(0_i64), 1 => Just(1)], 2..9),
        edges in proptest::collection::vec((0..9_usize, 1..9_usize), 0..20),
    ) {
        let nodes = external.len();
        let edges: Vec<_> = edges
            .into_iter()
            .filter(|edge| edge.0 < nodes && edge.1 < nodes)
            .collect();
        let mut kit = Kit::new();
        let ids: Vec<NodeId> = external.iter().map(|&held| kit.node("app::Node", held)).collect();
        kit.row(ids[0]).pointer_kind = PointerKind::Value;
        for &(from, to) in &edges {
            kit.edge(ids[from], "next", ids[to]);
        }
        let exclusive: Vec<usize> = exclusively_retained(&kit.snapshot(), ids[0])
            .into_iter()
            .map(NodeId::index)
            .collect();
        prop_assert_eq!(exclusive, naive(nodes, &edges, &external));
    }
}

/// A reference that is reported twice can hide an external one: the count comes out even, although
/// the value is not the only owner (law 5).
#[test]
fn an_object_reported_twice_is_not_exclusive() {
    let mut kit = Kit::new();
    let value = kit.node("app::App", 0);
    kit.row(value).pointer_kind = PointerKind::Value;
    let twice = kit.node("app::Node", 0);
    kit.edge(value, "one", twice);
    kit.edge(value, "one", twice);
    let once = kit.node("app::Node", 0);
    kit.edge(value, "two", once);
    kit.repeated(twice);
    assert_eq!(exclusively_retained(&kit.snapshot(), value), [once]);
}
