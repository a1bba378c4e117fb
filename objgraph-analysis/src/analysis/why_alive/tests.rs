use std::collections::BTreeSet;

use objgraph_core::{NodeId, NodeRow, PlaceKind, State};
use proptest::prelude::*;

use super::{Reason, why_alive};
use crate::analysis::naive::{Model, model};
use crate::analysis::testkit::Kit;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_way_is_a_shortest_from_what_is_held(model in model(10, 18), at in any::<prop::sample::Index>()) {
        let node = at.index(model.nodes.len());
        let snapshot = model.snapshot();
        let why = why_alive(&snapshot, snapshot.node(NodeId::new(node)).id()).unwrap();
        let edges = model.owning();
        // How far each owner is from the node: grown one reference at a time.
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
        let mut ends = vec![why.holder()];
        for step in why.chain() {
            prop_assert_eq!(*ends.last().unwrap(), step.node);
            prop_assert!(snapshot.parts().edges[step.edge].strong);
            ends.push(snapshot.parts().edges[step.edge].target);
        }
        prop_assert_eq!(ends.last().unwrap().index(), node);
        let owners: BTreeSet<usize> = why.owners().iter().map(|step| step.node.index()).collect();
        let expected = edges.iter().filter(|edge| edge.2 == node).map(|edge| edge.0);
        prop_assert_eq!(owners, expected.collect());
        let ends: BTreeSet<usize> = why.ends().iter().map(|end| end.node.index()).collect();
        let leads = |&other: &usize| Model::reach(&edges, &BTreeSet::from([other])).contains(&node);
        let expected = (0..model.nodes.len()).filter(|&other| is_held(other)).filter(leads);
        prop_assert_eq!(ends, expected.collect());
        match why.reason() {
            Reason::Leaked { ring } => {
                prop_assert!(leaked);
                prop_assert_eq!(ring[0].node, why.holder());
                for (at, step) in ring.iter().enumerate() {
                    let target = snapshot.parts().edges[step.edge].target;
                    prop_assert_eq!(target, ring[(at + 1) % ring.len()].node);
                }
            }
            Reason::Outside(references) => {
                prop_assert_eq!(Some(why.chain().len()), nearest);
                prop_assert_eq!(*references, model.nodes[why.holder().index()].1);
                prop_assert!(*references > 0);
            }
            reason => {
                prop_assert_eq!(reason, &Reason::Unknown(State::Visited));
                prop_assert_eq!(Some(why.chain().len()), nearest);
            }
        }
    }
}

#[test]
fn a_root_comes_before_what_is_held_from_outside() {
    let mut kit = Kit::new();
    let node = kit.node("app::Node", 0);
    let held = kit.node("app::Node", 2);
    let root = kit.root_value("app::Cache", "static CACHE");
    kit.edge(held, "next", node);
    kit.edge(root, "nodes", node);
    let snapshot = kit.snapshot();
    let why = why_alive(&snapshot, snapshot.node(node).id()).unwrap();
    assert_eq!(why.reason(), &Reason::Root("static CACHE".to_owned()));
    assert_eq!(why.holder(), root);
    let ends: Vec<NodeId> = why.ends().iter().map(|end| end.node).collect();
    assert_eq!(ends, [root, held]);
    assert_eq!(why.owners().len(), 2);
}

#[test]
fn values_that_cannot_be_looked_into_are_named() {
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
    assert_eq!(why.reason(), &Reason::Outside(1));
    let nodes = |suspects: &[crate::analysis::Suspect]| -> Vec<NodeId> {
        suspects.iter().map(|suspect| suspect.node).collect()
    };
    assert_eq!(nodes(why.inside()), [button]);
    assert_eq!(nodes(why.elsewhere()), [other]);
    // An `Rc` cannot be held by another thread.
    assert_eq!(why.other_threads(), 0);
    let why = why_alive(&snapshot, snapshot.node(far).id()).unwrap();
    assert_eq!(why.reason(), &Reason::Unknown(State::OtherThread));
}
