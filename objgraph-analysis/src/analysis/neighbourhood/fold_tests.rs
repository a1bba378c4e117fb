use objgraph_core::{NodeId, Snapshot};
use proptest::prelude::*;

use super::{EdgeKind, Neighbourhood, PictureOptions, Subject};
use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, strong_components};

fn folded(snapshot: &Snapshot, start: NodeId, direction: Direction) -> Neighbourhood {
    let options = PictureOptions {
        fold_over: Some(8),
        ..PictureOptions::default()
    };
    Neighbourhood::around(snapshot, &[start], direction, &options).unwrap()
}

/// Returns the number of objects that each node represents.
fn sizes(picture: &Neighbourhood) -> Vec<usize> {
    let nodes = picture.nodes.iter();
    nodes.map(|drawn| drawn.subject.objects().len()).collect()
}

fn labels(picture: &Neighbourhood) -> Vec<String> {
    let edges = picture.edges.iter();
    edges
        .map(|edge| format!("{} {} {}", edge.from, edge.label, edge.to))
        .collect()
}

/// Builds a node with 398 children that refer back to it weakly and hold a user each; the children
/// with the numbers in `odd` are different.
fn family(odd: &[u32]) -> (std::sync::Arc<Snapshot>, NodeId) {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 1);
    for at in 0..398 {
        let child = kit.node("app::Node", 0);
        kit.element(root, "children", at, child);
        kit.weak(child, "parent", root);
        if odd.contains(&at) {
            kit.edge(child, "owner", root);
        } else {
            let user = kit.node("app::User", 0);
            kit.edge(child, "user", user);
        }
    }
    (kit.snapshot(), root)
}

#[test]
fn similar_siblings_form_one_stack_and_so_does_what_is_behind_them() {
    let (snapshot, root) = family(&[]);
    let picture = folded(&snapshot, root, Direction::Refs);
    assert_eq!(sizes(&picture), [1, 398, 398]);
    assert_eq!(
        labels(&picture),
        ["0 children[0..=397] 1", "1 parent 0", "1 user 2"]
    );
    assert!(picture.edges.iter().all(|edge| edge.references == 398));
    assert!(picture.cycles.is_empty());
    let kinds: Vec<EdgeKind> = picture.edges.iter().map(|edge| edge.kind).collect();
    assert_eq!(kinds, [EdgeKind::Strong, EdgeKind::Weak, EdgeKind::Strong]);
}

#[test]
fn a_different_sibling_is_drawn_by_itself() {
    let (snapshot, root) = family(&[200]);
    let picture = folded(&snapshot, root, Direction::Refs);
    assert_eq!(sizes(&picture), [1, 397, 1, 397]);
    assert!(labels(&picture).contains(&"0 children[_] 1".to_owned()));
    assert!(labels(&picture).contains(&"0 children[200] 2".to_owned()));
    assert_eq!(picture.cycles, [[0, 2]]);
    let starts = NodeId::new(0);
    let separate = |node: objgraph_core::Node<'_>| node.node_id().index() == 5;
    let options = PictureOptions {
        fold_over: Some(8),
        separate: Some(&separate),
        max_depth: 1,
        ..PictureOptions::default()
    };
    let picture = Neighbourhood::around(&snapshot, &[starts], Direction::Refs, &options).unwrap();
    // Nothing is drawn behind them, so all but the separate one are similar.
    assert_eq!(sizes(&picture), [1, 397, 1]);
}

#[test]
fn similar_holders_form_one_stack() {
    let mut kit = Kit::new();
    let shared = kit.node("app::Config", 2);
    for _ in 0..50 {
        let holder = kit.node("app::Session", 1);
        kit.edge(holder, "config", shared);
    }
    for _ in 0..8 {
        let holder = kit.node("app::Server", 0);
        kit.edge(holder, "config", shared);
    }
    let snapshot = kit.snapshot();
    let options = PictureOptions {
        fold_over: Some(8),
        ..PictureOptions::default()
    };
    let picture =
        Neighbourhood::around(&snapshot, &[shared], Direction::Backrefs, &options).unwrap();
    assert_eq!(sizes(&picture)[..3], [1, 50, 1]);
    assert_eq!(labels(&picture)[0], "1 config 0");
    let external: Vec<&Subject> = picture
        .nodes
        .iter()
        .map(|drawn| &drawn.subject)
        .filter(|subject| matches!(subject, Subject::External(_)))
        .collect();
    assert_eq!(external, [&Subject::External(2), &Subject::External(50)]);
}

#[test]
fn objects_held_twice_form_one_stack_with_two_edges() {
    let mut kit = Kit::new();
    let root = kit.node("app::Index", 1);
    for at in 0..20 {
        let entry = kit.node("app::Entry", 0);
        kit.element(root, "by_age", at, entry);
        kit.element(root, "by_name", 19 - at, entry);
    }
    let snapshot = kit.snapshot();
    let picture = folded(&snapshot, root, Direction::Refs);
    assert_eq!(sizes(&picture), [1, 20]);
    assert_eq!(
        labels(&picture),
        ["0 by_age[0..=19] 1", "0 by_name[0..=19] 1"]
    );
}

#[test]
fn edges_both_ways_between_stacks_are_no_cycle() {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 1);
    let nodes: Vec<NodeId> = (0..50).map(|_| kit.node("app::Node", 0)).collect();
    for (at, &node) in nodes.iter().enumerate() {
        kit.element(root, "all", at as u32, node);
    }
    for pair in nodes.windows(2) {
        kit.edge(pair[0], "next", pair[1]);
    }
    let snapshot = kit.snapshot();
    let picture = folded(&snapshot, root, Direction::Refs);
    assert_eq!(sizes(&picture), [1, 49, 1]);
    assert!(
        picture
            .edges
            .iter()
            .any(|edge| edge.from == edge.to && edge.label == "next ×48")
    );
    assert!(picture.cycles.is_empty());
}

#[test]
fn a_ring_within_a_stack_is_a_cycle() {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 1);
    let nodes: Vec<NodeId> = (0..50).map(|_| kit.node("app::Node", 0)).collect();
    for (at, &node) in nodes.iter().enumerate() {
        kit.element(root, "all", at as u32, node);
        kit.edge(node, "next", nodes[(at + 1) % 50]);
    }
    let snapshot = kit.snapshot();
    let picture = folded(&snapshot, root, Direction::Refs);
    assert_eq!(sizes(&picture), [1, 50]);
    assert_eq!(picture.cycles, [[1]]);
}

#[test]
fn an_unreadably_large_picture_is_refused() {
    let mut kit = Kit::new();
    let nodes: Vec<NodeId> = (0..5000).map(|_| kit.node("app::Node", 0)).collect();
    for at in 1..5000 {
        kit.element(nodes[at / 2], "children", (at % 2) as u32, nodes[at]);
    }
    let snapshot = kit.snapshot();
    let options = PictureOptions {
        max_depth: usize::MAX,
        too_many: usize::MAX,
        ..PictureOptions::default()
    };
    let refused =
        Neighbourhood::around(&snapshot, &nodes[1..2], Direction::Refs, &options).unwrap_err();
    assert_eq!((refused.objects, refused.max_nodes), (4999, 1000));
    let many = Neighbourhood::around(&snapshot, &nodes, Direction::Refs, &options).unwrap_err();
    assert_eq!(many.objects, 5000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Folded or not, a picture without limits shows each reachable object once, and each reference
    /// between them; cyclic edges are those between objects that reach each other.
    #[test]
    fn folding_loses_nothing(
        nodes in 1usize..30,
        types in prop::collection::vec(0usize..3, 30),
        edges in prop::collection::vec((0usize..30, 0usize..3, 0usize..30, any::<bool>()), 0..60),
        fold_over in prop::option::of(1usize..4),
        backwards in any::<bool>(),
    ) {
        let mut kit = Kit::new();
        let names = ["app::A", "app::B", "app::C"];
        let all: Vec<NodeId> = (0..nodes).map(|at| kit.node(names[types[at]], 0)).collect();
        for (number, &(from, field, to, strong)) in edges.iter().enumerate() {
            let (from, to) = (all[from % nodes], all[to % nodes]);
            match strong {
                true => kit.element(from, ["x", "y", "z"][field], number as u32, to),
                false => kit.weak(from, "weak", to),
            }
        }
        let snapshot = kit.snapshot();
        let options = PictureOptions {
            fold_over,
            max_depth: usize::MAX,
            too_many: usize::MAX,
            ..PictureOptions::default()
        };
        let direction = if backwards { Direction::Backrefs } else { Direction::Refs };
        let picture = Neighbourhood::around(&snapshot, &all[..1], direction, &options).unwrap();
        let mut drawn: Vec<NodeId> =
            picture.nodes.iter().flat_map(|node| node.subject.objects()).copied().collect();
        drawn.sort();
        let mut reached = vec![all[0]];
        let mut at = 0;
        while at < reached.len() {
            for edge in direction.edges(&snapshot, reached[at]) {
                if !reached.contains(&direction.far(&edge)) {
                    reached.push(direction.far(&edge));
                }
            }
            at += 1;
        }
        reached.sort();
        prop_assert_eq!(&drawn, &reached);
        let inside = reached.iter().flat_map(|&node| direction.edges(&snapshot, node)).count();
        let edges = picture.edges.iter().filter(|edge| edge.kind != EdgeKind::Hint);
        prop_assert_eq!(edges.map(|edge| edge.references).sum::<usize>(), inside);

        // The cyclic edges according to the components of the snapshot, since everything reachable
        // is drawn.
        let components = strong_components(&snapshot);
        let mut cyclic = vec![0; picture.edges.len()];
        for &node in &reached {
            for edge in direction.edges(&snapshot, node).filter(|edge| edge.is_strong()) {
                let at = |object| picture.nodes.iter()
                    .position(|node| node.subject.objects().contains(&object)).unwrap();
                let (from, to) = (at(edge.source()), at(edge.target()));
                if components.of(edge.source()) == components.of(edge.target()) {
                    let field = snapshot.parts().paths.show_field(edge.path_id());
                    let name = field.trim_end_matches("[_]");
                    for (number, edge) in picture.edges.iter().enumerate() {
                        if (edge.from, edge.to) == (from, to) && edge.label.starts_with(name) {
                            cyclic[number] += 1;
                        }
                    }
                }
            }
        }
        for (number, edge) in picture.edges.iter().enumerate() {
            prop_assert!(edge.kind != EdgeKind::Cycle || cyclic[number] > 0, "{edge:?}");
        }
        if fold_over.is_none() {
            let strong = reached.iter().flat_map(|&node| direction.edges(&snapshot, node))
                .filter(|edge| edge.is_strong());
            let on_cycles = strong
                .filter(|edge| components.of(edge.source()) == components.of(edge.target()));
            let drawn = picture.edges.iter().filter(|edge| edge.kind == EdgeKind::Cycle);
            prop_assert_eq!(drawn.count(), on_cycles.count());
        } else {
            // The same objects are on cycles, whether they are folded or not.
            let plain = PictureOptions { fold_over: None, ..options };
            let plain = Neighbourhood::around(&snapshot, &all[..1], direction, &plain).unwrap();
            let on_cycles = |picture: &Neighbourhood| -> std::collections::BTreeSet<NodeId> {
                let nodes = picture.cycles.iter().flatten();
                nodes.flat_map(|&node| picture.nodes[node].subject.objects()).copied().collect()
            };
            // A stack is on a cycle if any of its objects is.
            prop_assert!(on_cycles(&plain).is_subset(&on_cycles(&picture)));
        }
    }
}

#[test]
fn depth_is_not_a_limit() {
    let mut kit = Kit::new();
    let nodes: Vec<NodeId> = (0..200_000).map(|_| kit.node("app::Node", 0)).collect();
    for (at, &node) in nodes.iter().enumerate() {
        kit.edge(node, "next", nodes[(at + 1) % nodes.len()]);
    }
    let snapshot = kit.snapshot();
    for direction in [Direction::Refs, Direction::Backrefs] {
        let options = PictureOptions {
            max_depth: usize::MAX,
            max_nodes: usize::MAX,
            fold_over: Some(8),
            ..PictureOptions::default()
        };
        let picture = Neighbourhood::around(&snapshot, &nodes[..1], direction, &options).unwrap();
        assert_eq!((picture.nodes.len(), picture.cycles.len()), (200_000, 1));
        let few = PictureOptions {
            max_nodes: 10,
            ..options
        };
        let refused = Neighbourhood::around(&snapshot, &nodes[..1], direction, &few).unwrap_err();
        assert_eq!(refused.objects, 200_000);
    }
}
