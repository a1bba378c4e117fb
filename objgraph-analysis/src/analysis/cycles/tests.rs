use objgraph_core::NodeId;

use super::{BackEvidence, Cycles, is_back_name, least_rotation};
use crate::analysis::testkit::Kit;
use crate::analysis::{Leaks, find_leaks};

fn cycles_of(leaks: &Leaks) -> Cycles {
    Cycles::among(leaks.snapshot(), leaks.nodes())
}

/// Returns the fields that close the first kind of cycle.
fn closing(kit: Kit) -> Vec<String> {
    let snapshot = kit.snapshot();
    let leaks = find_leaks(&snapshot);
    let paths = &snapshot.parts().paths;
    let cycles = cycles_of(&leaks);
    let fields = &cycles.kinds()[0].closing;
    fields
        .iter()
        .map(|field| paths.show_field(field.path))
        .collect()
}

#[test]
fn the_reference_to_the_older_object_closes() {
    let mut kit = Kit::new();
    let one = kit.node("app::A", 0);
    let other = kit.node("app::B", 0);
    kit.edge(one, "younger", other);
    kit.edge(other, "elder", one);
    assert_eq!(closing(kit), ["elder"]);
}

#[test]
fn an_earlier_epoch_is_older_than_an_earlier_number() {
    let mut kit = Kit::new();
    let one = kit.node("app::A", 0);
    let other = kit.node("app::B", 0);
    kit.row(one).epoch = 2;
    kit.edge(one, "elder", other);
    kit.edge(other, "younger", one);
    assert_eq!(closing(kit), ["elder"]);
}

#[test]
fn a_name_outweighs_births() {
    let mut kit = Kit::new();
    let child = kit.node("app::Child", 0);
    let parent = kit.node("app::Parent", 0);
    kit.edge(parent, "child", child);
    kit.edge(child, "parent", parent);
    assert_eq!(closing(kit), ["parent"]);
    assert!(is_back_name("prev_sibling") && is_back_name("owner"));
    assert!(!is_back_name("next") && !is_back_name("upstream"));
}

#[test]
fn a_mark_outweighs_a_name() {
    let mut kit = Kit::new();
    let one = kit.node("app::A", 0);
    let other = kit.node("app::B", 0);
    kit.edge(one, "^listener", other);
    kit.edge(other, "parent", one);
    let snapshot = kit.snapshot();
    let leaks = find_leaks(&snapshot);
    let field = cycles_of(&leaks).kinds()[0].closing[0];
    assert!(field.is_marked);
    assert_eq!(snapshot.parts().paths.show_field(field.path), "listener");
    assert!(BackEvidence::Marked > BackEvidence::Named && BackEvidence::Named > BackEvidence::Born);
}

#[test]
fn a_node_that_owns_itself_is_a_cycle() {
    let mut kit = Kit::new();
    let one = kit.node("app::A", 0);
    kit.edge(one, "me", one);
    assert_eq!(closing(kit), ["me"]);
}

#[test]
fn rings_of_one_kind_are_listed_once_wherever_they_begin() {
    let mut kit = Kit::new();
    for turn in 0..3 {
        let mut nodes = [None; 3];
        for at in 0..3 {
            let at = (at + turn) % 3;
            nodes[at] = Some(kit.node(["app::A", "app::B", "app::C"][at], 0));
        }
        for at in 0..3 {
            kit.edge(nodes[at].unwrap(), "next", nodes[(at + 1) % 3].unwrap());
        }
    }
    let leaks = find_leaks(&kit.snapshot());
    let cycles = cycles_of(&leaks);
    assert_eq!(
        (cycles.groups(), cycles.objects(), cycles.kinds().len()),
        (3, 9, 1)
    );
    assert_eq!((cycles.kinds()[0].count, cycles.kinds()[0].objects), (3, 9));
    let ring: Vec<NodeId> = cycles.kinds()[0]
        .ring
        .iter()
        .map(|step| step.node)
        .collect();
    assert_eq!(ring, [NodeId::new(0), NodeId::new(1), NodeId::new(2)]);
}

#[test]
fn a_tangle_has_an_example_of_each_closing_field() {
    let mut kit = Kit::new();
    let root = kit.node("app::Node", 0);
    let mut before = None;
    for at in 0..50 {
        let child = kit.node("app::Node", 0);
        kit.element(root, "children", at, child);
        kit.edge(child, "parent", root);
        if let Some(before) = before.replace(child) {
            kit.edge(before, "next", child);
            kit.edge(child, "prev", before);
        }
    }
    let leaks = find_leaks(&kit.snapshot());
    let cycles = cycles_of(&leaks);
    assert_eq!((cycles.groups(), cycles.kinds().len()), (1, 2));
    assert!(
        cycles
            .kinds()
            .iter()
            .all(|cycle| cycle.ring.len() == 2 && cycle.objects == 51)
    );
}

#[test]
fn no_nodes_have_no_cycles() {
    let kit = Kit::new();
    assert!(Cycles::among(&kit.snapshot(), &[]).kinds().is_empty());
}

#[test]
fn least_rotation_agrees_with_trying_all() {
    for ring in [
        &[1][..],
        &[2, 1],
        &[1, 1, 1],
        &[3, 1, 2, 1, 2, 1, 1],
        &[2, 2, 1, 2, 2, 1],
    ] {
        let rotated = |by: usize| [&ring[by..], &ring[..by]].concat();
        let least = (0..ring.len()).map(rotated).min().unwrap();
        assert_eq!(rotated(least_rotation(ring)), least);
    }
}
