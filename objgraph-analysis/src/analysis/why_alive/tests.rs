use std::collections::BTreeSet;

use objgraph_core::{NodeId, NodeRow, PlaceKind, State};
use proptest::prelude::*;

use super::{AliveReason, why_alive};
use crate::analysis::naive::{Model, model};
use crate::analysis::testkit::Kit;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_retaining_path_is_a_shortest_one(model in model(10, 18), at in any::<prop::sample::Index>()) {
        let node = at.index(model.nodes.len());
        let snapshot = model.snapshot();
        let why = why_alive(&snapshot, snapshot.node(NodeId::new(node)).id()).unwrap();
        let edges = model.owning();
        // Grows by one reference at a time, until it contains an object that is held.
        let mut near = BTreeSet::from([node]);
        let is_held = |node: usize| {
            model.nodes[node].1 > 0 || !edges.iter().any(|edge| edge.2 == node)
        };
        let mut distance = 0;
        let nearest = loop {
            if near.iter().any(|&owner| is_held(owner)) {
                break Some(distance);
            }
            let more: Vec<usize> = edges
                .iter()
                .filter(|edge| near.contains(&edge.2) && !near.contains(&edge.0))
                .map(|edge| edge.0)
                .collect();
            if more.is_empty() {
                break None;
            }
            near.extend(more);
            distance += 1;
        };
        let leaked = model.leaked().contains(&node);
        prop_assert_eq!(nearest.is_none(), leaked);
        let mut objects = vec![why.anchor()];
        for step in why.retaining_path() {
            prop_assert_eq!(*objects.last().unwrap(), step.node);
            prop_assert!(snapshot.parts().edges[step.edge].strong);
            objects.push(snapshot.parts().edges[step.edge].target);
        }
        prop_assert_eq!(objects.last().unwrap().index(), node);
        let owners: BTreeSet<usize> = why.owners().iter().map(|step| step.node.index()).collect();
        let expected = edges.iter().filter(|edge| edge.2 == node).map(|edge| edge.0);
        prop_assert_eq!(owners, expected.collect());
        let anchors: BTreeSet<usize> = why.anchors().iter().map(|anchor| anchor.node.index()).collect();
        let leads = |&other: &usize| Model::reach(&edges, &BTreeSet::from([other])).contains(&node);
        let expected = (0..model.nodes.len()).filter(|&other| is_held(other)).filter(leads);
        prop_assert_eq!(anchors, expected.collect());
        match why.reason() {
            AliveReason::Leaked { ring } => {
                prop_assert!(leaked);
                prop_assert_eq!(ring[0].node, why.anchor());
                for (at, step) in ring.iter().enumerate() {
                    let target = snapshot.parts().edges[step.edge].target;
                    prop_assert_eq!(target, ring[(at + 1) % ring.len()].node);
                }
            }
            AliveReason::External(references) => {
                prop_assert_eq!(Some(why.retaining_path().len()), nearest);
                prop_assert_eq!(*references, model.nodes[why.anchor().index()].1);
                prop_assert!(*references > 0);
            }
            reason => {
                prop_assert_eq!(reason, &AliveReason::Unknown(State::Visited));
                prop_assert_eq!(Some(why.retaining_path().len()), nearest);
            }
        }
    }
}

#[test]
fn a_root_comes_before_external_references() {
    let mut kit = Kit::new();
    let node = kit.node("app::Node", 0);
    let held = kit.node("app::Node", 2);
    let root = kit.root_value("app::Cache", "static CACHE");
    kit.edge(held, "next", node);
    kit.edge(root, "nodes", node);
    let snapshot = kit.snapshot();
    let why = why_alive(&snapshot, snapshot.node(node).id()).unwrap();
    assert_eq!(why.reason(), &AliveReason::Root("static CACHE".to_owned()));
    assert_eq!(why.anchor(), root);
    let anchors: Vec<NodeId> = why.anchors().iter().map(|anchor| anchor.node).collect();
    assert_eq!(anchors, [root, held]);
    assert_eq!(why.owners().len(), 2);
}

#[test]
fn opaque_values_are_listed_as_suspects() {
    let mut kit = Kit::new();
    let button = kit.node("app::Button", 1);
    kit.place(
        button,
        "on_click",
        "dyn core::ops::function::Fn()",
        PlaceKind::Opaque,
    );
    let other = kit.node("app::Window", 0);
    kit.place(
        other,
        "on_close",
        "dyn core::ops::function::Fn()",
        PlaceKind::Opaque,
    );
    kit.edge(other, "me", other);
    let far = kit.node("app::Far", 0);
    kit.row(far).strong = NodeRow::UNKNOWN;
    kit.row(far).state = State::OtherThread;
    let snapshot = kit.snapshot();
    let why = why_alive(&snapshot, snapshot.node(button).id()).unwrap();
    assert_eq!(why.reason(), &AliveReason::External(1));
    let nodes = |suspects: &[crate::analysis::OpaqueValue]| -> Vec<NodeId> {
        suspects.iter().map(|suspect| suspect.node).collect()
    };
    assert_eq!(nodes(why.inner_suspects()), [button]);
    assert_eq!(nodes(why.other_suspects()), [other]);
    // Another thread cannot hold an `Rc`.
    assert_eq!(why.other_threads(), 0);
    let why = why_alive(&snapshot, snapshot.node(far).id()).unwrap();
    assert_eq!(why.reason(), &AliveReason::Unknown(State::OtherThread));
}
