use std::sync::Arc;

use objgraph_core::{NodeId, PlaceKind, Snapshot};

use super::{LinkKind, Neighbourhood, Options, Shape};
use crate::analysis::Way;
use crate::analysis::find_leaks;
use crate::analysis::testkit::Kit;

/// A chain of five: 0 → 1 → 2 → 3 → 4, held from outside at its start.
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
        .flat_map(|drawn| drawn.shape.objects())
        .map(|node| node.index())
        .collect()
}

fn refs(snapshot: &Snapshot, starts: &[NodeId], options: &Options<'_>) -> Neighbourhood {
    Neighbourhood::around(snapshot, starts, Way::Refs, options).unwrap()
}

fn shapes(picture: &Neighbourhood) -> Vec<Shape> {
    let is_object = |shape: &Shape| matches!(shape, Shape::Object(_));
    picture
        .nodes
        .iter()
        .map(|drawn| drawn.shape.clone())
        .filter(|shape| !is_object(shape))
        .collect()
}

#[test]
fn the_greatest_depth_is_drawn_and_not_expanded() {
    let snapshot = chain();
    let options = Options {
        max_depth: 2,
        ..Options::default()
    };
    let picture = refs(&snapshot, &[NodeId::new(0), NodeId::new(0)], &options);
    assert_eq!(objects(&picture), [0, 1, 2]);
    assert_eq!(picture.links.len(), 2);
    assert!(picture.nodes[0].is_start && !picture.nodes[1].is_start);
    let none = Options {
        max_depth: 0,
        ..Options::default()
    };
    assert_eq!(objects(&refs(&snapshot, &[NodeId::new(3)], &none)), [3]);
}

#[test]
fn backwards_up_to_the_outside() {
    let snapshot = chain();
    let options = Options {
        max_depth: 9,
        ..Options::default()
    };
    let picture =
        Neighbourhood::around(&snapshot, &[NodeId::new(2)], Way::Backrefs, &options).unwrap();
    assert_eq!(objects(&picture), [2, 1, 0]);
    assert_eq!(shapes(&picture), [Shape::Outside(1)]);
    assert!(picture.links.iter().all(|link| link.from > link.to));
}

#[test]
fn filters_and_stops() {
    let snapshot = chain();
    let filter = |node: objgraph_core::Node<'_>| node.node_id().index() != 2;
    let options = Options {
        filter: Some(&filter),
        ..Options::default()
    };
    assert_eq!(
        objects(&refs(&snapshot, &[NodeId::new(0)], &options)),
        [0, 1]
    );
    let stop = |node: objgraph_core::Node<'_>| node.node_id().index() == 1;
    let options = Options {
        stop: Some(&stop),
        ..Options::default()
    };
    assert_eq!(
        objects(&refs(&snapshot, &[NodeId::new(0)], &options)),
        [0, 1]
    );
}

#[test]
fn too_many_count_places_too() {
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
        let options = Options {
            too_many,
            ..Options::default()
        };
        let picture = refs(&snapshot, &[root], &options);
        let hidden = |shape: &&Shape| matches!(shape, Shape::Hidden { .. });
        let more = shapes(&picture).iter().find_map(|shape| match shape {
            Shape::MoreReferences(more) => Some(*more),
            _ => None,
        });
        (
            objects(&picture).len() - 1,
            shapes(&picture).iter().filter(hidden).count(),
            more,
        )
    };
    assert_eq!(drawn(10), (3, 3, None));
    assert_eq!(drawn(4), (3, 1, Some(2)));
    assert_eq!(drawn(2), (2, 0, Some(4)));
    assert_eq!(drawn(0), (0, 0, Some(6)));
}

/// A node with 200 children, all of which own it in turn.
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
fn a_tangle_is_drawn_in_part() {
    let (kit, _) = tangle();
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &Options::default()).unwrap();
    assert_eq!(objects(&picture).len(), 11);
    assert_eq!(
        shapes(&picture),
        [Shape::MoreReferences(190), Shape::MoreObjects(190)]
    );
    let ring = picture
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Cycle);
    assert_eq!(ring.count(), 20);
    let small = Options {
        max_objects: 5,
        ..Options::default()
    };
    assert_eq!(
        objects(&Neighbourhood::leaks(&leaks, &small).unwrap()).len(),
        5
    );
}

#[test]
fn of_what_leaked_too_the_alike_are_one_and_depth_ends_it() {
    let (mut kit, root) = tangle();
    // A chain of six that the ring holds.
    let mut last = root;
    for _ in 0..6 {
        let next = kit.node("app::Link", 0);
        kit.edge(last, "next", next);
        last = next;
    }
    let leaks = find_leaks(&kit.snapshot());
    let folded = |max_depth: usize| {
        let options = Options {
            fold_over: Some(8),
            max_depth,
            ..Options::default()
        };
        let picture = Neighbourhood::leaks(&leaks, &options).unwrap();
        let stacks = picture.nodes.iter().map(|drawn| &drawn.shape);
        let stacks: Vec<usize> = stacks
            .filter(|shape| matches!(shape, Shape::Stack(_)))
            .map(|shape| shape.objects().len())
            .collect();
        let more = shapes(&picture).into_iter().find_map(|shape| match shape {
            Shape::MoreObjects(more) => Some(more),
            _ => None,
        });
        let red = picture
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Cycle);
        let red: usize = red.map(|link| link.references).sum();
        (objects(&picture).len(), stacks, more, red)
    };
    // The ring is the root and its first child; all children are on cycles.
    assert_eq!(folded(9), (207, vec![199], None, 400));
    assert_eq!(folded(3), (204, vec![199], Some(3), 400));
    assert_eq!(folded(0), (2, vec![], Some(205), 2));
}

#[test]
fn a_picture_of_leaks_that_nobody_could_read_is_refused() {
    let mut kit = Kit::new();
    let one = kit.node("app::One", 0);
    kit.edge(one, "me", one);
    for at in 0..9 {
        let other = kit.node("app::Other", 0);
        kit.element(one, "others", at, other);
    }
    let leaks = find_leaks(&kit.snapshot());
    let options = Options {
        max_nodes: 5,
        ..Options::default()
    };
    let error = Neighbourhood::leaks(&leaks, &options).unwrap_err();
    assert_eq!((error.objects, error.max_nodes), (10, 5));
}

#[test]
fn many_kinds_share_the_room() {
    let mut kit = Kit::new();
    for at in 0..30 {
        let one = kit.node(&format!("app::Type{at:02}"), 0);
        kit.edge(one, "me", one);
    }
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &Options::default()).unwrap();
    let drawn = objects(&picture).len();
    assert!((5..=40).contains(&drawn), "{drawn}");
    assert_eq!(shapes(&picture), [Shape::MoreObjects(30 - drawn)]);
}

#[test]
fn no_leaks_no_picture() {
    let leaks = find_leaks(&chain());
    assert!(
        Neighbourhood::leaks(&leaks, &Options::default())
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
        let options = Options {
            max_objects,
            ..Options::default()
        };
        let picture = Neighbourhood::leaks(&leaks, &options).unwrap();
        let drawn_at = |node: NodeId| {
            let nodes = picture.nodes.iter();
            nodes
                .into_iter()
                .position(|drawn| drawn.shape.objects() == [node])
        };
        for kind in leaks.kinds().all() {
            assert_eq!(kind.rings.len(), 3);
            for ring in &kind.rings {
                for (at, step) in ring.iter().enumerate() {
                    let to = drawn_at(ring[(at + 1) % ring.len()].node).unwrap();
                    let from = drawn_at(step.node).unwrap();
                    let links = picture.links.iter();
                    let label = leaks.snapshot().parts().paths.show(step.path, step.index);
                    let drawn = links
                        .filter(|link| (link.from, link.to, &link.label) == (from, to, &label));
                    assert_eq!(drawn.count(), 1);
                }
            }
        }
    }
}
