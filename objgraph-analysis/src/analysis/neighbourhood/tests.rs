use std::sync::Arc;

use objgraph_core::{NodeId, PlaceKind, Snapshot};

use super::{EdgeKind, Neighbourhood, PictureOptions, Subject};
use crate::analysis::Direction;
use crate::analysis::find_leaks;
use crate::analysis::testkit::Kit;

/// Builds a chain of five, with an external reference to its first: 0 → 1 → 2 → 3 → 4.
fn chain() -> Arc<Snapshot> {
    let mut kit = Kit::new();
    let nodes: Vec<NodeId> = (0..5)
        .map(|at| kit.node("app::Node", i64::from(at == 0)))
        .collect();
    for pair in nodes.windows(2) {
        kit.edge(pair[0], "next", pair[1]);
    }
    kit.snapshot()
}

fn objects(picture: &Neighbourhood) -> Vec<usize> {
    let nodes = picture.nodes.iter();
    nodes
        .flat_map(|drawn| drawn.subject.objects())
        .map(|node| node.index())
        .collect()
}

fn refs(snapshot: &Snapshot, starts: &[NodeId], options: &PictureOptions<'_>) -> Neighbourhood {
    Neighbourhood::around(snapshot, starts, Direction::Refs, options).unwrap()
}

fn subjects(picture: &Neighbourhood) -> Vec<Subject> {
    let is_object = |subject: &Subject| matches!(subject, Subject::Object(_));
    picture
        .nodes
        .iter()
        .map(|drawn| drawn.subject.clone())
        .filter(|subject| !is_object(subject))
        .collect()
}

#[test]
fn nodes_at_the_maximum_depth_are_not_expanded() {
    let snapshot = chain();
    let options = PictureOptions {
        max_depth: 2,
        ..PictureOptions::default()
    };
    let picture = refs(&snapshot, &[NodeId::new(0), NodeId::new(0)], &options);
    assert_eq!(objects(&picture), [0, 1, 2]);
    assert_eq!(picture.edges.len(), 2);
    assert!(picture.nodes[0].is_start && !picture.nodes[1].is_start);
    let none = PictureOptions {
        max_depth: 0,
        ..PictureOptions::default()
    };
    assert_eq!(objects(&refs(&snapshot, &[NodeId::new(3)], &none)), [3]);
}

#[test]
fn a_search_backwards_ends_at_external_references() {
    let snapshot = chain();
    let options = PictureOptions {
        max_depth: 9,
        ..PictureOptions::default()
    };
    let picture =
        Neighbourhood::around(&snapshot, &[NodeId::new(2)], Direction::Backrefs, &options).unwrap();
    assert_eq!(objects(&picture), [2, 1, 0]);
    assert_eq!(subjects(&picture), [Subject::External(1)]);
    assert!(picture.edges.iter().all(|edge| edge.from > edge.to));
}

#[test]
fn filters_hide_objects_and_stops_hide_what_is_behind() {
    let snapshot = chain();
    let filter = |node: objgraph_core::Node<'_>| node.node_id().index() != 2;
    let options = PictureOptions {
        filter: Some(&filter),
        ..PictureOptions::default()
    };
    assert_eq!(
        objects(&refs(&snapshot, &[NodeId::new(0)], &options)),
        [0, 1]
    );
    let stop = |node: objgraph_core::Node<'_>| node.node_id().index() == 1;
    let options = PictureOptions {
        stop: Some(&stop),
        ..PictureOptions::default()
    };
    assert_eq!(
        objects(&refs(&snapshot, &[NodeId::new(0)], &options)),
        [0, 1]
    );
}

#[test]
fn opaque_values_count_towards_too_many() {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 1);
    for at in 0..3 {
        let child = kit.node("app::Child", 0);
        kit.element(root, "children", at, child);
    }
    for _ in 0..3 {
        kit.place(root, "id", "uuid::Uuid", PlaceKind::Opaque);
    }
    let snapshot = kit.snapshot();
    let drawn = |too_many: usize| {
        let options = PictureOptions {
            too_many,
            ..PictureOptions::default()
        };
        let picture = refs(&snapshot, &[root], &options);
        let hidden = |subject: &&Subject| matches!(subject, Subject::OpaqueValue { .. });
        let more = subjects(&picture).iter().find_map(|subject| match subject {
            Subject::MoreReferences(more) => Some(*more),
            _ => None,
        });
        (
            objects(&picture).len() - 1,
            subjects(&picture).iter().filter(hidden).count(),
            more,
        )
    };
    assert_eq!(drawn(10), (3, 3, None));
    assert_eq!(drawn(4), (3, 1, Some(2)));
    assert_eq!(drawn(2), (2, 0, Some(4)));
    assert_eq!(drawn(0), (0, 0, Some(6)));
}

/// Builds a node with 200 children, all of which own it in turn.
fn tangle() -> (Kit, NodeId) {
    let mut kit = Kit::new();
    let root = kit.node("app::Node", 0);
    for at in 0..200 {
        let child = kit.node("app::Node", 0);
        kit.element(root, "children", at, child);
        kit.edge(child, "parent", root);
    }
    (kit, root)
}

#[test]
fn a_large_component_is_drawn_in_part() {
    let (kit, _) = tangle();
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &PictureOptions::default()).unwrap();
    assert_eq!(objects(&picture).len(), 11);
    assert_eq!(subjects(&picture), [Subject::MoreObjects(190)]);
    let ring = picture
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Cycle);
    assert_eq!(ring.count(), 20);
    let small = PictureOptions {
        max_objects: 5,
        ..PictureOptions::default()
    };
    assert_eq!(
        objects(&Neighbourhood::leaks(&leaks, &small).unwrap()).len(),
        5
    );
}

#[test]
fn leaks_are_folded_and_limited_in_depth() {
    let (mut kit, root) = tangle();
    // A chain of six objects that the ring holds.
    let mut last = root;
    for _ in 0..6 {
        let next = kit.node("app::PictureEdge", 0);
        kit.edge(last, "next", next);
        last = next;
    }
    let leaks = find_leaks(&kit.snapshot());
    let folded = |max_depth: usize| {
        let options = PictureOptions {
            fold_over: Some(8),
            max_depth,
            ..PictureOptions::default()
        };
        let picture = Neighbourhood::leaks(&leaks, &options).unwrap();
        let stacks: Vec<usize> = picture
            .nodes
            .iter()
            .filter(|node| matches!(node.subject, Subject::Stack(_)))
            .map(|node| node.subject.objects().len())
            .collect();
        let more = subjects(&picture)
            .into_iter()
            .find_map(|subject| match subject {
                Subject::MoreObjects(more) => Some(more),
                _ => None,
            });
        let cyclic: usize = picture
            .edges
            .iter()
            .filter(|edge| edge.kind == EdgeKind::Cycle)
            .map(|edge| edge.references)
            .sum();
        (objects(&picture).len(), stacks, more, cyclic)
    };
    // The ring is the root and its first child; all children are on cycles.
    assert_eq!(folded(9), (207, vec![199], None, 400));
    assert_eq!(folded(3), (204, vec![199], Some(3), 400));
    assert_eq!(folded(0), (2, vec![], Some(205), 2));
}

#[test]
fn an_unreadably_large_picture_of_leaks_is_refused() {
    let mut kit = Kit::new();
    let one = kit.node("app::One", 0);
    kit.edge(one, "me", one);
    for at in 0..9 {
        let other = kit.node("app::Other", 0);
        kit.element(one, "others", at, other);
    }
    let leaks = find_leaks(&kit.snapshot());
    let options = PictureOptions {
        max_nodes: 5,
        ..PictureOptions::default()
    };
    let error = Neighbourhood::leaks(&leaks, &options).unwrap_err();
    assert_eq!((error.objects, error.max_nodes), (10, 5));
}

#[test]
fn many_kinds_share_the_room_of_a_picture() {
    let mut kit = Kit::new();
    for at in 0..30 {
        let one = kit.node(&format!("app::Type{at:02}"), 0);
        kit.edge(one, "me", one);
    }
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &PictureOptions::default()).unwrap();
    let drawn = objects(&picture).len();
    assert!((5..=40).contains(&drawn), "{drawn}");
    assert_eq!(subjects(&picture), [Subject::MoreObjects(30 - drawn)]);
}

#[test]
fn without_leaks_the_picture_is_empty() {
    let leaks = find_leaks(&chain());
    assert!(
        Neighbourhood::leaks(&leaks, &PictureOptions::default())
            .unwrap()
            .nodes
            .is_empty()
    );
}

/// Kinds that need several fields changed have several rings.
#[test]
fn every_ring_of_the_report_is_drawn() {
    let mut kit = Kit::new();
    for kind in ["app::A", "app::B", "app::C", "app::D", "app::E", "app::F"] {
        let ring: Vec<NodeId> = (0..4).map(|_| kit.node(kind, 0)).collect();
        for at in 0..4 {
            kit.edge(ring[at], "next", ring[(at + 1) % 4]);
            kit.edge(ring[at], "prev", ring[(at + 3) % 4]);
        }
        kit.edge(ring[3], "me", ring[3]);
    }
    let leaks = find_leaks(&kit.snapshot());
    for max_objects in [2, 10, 100] {
        let options = PictureOptions {
            max_objects,
            ..PictureOptions::default()
        };
        let picture = Neighbourhood::leaks(&leaks, &options).unwrap();
        let drawn_at = |node: NodeId| {
            let nodes = picture.nodes.iter();
            nodes
                .into_iter()
                .position(|drawn| drawn.subject.objects() == [node])
        };
        for kind in leaks.kinds().all() {
            assert_eq!(kind.rings.len(), 3);
            for ring in &kind.rings {
                for (at, step) in ring.iter().enumerate() {
                    let to = drawn_at(ring[(at + 1) % ring.len()].node).unwrap();
                    let from = drawn_at(step.node).unwrap();
                    let edges = picture.edges.iter();
                    let label = leaks.snapshot().parts().paths.show(step.path, step.index);
                    let drawn = edges
                        .filter(|edge| (edge.from, edge.to, &edge.label) == (from, to, &label));
                    assert_eq!(drawn.count(), 1);
                }
            }
        }
    }
}

/// Returns a ring of this number of objects.
fn ring(kit: &mut Kit, len: usize) -> Vec<NodeId> {
    let ring: Vec<NodeId> = (0..len).map(|_| kit.node("app::Node", 0)).collect();
    for at in 0..len {
        kit.edge(ring[at], "next", ring[(at + 1) % len]);
    }
    ring
}

#[test]
fn the_edge_of_the_first_fix_leads_back_to_the_owner() {
    let mut kit = Kit::new();
    let parent = kit.node("app::Parent", 0);
    let child = kit.node("app::Child", 0);
    kit.edge(parent, "child", child);
    kit.edge(child, "parent", parent);
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &PictureOptions::default()).unwrap();
    assert!(picture.is_of_leaks);
    let fix: Vec<String> = picture.fixes[0]
        .fields
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        (picture.fixes.len(), fix),
        (1, vec!["Child.parent".to_owned()])
    );
    let marked: Vec<(usize, &str)> = picture
        .edges
        .iter()
        .filter(|edge| edge.is_fix)
        .map(|edge| (edge.to, edge.label.as_str()))
        .collect();
    assert_eq!(marked, [(0, "parent")]);
    assert_eq!(objects(&picture), [0, 1]);
}

#[test]
fn what_is_not_drawn_is_counted_beside_its_ring() {
    let mut kit = Kit::new();
    for _ in 0..3 {
        let ring = ring(&mut kit, 2);
        let mut last = ring[0];
        for _ in 0..5 {
            let next = kit.node("app::Held", 0);
            kit.edge(last, "held", next);
            last = next;
        }
    }
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &PictureOptions::default()).unwrap();
    // The ring and the three next objects are drawn.
    assert_eq!(objects(&picture).len(), 5);
    let more = Subject::MoreLeaks {
        leaks: 2,
        objects: 16,
    };
    assert_eq!(subjects(&picture), [more]);
    let count = picture.nodes.len() - 1;
    let from: Vec<usize> = picture
        .edges
        .iter()
        .filter(|edge| edge.to == count)
        .map(|edge| edge.from)
        .collect();
    assert_eq!(from, [0]);
}

#[test]
fn a_gap_in_a_ring_counts_all_that_is_not_drawn() {
    let mut kit = Kit::new();
    for node in ring(&mut kit, 40) {
        let held = kit.node("app::Held", 0);
        kit.edge(node, "held", held);
    }
    let leaks = find_leaks(&kit.snapshot());
    let options = PictureOptions {
        max_objects: 16,
        ..PictureOptions::default()
    };
    let picture = Neighbourhood::leaks(&leaks, &options).unwrap();
    assert_eq!(objects(&picture).len(), 16);
    assert_eq!(subjects(&picture), [Subject::MoreObjects(64)]);
}

#[test]
fn what_may_have_leaked_is_drawn_from_the_values_that_may_own_it() {
    let mut kit = Kit::new();
    let log = kit.node("app::Log", 0);
    let timer = kit.node("app::Timer", 1);
    kit.edge(timer, "log", log);
    kit.place(timer, "tick", "Box<dyn Fn()>", PlaceKind::Opaque);
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &PictureOptions::default()).unwrap();
    assert_eq!(objects(&picture), [timer.index(), log.index()]);
    assert!(matches!(
        subjects(&picture)[..],
        [Subject::OpaqueValue { .. }]
    ));
}
