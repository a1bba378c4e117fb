use std::collections::BTreeSet;
use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot};
use proptest::prelude::*;

use super::{Dominator, RetainedSizes};
use crate::analysis::naive::{Model, TYPES, model};
use crate::analysis::testkit::Kit;

/// Size of an object of the kit in bytes: its value and two counts.
const OBJECT: u64 = 32;

#[test]
fn an_empty_snapshot_retains_nothing() {
    let retained = RetainedSizes::of(&Arc::new(Snapshot::empty()));
    assert_eq!(retained.total_bytes(), 0);
    assert!(retained.top(10).is_empty() && retained.by_type().is_empty());
}

/// A list of two, of which the second node holds data of its own and data that it shares with a
/// third.
#[test]
fn shared_objects_have_no_dominator() {
    let mut kit = Kit::new();
    let first = kit.node("app::Node", 1);
    let second = kit.node("app::Node", 0);
    let third = kit.node("app::Other", 1);
    let own = kit.node("app::Data", 0);
    let shared = kit.node("app::Data", 0);
    kit.row(own).heap = 1000;
    kit.row(shared).heap = 500;
    kit.edge(first, "next", second);
    kit.edge(second, "own", own);
    kit.edge(second, "shared", shared);
    kit.edge(third, "shared", shared);
    kit.weak(third, "other", own);
    let retained = RetainedSizes::of(&kit.snapshot());
    assert_eq!(retained.retained_bytes(first), 3 * OBJECT + 1000);
    assert_eq!(retained.retained_objects(first), 3);
    assert_eq!(retained.retained_bytes(third), OBJECT);
    assert_eq!(retained.dominating_object(own), Some(second));
    assert_eq!(retained.dominating_object(shared), None);
    assert_eq!(retained.total_bytes(), 5 * OBJECT + 1500);
    // Of the list, only the head is listed.
    let top = [first, own, shared, third].map(Dominator::Object);
    assert_eq!(retained.top(9), top);
    let by_type: Vec<_> = retained
        .by_type()
        .iter()
        .map(|row| (row.type_index, row.count, row.objects, row.bytes))
        .collect();
    assert_eq!(
        by_type,
        [
            (2, 2, 2, 2 * OBJECT + 1500),
            (0, 2, 3, 3 * OBJECT + 1000),
            (1, 1, 1, OBJECT)
        ]
    );
}

#[test]
fn a_leaked_cycle_dominates_what_hangs_on_it() {
    let mut kit = Kit::new();
    let ring: Vec<NodeId> = (0..3).map(|_| kit.node("app::Node", 0)).collect();
    for at in 0..3 {
        kit.edge(ring[at], "next", ring[(at + 1) % 3]);
    }
    let data = kit.node("app::Data", 0);
    kit.edge(ring[1], "data", data);
    let retained = RetainedSizes::of(&kit.snapshot());
    assert_eq!(retained.cycles(), std::slice::from_ref(&ring));
    assert_eq!(retained.retained_by(Dominator::Cycle(0)), (4 * OBJECT, 4));
    assert_eq!(retained.retained_bytes(ring[1]), 2 * OBJECT);
    assert_eq!(retained.dominating_object(data), Some(ring[1]));
    assert_eq!(retained.dominator(ring[0]), Some(Dominator::Cycle(0)));
    assert_eq!(retained.dominating_object(ring[0]), None);
    assert_eq!(retained.top(1), [Dominator::Cycle(0)]);
}

#[test]
fn depth_is_not_a_limit() {
    let mut kit = Kit::new();
    let nodes: Vec<NodeId> = (0..100_000).map(|_| kit.node("app::Node", 0)).collect();
    kit.edge(nodes[0], "next", nodes[1]);
    for pair in nodes.windows(2) {
        kit.edge(pair[0], "next", pair[1]);
    }
    let retained = RetainedSizes::of(&kit.snapshot());
    assert_eq!(retained.retained_objects(nodes[0]), nodes.len());
    assert_eq!(retained.retained_objects(nodes[99_998]), 2);
    assert_eq!(retained.top(9), [Dominator::Object(nodes[0])]);
}

/// Returns what is reachable from the starts without a node.
fn reached(model: &Model, starts: &BTreeSet<usize>, without: Option<usize>) -> BTreeSet<usize> {
    let mut edges = model.owning();
    edges.retain(|edge| Some(edge.2) != without && Some(edge.0) != without);
    let mut starts = starts.clone();
    if let Some(without) = without {
        starts.remove(&without);
    }
    Model::reach(&edges, &starts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// By definition, an object retains what is unreachable without it.
    #[test]
    fn retained_sizes_agree_with_the_definition(model in model(9, 20)) {
        let retained = RetainedSizes::of(&model.snapshot());
        let all: BTreeSet<usize> = (0..model.nodes.len()).collect();
        let leaked = model.leaked();
        let held: BTreeSet<usize> = all
            .iter()
            .copied()
            .filter(|&node| {
                model.nodes[node].1 > 0 || !model.owning().iter().any(|edge| edge.2 == node)
            })
            .collect();
        // The leaked objects that own all their owners.
        let owned: Vec<BTreeSet<usize>> =
            all.iter().map(|&node| reached(&model, &[node].into(), None)).collect();
        let on_root_cycles: BTreeSet<usize> = leaked
            .iter()
            .copied()
            .filter(|&node| {
                leaked.iter().all(|&by| !owned[by].contains(&node) || owned[node].contains(&by))
            })
            .collect();
        let mut cycles: Vec<Vec<usize>> = Vec::new();
        for &node in &on_root_cycles {
            let cycle: Vec<usize> =
                on_root_cycles.iter().copied().filter(|&other| {
                    owned[node].contains(&other) && owned[other].contains(&node)
                }).collect();
            if !cycles.contains(&cycle) {
                cycles.push(cycle);
            }
        }
        let found: Vec<Vec<usize>> = retained
            .cycles()
            .iter()
            .map(|cycle| cycle.iter().map(|node| node.index()).collect())
            .collect();
        prop_assert_eq!(&found, &cycles);

        let starts: BTreeSet<usize> = held.union(&on_root_cycles).copied().collect();
        prop_assert_eq!(&reached(&model, &starts, None), &all);
        let mut dominated = vec![BTreeSet::new(); model.nodes.len()];
        for &node in &all {
            let rest = reached(&model, &starts, Some(node));
            let gone: BTreeSet<usize> = all.difference(&rest).copied().collect();
            let id = NodeId::new(node);
            prop_assert_eq!(retained.retained_objects(id), gone.len());
            prop_assert_eq!(retained.retained_bytes(id), gone.len() as u64 * OBJECT);
            for &other in gone.iter().filter(|&&other| other != node) {
                dominated[other].insert(node);
            }
        }
        for (number, cycle) in cycles.iter().enumerate() {
            let others = starts.iter().copied().filter(|node| !cycle.contains(node)).collect();
            let gone = all.len() - reached(&model, &others, None).len();
            let expected = (gone as u64 * OBJECT, gone);
            prop_assert_eq!(retained.retained_by(Dominator::Cycle(number)), expected);
        }
        // The immediate dominator is dominated by all other dominators.
        for &node in &all {
            let last = dominated[node].iter().find(|&&by| dominated[by].len() + 1 == dominated[node].len());
            let found = retained.dominating_object(NodeId::new(node)).map(NodeId::index);
            prop_assert_eq!(found, last.copied());
        }
        let by_type = retained.by_type();
        for (number, name) in TYPES.iter().enumerate() {
            let is_one = |node: usize| model.nodes[node].0 == number;
            let outermost = all.iter().copied().filter(|&node| {
                is_one(node) && !dominated[node].iter().any(|&by| is_one(by))
            });
            let expected: usize =
                outermost.map(|node| retained.retained_objects(NodeId::new(node))).sum();
            let snapshot = retained.snapshot();
            let row = by_type.iter().find(|row| snapshot.types()[row.type_index].name == **name);
            prop_assert_eq!(row.map_or(0, |row| row.objects), expected, "{}", name);
        }
    }
}
