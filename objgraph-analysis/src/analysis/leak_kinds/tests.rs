use std::collections::{BTreeMap, BTreeSet};

use objgraph_core::NodeId;
use proptest::prelude::*;

use super::{Fingerprint, LeakKinds};
use crate::analysis::find_leaks;
use crate::analysis::naive::{FIELDS, Model, TYPES, TypeAndField, model};
use crate::analysis::testkit::Kit;

fn indices(nodes: &[NodeId]) -> BTreeSet<usize> {
    nodes.iter().map(|node| node.index()).collect()
}

/// Returns the root cycles, each with the objects that it alone leads to.
fn groups(model: &Model) -> BTreeMap<BTreeSet<usize>, BTreeSet<usize>> {
    let leaked = model.leaked();
    let edges = model.owning();
    let own = |node: usize| Model::reach(&edges, &BTreeSet::from([node]));
    let owners = |node: usize| -> BTreeSet<usize> {
        let leads = |&other: &usize| own(other).contains(&node);
        leaked.iter().copied().filter(leads).collect()
    };
    // The owners of a node of a root cycle are part of the cycle.
    let cycles: BTreeSet<BTreeSet<usize>> = leaked
        .iter()
        .map(|&node| owners(node))
        .filter(|owners| owners.iter().all(|&owner| own(owner).is_superset(owners)))
        .collect();
    cycles
        .iter()
        .map(|cycle| {
            // Removes the cycle, and counts what the others reach.
            let others = cycles.iter().filter(|other| *other != cycle);
            let others = Model::reach(&edges, &others.flatten().copied().collect());
            let all = Model::reach(&edges, cycle);
            (cycle.clone(), &(&all & &leaked) - &others)
        })
        .collect()
}

/// Returns the smallest sets of fields that free all of these objects and nothing that has not
/// leaked, and the sets of at most that size that free something else as well.
fn smallest_fixes(model: &Model, objects: &BTreeSet<usize>) -> BTreeSet<BTreeSet<TypeAndField>> {
    let leaked = model.leaked();
    let fields: Vec<TypeAndField> = (0..TYPES.len())
        .flat_map(|of| (0..FIELDS.len()).map(move |field| (of, field)))
        .collect();
    let sets = (1u32..1 << fields.len()).map(|bits| -> BTreeSet<TypeAndField> {
        fields
            .iter()
            .enumerate()
            .filter(|(at, _)| bits & (1 << at) != 0)
            .map(|(_, &field)| field)
            .collect()
    });
    let mut found = BTreeSet::new();
    let mut costly: BTreeSet<BTreeSet<TypeAndField>> = BTreeSet::new();
    for size in 1..=4 {
        for set in sets.clone().filter(|set| set.len() == size) {
            let freed = model.freed(|edge| !set.contains(&edge.1), |node| model.nodes[node].1);
            if !freed.is_superset(objects) || costly.iter().any(|other| set.is_superset(other)) {
                continue;
            }
            match freed.is_subset(&leaked) {
                true => found.insert(set),
                false => costly.insert(set),
            };
        }
        if !found.is_empty() {
            break;
        }
    }
    &found | &costly
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_group_is_what_one_cycle_alone_leads_to(model in model(12, 22)) {
        let snapshot = model.snapshot();
        let leaks = find_leaks(&snapshot);
        prop_assert_eq!(indices(leaks.nodes()), model.leaked());
        let kinds = leaks.kinds();
        let found: BTreeMap<_, _> = kinds
            .all()
            .iter()
            .flat_map(|kind| &kind.groups)
            .map(|group| (indices(&group.cycle), indices(&group.objects)))
            .collect();
        prop_assert_eq!(found, groups(&model));
    }

    /// A kind retains what is unreachable once its cycles are removed.
    #[test]
    fn a_kind_retains_what_is_freed_with_its_cycles(model in model(12, 22)) {
        let leaks = find_leaks(&model.snapshot());
        let kinds = leaks.kinds();
        let edges = model.owning();
        let all: BTreeSet<usize> = groups(&model).into_keys().flatten().collect();
        let mut in_kinds = 0;
        for (number, kind) in kinds.all().iter().enumerate() {
            let own: BTreeSet<usize> =
                kind.groups.iter().flat_map(|group| indices(&group.cycle)).collect();
            let kept = Model::reach(&edges, &(&all - &own));
            let expected = &(&Model::reach(&edges, &own) & &model.leaked()) - &kept;
            let members: BTreeSet<usize> = leaks
                .nodes()
                .iter()
                .zip(kinds.kind_of_each())
                .filter(|(_, of)| *of == Some(number))
                .map(|(node, _)| node.index())
                .collect();
            prop_assert_eq!(&members, &expected);
            prop_assert_eq!(kind.objects, expected.len());
            prop_assert_eq!(kind.retained, 32 * expected.len() as u64);
            in_kinds += kind.objects;
        }
        prop_assert_eq!(kinds.shared(), leaks.len() - in_kinds);
        prop_assert!(kinds.all().is_sorted_by(|a, b| a.retained >= b.retained));
    }

    #[test]
    fn fixes_are_the_smallest_sets_that_work(model in model(9, 16)) {
        let leaks = find_leaks(&model.snapshot());
        let kinds = leaks.kinds();
        for (number, kind) in kinds.all().iter().enumerate() {
            let members: BTreeSet<usize> = leaks
                .nodes()
                .iter()
                .zip(kinds.kind_of_each())
                .filter(|(_, of)| *of == Some(number))
                .map(|(node, _)| node.index())
                .collect();
            let name = |name: &str, of: &[&str]| of.iter().position(|other| *other == name).unwrap();
            let found: BTreeSet<BTreeSet<TypeAndField>> = kind
                .fixes
                .iter()
                .map(|fix| {
                    let fields = fix.fields.iter();
                    fields
                        .map(|field| (name(&field.type_name, &TYPES), name(&field.path, &FIELDS)))
                        .collect()
                })
                .collect();
            prop_assert_eq!(found.len(), kind.fixes.len());
            let smallest = smallest_fixes(&model, &members);
            if smallest.is_empty() {
                prop_assert_eq!(found.len(), 1);
            } else {
                prop_assert_eq!(found, smallest);
            }
            for fix in &kind.fixes {
                prop_assert!(fix.freed_objects >= kind.objects);
                let is_weak = |of: usize, field: usize| {
                    let changed = fix.fields.iter();
                    changed.map(|field| (field.type_name.as_str(), field.path.as_str()))
                        .any(|changed| changed == (TYPES[of], FIELDS[field]))
                };
                let freed = model.freed(
                    |edge| !is_weak(edge.1.0, edge.1.1),
                    |node| model.nodes[node].1,
                );
                prop_assert_eq!(&freed & &model.leaked(), &freed - &indices(&fix.lost));
                let owned: BTreeSet<usize> = model
                    .owning()
                    .into_iter()
                    .filter(|&(from, (of, field), _)| members.contains(&from) && !is_weak(of, field))
                    .map(|(_, _, to)| to)
                    .collect();
                prop_assert_eq!(indices(&fix.orphans), &members - &owned);
            }
        }
    }

    /// A ring follows existing strong references, and closes.
    #[test]
    fn rings_follow_strong_references_and_close(model in model(12, 22)) {
        let snapshot = model.snapshot();
        let leaks = find_leaks(&snapshot);
        for kind in leaks.kinds().all() {
            prop_assert!(!kind.rings.is_empty());
            for ring in &kind.rings {
                for (at, step) in ring.iter().enumerate() {
                    let edge = &snapshot.parts().edges[step.edge];
                    prop_assert!(edge.strong);
                    prop_assert_eq!(edge.target, ring[(at + 1) % ring.len()].node);
                    let starts = &snapshot.parts().edge_starts[step.node.index()..];
                    prop_assert!((starts[0] as usize..starts[1] as usize).contains(&step.edge));
                }
            }
        }
    }

    /// The order in which objects were created is irrelevant.
    #[test]
    fn fingerprints_do_not_depend_on_creation_order(
        (model, order) in model(10, 20).prop_flat_map(|model| {
            let order: Vec<usize> = (0..model.nodes.len()).collect();
            (Just(model), Just(order).prop_shuffle())
        })
    ) {
        let mut nodes = model.nodes.clone();
        for (from, &to) in order.iter().enumerate() {
            nodes[to] = model.nodes[from];
        }
        let edges = model
            .edges
            .iter()
            .rev()
            .map(|&(from, field, to, strong)| (order[from], field, order[to], strong))
            .collect();
        let shuffled = Model { nodes, edges };
        let fingerprints = |model: &Model| -> Vec<(Fingerprint, usize, usize)> {
            let leaks = find_leaks(&model.snapshot());
            let kinds = leaks.kinds().all().iter();
            kinds.map(|kind| (kind.fingerprint, kind.groups.len(), kind.objects)).collect()
        };
        prop_assert_eq!(fingerprints(&model), fingerprints(&shuffled));
    }
}

/// Types and fields determine the kind; the number of objects does not.
#[test]
fn the_length_of_a_ring_does_not_change_its_kind() {
    let mut kit = Kit::new();
    for length in [1, 2, 5] {
        let ring: Vec<NodeId> = (0..length).map(|_| kit.node("app::Node", 0)).collect();
        for at in 0..length {
            kit.edge(ring[at], "next", ring[(at + 1) % length]);
        }
    }
    let other = kit.node("app::Node", 0);
    kit.edge(other, "prev", other);
    let leaks = find_leaks(&kit.snapshot());
    let kinds = leaks.kinds().all();
    let groups: Vec<usize> = kinds.iter().map(|kind| kind.groups.len()).collect();
    assert_eq!(groups, [3, 1]);
    assert_eq!(kinds[0].fixes[0].fields[0].path, "next");
    assert_eq!(kinds[1].fixes[0].fields[0].path, "prev");
}

/// Fingerprints stay the same from version to version, since teams keep them in files.
#[test]
fn fingerprints_are_stable_across_versions() {
    let mut kit = Kit::new();
    let one = kit.node("app::Parent", 0);
    let other = kit.node("app::Child", 0);
    kit.edge(one, "child", other);
    kit.edge(other, "parent", one);
    let leaks = find_leaks(&kit.snapshot());
    let fingerprint = leaks.kinds().all()[0].fingerprint;
    assert_eq!(fingerprint.to_string(), "leak-6637be7d4377eedd");
}

/// Objects created on other lines, or types named by another toolchain, do not change the
/// fingerprint.
#[test]
fn lines_and_toolchains_do_not_change_a_fingerprint() {
    let fingerprint = |cell: &str, line: u32| {
        let mut kit = Kit::new();
        let one = kit.node("app::Parent", 0);
        let other = kit.node(cell, 0);
        kit.edge(one, "child", other);
        kit.edge(other, "parent", one);
        kit.sites(|site| {
            site.line += line;
            site.file = format!("/home/{line}/src/app.rs").into();
        });
        find_leaks(&kit.snapshot()).kinds().all()[0].fingerprint
    };
    let first = fingerprint("std::sync::mutex::Mutex<app::Child>", 1);
    let moved = fingerprint("std::sync::poison::mutex::Mutex<app::Child<'_>>", 2);
    assert_eq!(first, moved);
    assert_ne!(first, fingerprint("std::sync::mutex::Mutex<app::Kid>", 1));
}

/// In a page with strong references to parents and previous siblings, both fields have to change,
/// and never the children.
#[test]
fn a_tree_with_strong_parents_and_siblings_needs_two_fields_changed() {
    let mut kit = Kit::new();
    let root = kit.node("dom::Node", 0);
    let mut before = None;
    for at in 0..50 {
        let child = kit.node("dom::Node", 0);
        kit.element(root, "children", at, child);
        kit.edge(child, "parent", root);
        if let Some(before) = before.replace(child) {
            kit.edge(before, "next", child);
            kit.edge(child, "prev", before);
        }
    }
    let leaks = find_leaks(&kit.snapshot());
    let kind = &leaks.kinds().all()[0];
    let fields: Vec<Vec<&str>> = kind
        .fixes
        .iter()
        .map(|fix| fix.fields.iter().map(|field| field.path.as_str()).collect())
        .collect();
    assert_eq!(fields[0], ["parent", "prev"]);
    assert_eq!(
        (kind.fixes[0].orphans.len(), kind.fixes[0].freed_objects),
        (1, 51)
    );
    assert_eq!(kind.rings.len(), 2);
}

/// If two fields would do, the marked one comes first, although its name comes last.
#[test]
fn the_marked_field_comes_first() {
    let mut kit = Kit::new();
    let one = kit.node("app::A", 0);
    let other = kit.node("app::B", 0);
    kit.edge(one, "^zulu", other);
    kit.edge(other, "alpha", one);
    let leaks = find_leaks(&kit.snapshot());
    let kind = &leaks.kinds().all()[0];
    assert_eq!(kind.fixes.len(), 2);
    assert!(kind.fixes[0].is_marked() && kind.fixes[0].fields[0].path == "zulu");
}

/// A fix lists the objects in use that live only by the field.
#[test]
fn a_fix_lists_the_objects_in_use_that_it_would_free() {
    let mut kit = Kit::new();
    let ring = kit.node("app::Node", 0);
    kit.edge(ring, "next", ring);
    let held = kit.node("app::Node", 1);
    let owned = kit.node("app::Node", 0);
    kit.edge(held, "next", owned);
    let leaks = find_leaks(&kit.snapshot());
    assert_eq!(leaks.len(), 1);
    let [fix] = leaks.kinds().all()[0].fixes.as_slice() else {
        panic!("one fix");
    };
    assert_eq!(
        (fix.freed_objects, fix.lost.as_slice()),
        (1, [owned].as_slice())
    );
}

/// One group of many objects, and many groups: nothing recurses, and nothing is quadratic.
#[test]
fn a_million_leaked_objects_on_a_small_stack() {
    let mut kit = Kit::new();
    for _ in 0..100_000 {
        let one = kit.node("app::Node", 0);
        let other = kit.node("app::Node", 0);
        kit.edge(one, "next", other);
        kit.edge(other, "next", one);
    }
    let ring: Vec<NodeId> = (0..800_000).map(|_| kit.node("app::Link", 0)).collect();
    for at in 0..ring.len() {
        kit.edge(ring[at], "next", ring[(at + 1) % ring.len()]);
    }
    let snapshot = kit.snapshot();
    let leaked: Vec<NodeId> = (0..snapshot.len()).map(NodeId::new).collect();
    std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(move || {
            let kinds = LeakKinds::among(&snapshot, &leaked);
            let groups: Vec<usize> = kinds.all().iter().map(|kind| kind.groups.len()).collect();
            assert_eq!((groups.as_slice(), kinds.shared()), (&[1, 100_000][..], 0));
            assert!(kinds.all().iter().all(|kind| kind.fixes.len() == 1));
        })
        .unwrap()
        .join()
        .unwrap();
}

/// Law 10: which of two rings through a field a report shows depends on the order of births, and the
/// kinds do not. A `Node` with a ring through a `Leaf` also has a shorter one, to itself.
#[test]
fn the_order_of_births_does_not_change_the_kinds() {
    let kinds = |types: [&str; 2]| -> Vec<(Fingerprint, usize)> {
        let mut kit = Kit::new();
        let pair = types.map(|name| (name, kit.node(name, 0)));
        let find = |name| {
            pair.iter()
                .find(|one| one.0 == name)
                .expect("it is one of both")
                .1
        };
        let (node, leaf) = (find("Node"), find("Leaf"));
        let alone = kit.node("Node", 0);
        kit.edge(node, "next", leaf);
        kit.edge(leaf, "root", node);
        kit.edge(node, "next", node);
        kit.edge(alone, "next", alone);
        let leaks = find_leaks(&kit.snapshot());
        let kinds = leaks.kinds().all().iter();
        kinds
            .map(|kind| (kind.fingerprint, kind.groups.len()))
            .collect()
    };
    assert_eq!(kinds(["Node", "Leaf"]), kinds(["Leaf", "Node"]));
}

/// Either field frees a ring of two; which is the likelier fix depends on the order of births. What one
/// of them frees as well is of the same kind in either case.
#[test]
fn the_likelier_fix_does_not_change_the_kinds() {
    let kinds = |is_reversed: bool| {
        let mut kit = Kit::new();
        let mut pair = [kit.node("Node", 0), kit.node("Node", 0)];
        if is_reversed {
            pair.reverse();
        }
        kit.edge(pair[0], "left", pair[1]);
        kit.edge(pair[1], "right", pair[0]);
        let alone = kit.node("Node", 0);
        kit.edge(alone, "left", alone);
        find_leaks(&kit.snapshot()).kinds().all().len()
    };
    assert_eq!((kinds(false), kinds(true)), (1, 1));
}
