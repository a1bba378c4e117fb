use objgraph_core::{Edge, NodeId};
use petgraph::algo::kosaraju_scc;
use petgraph::visit::EdgeFiltered;
use proptest::prelude::*;

use super::{Components, strong_components, strong_components_within};
use crate::analysis::NodeSet;
use crate::analysis::testkit::Kit;

/// Returns the nodes of each component.
fn all(components: &Components) -> Vec<Vec<NodeId>> {
    (0..components.count())
        .map(|component| components.members(component).to_vec())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn components_agree_with_kosaraju(
        nodes in 1usize..20,
        edges in prop::collection::vec((0usize..20, 0usize..20, prop::bool::weighted(0.8)), 0..50),
        within in prop::collection::vec(any::<bool>(), 20),
    ) {
        let mut kit = Kit::new();
        for _ in 0..nodes {
            kit.node("app::Node", 0);
        }
        for (from, to, strong) in edges {
            let (from, to) = (NodeId::new(from % nodes), NodeId::new(to % nodes));
            if strong { kit.edge(from, "strong", to) } else { kit.weak(from, "weak", to) }
        }
        let snapshot = kit.snapshot();
        let sorted = |mut components: Vec<Vec<NodeId>>| {
            components.iter_mut().for_each(|component| component.sort());
            components.sort();
            components
        };
        let graph = &*snapshot;
        let strong = EdgeFiltered::from_fn(graph, |edge: Edge<'_>| edge.is_strong());
        let ours: Vec<Vec<NodeId>> =
            all(&strong_components(graph));
        prop_assert_eq!(&ours, &sorted(kosaraju_scc(&strong)));

        let members = (0..nodes).filter(|&node| within[node]);
        let part = NodeSet::of(nodes, members.map(NodeId::new));
        let inside = EdgeFiltered::from_fn(graph, |edge: Edge<'_>| {
            edge.is_strong() && part.contains(edge.source()) && part.contains(edge.target())
        });
        let mut expected = sorted(kosaraju_scc(&inside));
        expected.retain(|component| part.contains(component[0]));
        let found = strong_components_within(graph, &part);
        let ours = all(&found);
        prop_assert_eq!(&ours, &expected);
        for (number, component) in ours.iter().enumerate() {
            prop_assert!(component.iter().all(|&node| found.of(node) == Some(number)));
        }
    }

    /// Large components, in orders that no few sweeps follow.
    #[test]
    fn large_components_agree_with_kosaraju(
        order in Just((0..60).collect::<Vec<usize>>()).prop_shuffle(),
        ring in 1usize..60,
        edges in prop::collection::vec((0usize..60, 0usize..60), 0..40),
    ) {
        let mut kit = Kit::new();
        for _ in 0..order.len() {
            kit.node("app::Node", 0);
        }
        let around = (0..ring).map(|at| (order[at], order[(at + 1) % ring]));
        for (from, to) in around.chain(edges) {
            kit.edge(NodeId::new(from), "strong", NodeId::new(to));
        }
        let snapshot = kit.snapshot();
        let mut expected = kosaraju_scc(&*snapshot);
        expected.iter_mut().for_each(|component| component.sort());
        expected.sort();
        prop_assert_eq!(all(&strong_components(&snapshot)), expected);
    }
}
