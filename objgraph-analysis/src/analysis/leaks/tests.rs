use std::sync::Arc;

use objgraph_core::{NodeId, NodeRow, PlaceKind, PointerKind, Snapshot, State};
use proptest::prelude::*;

use super::{Leaks, find_leaks};
use crate::analysis::testkit::Kit;

fn leaked(leaks: &Leaks) -> Vec<usize> {
    leaks
        .iter()
        .map(|object| object.node_id().index())
        .collect()
}

fn possibly(leaks: &Leaks) -> Vec<usize> {
    leaks
        .possibly_leaked()
        .map(|object| object.node_id().index())
        .collect()
}

#[test]
fn an_empty_snapshot_has_no_leaks() {
    let leaks = find_leaks(&Arc::new(Snapshot::empty()));
    assert!(leaks.is_empty() && leaks.possibly_leaked().len() == 0);
}

#[test]
fn a_ring_leaks_with_what_it_owns() {
    let mut kit = Kit::new();
    let owner = kit.node("app::Owner", 0);
    let ring: Vec<NodeId> = (0..3).map(|_| kit.node("app::Node", 0)).collect();
    let data = kit.node("app::Data", 0);
    let alive = kit.node("app::Data", 1);
    for at in 0..3 {
        kit.edge(ring[at], "next", ring[(at + 1) % 3]);
    }
    kit.edge(ring[1], "data", data);
    kit.edge(ring[1], "data", alive);
    // Nothing holds the owner; it has leaked only because it owns itself.
    kit.edge(owner, "me", owner);
    let leaks = find_leaks(&kit.snapshot());
    assert_eq!(leaked(&leaks), [0, 1, 2, 3, 4]);
    assert_eq!(leaks.kinds().groups(), 2);
    let kinds = leaks.kinds().all();
    assert_eq!(kinds.iter().map(|kind| kind.on_cycles).sum::<usize>(), 4);
}

#[test]
fn weak_references_keep_nothing_alive() {
    let mut kit = Kit::new();
    let held = kit.node("app::Node", 1);
    let ring = kit.node("app::Node", 0);
    kit.edge(ring, "next", ring);
    kit.weak(held, "other", ring);
    assert_eq!(leaked(&find_leaks(&kit.snapshot())), [1]);
}

/// Every way of not knowing enough keeps the object alive (law 5).
#[test]
fn an_object_with_unknown_counts_is_alive() {
    type Edit = fn(&mut NodeRow);
    let changes: [Edit; 6] = [
        |row| row.strong = NodeRow::UNKNOWN,
        |row| row.state = State::OtherThread,
        |row| row.state = State::Lent,
        |row| row.state = State::InFlight,
        |row| row.pointer_kind = PointerKind::Value,
        |_| {},
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut kit = Kit::new();
        let one = kit.node("app::Node", 0);
        let other = kit.node("app::Node", 0);
        kit.edge(one, "next", other);
        kit.edge(other, "next", one);
        change(kit.row(one));
        let expected: &[usize] = if number == 5 { &[0, 1] } else { &[] };
        assert_eq!(
            leaked(&find_leaks(&kit.snapshot())),
            expected,
            "change {number}"
        );
    }
}

/// A value with an `Instance` field lives as long as its container, and on the stack for ever.
#[test]
fn an_instance_is_as_alive_as_its_owner() {
    let mut kit = Kit::new();
    let owner = kit.node("app::Owner", 0);
    let part = kit.node("app::Part", 0);
    let alone = kit.node("app::Part", 0);
    let held = kit.node("app::Node", 0);
    kit.row(part).pointer_kind = PointerKind::Instance;
    kit.row(alone).pointer_kind = PointerKind::Instance;
    kit.edge(owner, "part", part);
    kit.edge(part, "back", owner);
    kit.edge(alone, "node", held);
    assert_eq!(leaked(&find_leaks(&kit.snapshot())), [0, 1]);
}

#[test]
fn an_object_without_references_is_alive() {
    let mut kit = Kit::new();
    // No reference exists, and none was found: what `new_cyclic` sees of its own object.
    kit.node("app::Node", 0);
    assert!(find_leaks(&kit.snapshot()).is_empty());
}

#[test]
fn an_over_reported_object_is_listed_and_alive() {
    let mut kit = Kit::new();
    let one = kit.node("app::Node", 0);
    let other = kit.node("app::Node", -1);
    kit.edge(one, "next", other);
    kit.edge(one, "again", other);
    kit.edge(other, "next", one);
    let leaks = find_leaks(&kit.snapshot());
    assert!(leaks.is_empty());
    let over = leaks.over_reported();
    assert_eq!(
        (
            over.len(),
            over[0].node,
            over[0].references,
            over[0].reported
        ),
        (1, other, 1, 2)
    );
}

#[test]
fn an_object_held_by_its_own_closure_is_possibly_leaked() {
    let mut kit = Kit::new();
    let owner = kit.node("app::Button", 1);
    let closure = kit.node("app::main::{{closure}}", 0);
    kit.row(closure).state = State::Opaque;
    kit.edge(owner, "on_click", closure);
    let bystander = kit.node("app::Button", 1);
    let other = kit.node("app::Data", 0);
    kit.edge(bystander, "data", other);
    let leaks = find_leaks(&kit.snapshot());
    assert!(leaks.is_empty());
    assert_eq!(possibly(&leaks), [0, 1]);
    assert_eq!(leaks.suspects().len(), 1);
    assert_eq!(leaks.suspects()[0].node, closure);
}

#[test]
fn an_opaque_object_is_not_suspected_of_holding_itself() {
    let mut kit = Kit::new();
    let opaque = kit.node("app::Session", 1);
    kit.row(opaque).state = State::Opaque;
    let owner = kit.node("app::Server", 1);
    kit.edge(owner, "session", opaque);
    assert_eq!(find_leaks(&kit.snapshot()).possibly_leaked().len(), 0);
}

#[test]
fn a_value_too_small_for_a_reference_is_no_suspect() {
    let mut kit = Kit::new();
    let owner = kit.node("app::Button", 1);
    let closure = kit.node("app::main::{{closure}}", 0);
    kit.row(closure).state = State::Opaque;
    kit.change_type("app::main::{{closure}}", |info| info.size = 0);
    kit.edge(owner, "on_click", closure);
    assert_eq!(find_leaks(&kit.snapshot()).possibly_leaked().len(), 0);
}

#[test]
fn a_busy_cell_is_a_suspect() {
    let mut kit = Kit::new();
    let owner = kit.node("app::Button", 1);
    kit.place(owner, "cell", "core::cell::RefCell<u8>", PlaceKind::Busy);
    let leaks = find_leaks(&kit.snapshot());
    assert_eq!(possibly(&leaks), [0]);
    assert_eq!(leaks.suspects()[0].kind, PlaceKind::Busy);
}

#[test]
fn a_later_snapshot_confirms_what_both_found() {
    let ring = |external: i64| {
        let mut kit = Kit::new();
        let one = kit.node("app::Node", 0);
        let other = kit.node("app::Node", external);
        kit.edge(one, "next", one);
        kit.edge(other, "next", other);
        find_leaks(&kit.snapshot())
    };
    let confirmed = ring(0).confirmed_by(&ring(1));
    assert_eq!(leaked(&confirmed), [0]);
    assert_eq!(confirmed.kinds().groups(), 1);
    assert_eq!(ring(0).confirmed_by(&ring(0)).len(), 2);
}

/// A random graph: external references (some negative), strong and weak edges, opaque nodes.
#[derive(Clone, Debug)]
struct RandomGraph {
    nodes: Vec<(i64, bool)>,
    edges: Vec<(usize, usize, bool)>,
}

fn random(nodes: usize, edges: usize) -> impl Strategy<Value = RandomGraph> {
    let external = prop_oneof![6 => Just(0i64), 3 => 1i64..3, 1 => Just(-1i64)];
    let node = (external, prop::bool::weighted(0.25));
    prop::collection::vec(node, 1..=nodes).prop_flat_map(move |nodes| {
        let end = 0..nodes.len();
        let edge = (end.clone(), end, prop::bool::weighted(0.8));
        prop::collection::vec(edge, 0..=edges).prop_map(move |edges| RandomGraph {
            nodes: nodes.clone(),
            edges,
        })
    })
}

fn build(random: &RandomGraph) -> Arc<Snapshot> {
    let mut kit = Kit::new();
    for &(external, is_opaque) in &random.nodes {
        let node = kit.node("app::Node", external);
        if is_opaque {
            kit.row(node).state = State::Opaque;
        }
    }
    for &(from, to, strong) in &random.edges {
        let (from, to) = (NodeId::new(from), NodeId::new(to));
        if strong {
            kit.edge(from, "strong", to)
        } else {
            kit.weak(from, "weak", to)
        }
    }
    kit.snapshot()
}

/// The naive oracle: drops all external references that `lets_go` accepts, counts references down
/// as a program would, and returns what is left.
fn naive_leaked(random: &RandomGraph, lets_go: impl Fn(usize) -> bool) -> Vec<usize> {
    let strong = |&&(from, to, strong): &&(usize, usize, bool)| strong.then_some((from, to));
    let edges: Vec<(usize, usize)> = random
        .edges
        .iter()
        .filter_map(|edge| strong(&edge))
        .collect();
    // The holders of each node, by the references that were found.
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); random.nodes.len()];
    for &(from, to) in &edges {
        holders[to].push(from);
    }
    let count = |node: usize| holders[node].len() as i64 + random.nodes[node].0;
    let is_held = |node: usize| {
        let external = random.nodes[node].0;
        (external != 0 && !lets_go(node)) || count(node) <= 0
    };
    (0..random.nodes.len())
        .filter(|&node| {
            // Leaked if none of its owners is held.
            let mut visited = vec![false; random.nodes.len()];
            let mut queue = vec![node];
            visited[node] = true;
            while let Some(node) = queue.pop() {
                if is_held(node) {
                    return false;
                }
                for &holder in &holders[node] {
                    if !std::mem::replace(&mut visited[holder], true) {
                        queue.push(holder);
                    }
                }
            }
            true
        })
        .collect()
}

/// Returns whether the first node owns the second, over any number of strong references.
fn owns(random: &RandomGraph, from: usize, to: usize) -> bool {
    let mut visited = vec![false; random.nodes.len()];
    let mut queue = vec![from];
    while let Some(node) = queue.pop() {
        if std::mem::replace(&mut visited[node], true) {
            continue;
        }
        if node == to {
            return true;
        }
        let next = random.edges.iter().filter(|edge| edge.2 && edge.0 == node);
        queue.extend(next.map(|edge| edge.1));
    }
    false
}

/// The possibly leaked objects by definition: hide the external references of some held objects
/// that are not opaque, so that opaque values in the set that is left behind could hold them, and
/// choose the largest such set.
fn naive_possibly_leaked(random: &RandomGraph) -> Vec<usize> {
    let leaked = naive_leaked(random, |_| false);
    let held: Vec<usize> = (0..random.nodes.len())
        .filter(|&node| random.nodes[node].0 > 0 && !random.nodes[node].1)
        .collect();
    let mut best: Vec<usize> = Vec::new();
    for choice in 0..1u32 << held.len() {
        let assumed: Vec<usize> = held
            .iter()
            .enumerate()
            .filter(|(at, _)| choice & (1 << at) != 0)
            .map(|(_, &node)| node)
            .collect();
        let left = naive_leaked(random, |node| assumed.contains(&node));
        let could_be_held = |node: usize| {
            left.iter()
                .any(|&opaque| random.nodes[opaque].1 && owns(random, node, opaque))
        };
        if assumed
            .iter()
            .all(|&node| left.contains(&node) && could_be_held(node))
        {
            let set: Vec<usize> = left
                .into_iter()
                .filter(|node| !leaked.contains(node))
                .collect();
            if set.len() > best.len() {
                best = set;
            }
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn leaked_agrees_with_counting_down(random in random(12, 30)) {
        let leaks = find_leaks(&build(&random));
        prop_assert_eq!(leaked(&leaks), naive_leaked(&random, |_| false));
        // Every set of leaked objects has a cycle, and only leaked objects are on it.
        prop_assert_eq!(leaks.kinds().all().is_empty(), leaks.is_empty());
        let rings = leaks.kinds().all().iter().flat_map(|kind| &kind.rings);
        for step in rings.flatten() {
            prop_assert!(leaks.nodes().contains(&step.node));
        }
    }

    #[test]
    fn possibly_leaked_is_the_largest_set(random in random(8, 14)) {
        let leaks = find_leaks(&build(&random));
        prop_assert_eq!(possibly(&leaks), naive_possibly_leaked(&random));
        prop_assert_eq!(leaks.suspects().is_empty(), leaks.possibly_leaked().len() == 0);
    }
}

/// A ring of a million objects is found, explained, drawn and printed on a small stack.
#[test]
fn a_ring_of_a_million_objects_on_a_small_stack() {
    const NODES: usize = 1_000_000;
    let run = || {
        let mut kit = Kit::new();
        let first = kit.node("app::Node", 0);
        let mut last = first;
        for _ in 1..NODES {
            let node = kit.node("app::Node", 0);
            kit.edge(last, "next", node);
            last = node;
        }
        kit.edge(last, "next", first);
        let leaks = find_leaks(&kit.snapshot());
        assert_eq!(leaks.len(), NODES);
        assert_eq!(leaks.kinds().all()[0].rings[0].len(), NODES);
        assert!(
            leaks
                .to_string()
                .starts_with("1000000 objects leaked, 30.5 MiB: 1 leak of 1 kind\n")
        );
        let picture = crate::analysis::Neighbourhood::leaks(&leaks, &Default::default()).unwrap();
        assert!(picture.nodes.len() < 100);
    };
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .unwrap();
    thread.join().unwrap();
}

/// A cycle that only an ended thread could break has leaked with what it owns, whatever held it.
#[test]
fn a_cycle_that_an_ended_thread_left_behind_has_leaked() {
    let mut kit = Kit::new();
    let owner = kit.node("app::Owner", 1);
    let ring = kit.node("app::Ring", 1);
    let data = kit.node("app::Data", 1);
    let in_use = kit.node("app::Shared", 1);
    kit.edge(owner, "ring", ring);
    kit.edge(ring, "next", ring);
    kit.edge(ring, "data", data);
    kit.edge(ring, "shared", in_use);
    for node in [owner, ring, data] {
        kit.left_behind(node, "worker");
    }
    let leaks = find_leaks(&kit.snapshot());
    assert_eq!(leaked(&leaks), [1, 2]);
    let left_behind: Vec<_> = leaks.left_behind().map(|object| object.node_id()).collect();
    assert_eq!(left_behind, [owner]);
}

#[test]
fn a_cycle_that_a_thread_may_still_use_has_not_leaked() {
    type Edit = fn(&mut Kit, NodeId);
    let changes: [(Edit, bool); 4] = [
        (|kit, ring| kit.left_behind(ring, "worker"), true),
        (|_, _| {}, false),
        // It died while the snapshot was taken.
        (
            |kit, ring| {
                kit.left_behind(ring, "worker");
                kit.row(ring).state = State::InFlight;
            },
            false,
        ),
        // It is not known which references exist.
        (
            |kit, ring| {
                kit.left_behind(ring, "worker");
                kit.repeated(ring);
            },
            false,
        ),
    ];
    for (number, (change, has_leaked)) in changes.into_iter().enumerate() {
        let mut kit = Kit::new();
        let ring = kit.node("app::Ring", 1);
        kit.edge(ring, "next", ring);
        kit.edge(ring, "again", ring);
        let snapshot = {
            change(&mut kit, ring);
            kit.snapshot()
        };
        let leaks = find_leaks(&snapshot);
        assert_eq!(!leaks.is_empty(), has_leaked, "change {number}");
    }
}
