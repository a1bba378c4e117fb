use std::collections::BTreeSet;

use objgraph_core::{NodeId, ObjectId};
use proptest::prelude::*;

use super::{Owner, what_if_dropped, what_if_weak};
use crate::analysis::Objects;
use crate::analysis::naive::{FIELDS, Model, TYPES, model};

fn indices(objects: Objects<'_>) -> BTreeSet<usize> {
    objects.map(|object| object.node_id().index()).collect()
}

/// Returns what is reachable in the rest from objects that are held.
fn alive_after(
    model: &Model,
    freed: &BTreeSet<usize>,
    keeps: impl Fn(usize, usize) -> bool,
    external: impl Fn(usize) -> u32,
) -> BTreeSet<usize> {
    let edges: Vec<_> = model
        .owning()
        .into_iter()
        .filter(|edge| !freed.contains(&edge.0) && keeps(edge.1.0, edge.1.1))
        .collect();
    let all = model.owning();
    let held = (0..model.nodes.len())
        .filter(|&node| {
            let unreferenced = model.nodes[node].1 == 0 && !all.iter().any(|edge| edge.2 == node);
            !freed.contains(&node) && (external(node) > 0 || unreferenced)
        })
        .collect();
    Model::reach(&edges, &held)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dropping_agrees_with_counting_down(model in model(10, 20), at in any::<prop::sample::Index>()) {
        let node = at.index(model.nodes.len());
        let snapshot = model.snapshot();
        let what_if = what_if_dropped(&snapshot, snapshot.node(NodeId::new(node)).id()).unwrap();
        let external = |other: usize| if other == node { 0 } else { model.nodes[other].1 };
        let freed = model.freed(|_| true, external);
        // Only what hangs on the node is freed; the model frees nothing else, since no other count
        // was 0.
        prop_assert_eq!(&indices(what_if.freed()), &freed);
        let leaked = model.leaked();
        let alive = alive_after(&model, &freed, |_, _| true, external);
        let expected: BTreeSet<usize> = (0..model.nodes.len())
            .filter(|other| !freed.contains(other) && !alive.contains(other) && !leaked.contains(other))
            .collect();
        prop_assert_eq!(indices(what_if.leaked()), expected);
        if freed.contains(&node) {
            let survivors: BTreeSet<usize> = what_if.survivors().iter().map(|survivor| survivor.node.index()).collect();
            let expected: BTreeSet<usize> = model
                .owning()
                .iter()
                .filter(|edge| freed.contains(&edge.0) && alive.contains(&edge.2))
                .map(|edge| edge.2)
                .collect();
            prop_assert_eq!(survivors, expected);
        }
        for survivor in what_if.survivors() {
            match survivor.owner {
                Owner::Object { node: owner, .. } => prop_assert!(!freed.contains(&owner.index())),
                Owner::External(references) => {
                    prop_assert_eq!(references, external(survivor.node.index()));
                }
                Owner::Unknown => {
                    let node = survivor.node.index();
                    prop_assert!(!model.owning().iter().any(|edge| edge.2 == node));
                }
            }
        }
    }

    #[test]
    fn weakening_agrees_with_counting_down(model in model(10, 20), of in 0..TYPES.len(), field in 0..FIELDS.len()) {
        let snapshot = model.snapshot();
        let name = format!("{}.{}", TYPES[of], FIELDS[field]);
        let holds = model.owning().iter().any(|edge| edge.1 == (of, field));
        let what_if = what_if_weak(&snapshot, &name);
        prop_assert_eq!(what_if.is_some(), holds);
        let short = what_if_weak(&snapshot, &name["app::".len()..]);
        prop_assert_eq!(short.is_some(), holds);
        if let Some(what_if) = what_if {
            let external = |node: usize| model.nodes[node].1;
            let freed = model.freed(|edge| edge.1 != (of, field), external);
            prop_assert_eq!(&indices(what_if.freed()), &freed);
            let leaked = model.leaked();
            prop_assert_eq!(indices(what_if.lost()), &freed - &leaked);
            let alive = alive_after(&model, &freed, |a, b| (a, b) != (of, field), external);
            let expected: BTreeSet<usize> = (0..model.nodes.len())
                .filter(|other| !freed.contains(other) && !alive.contains(other) && !leaked.contains(other))
                .collect();
            prop_assert_eq!(indices(what_if.leaked()), expected);
        }
    }
}

#[test]
fn unknown_objects_and_fields_give_none() {
    let snapshot = Model {
        nodes: vec![(0, 1)],
        edges: vec![],
    }
    .snapshot();
    assert!(what_if_dropped(&snapshot, ObjectId::new(7, 0)).is_none());
    for name in ["", ".", "A", "A.", "A.one", "Nobody.one", ".one"] {
        assert!(what_if_weak(&snapshot, name).is_none(), "{name}");
    }
}
