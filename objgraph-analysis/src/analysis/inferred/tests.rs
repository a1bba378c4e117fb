use std::collections::BTreeSet;

use objgraph_core::{NodeId, PlaceKind, State};
use proptest::prelude::*;

use super::as_if_real;
use crate::analysis::naive::{Model, model};
use crate::analysis::testkit::Kit;
use crate::analysis::{Leaks, find_leaks};

fn verdicts(leaks: &Leaks) -> [Vec<usize>; 3] {
    let possibly = leaks.possibly_leaked();
    let possibly = possibly.map(|object| object.node_id().index());
    let index = |nodes: &[NodeId]| nodes.iter().map(|node| node.index()).collect();
    [
        index(leaks.nodes()),
        index(leaks.likely_nodes()),
        possibly.collect(),
    ]
}

/// Compares the leaked, the likely leaked and the possibly leaked objects.
#[track_caller]
fn assert_verdicts(leaks: &Leaks, expected: [&[usize]; 3]) {
    assert_eq!(verdicts(leaks).each_ref().map(Vec::as_slice), expected);
}

/// A window whose closure captures it; `strong` and `weak` are its handles that no visit reported.
fn window(strong: i64, weak: u32, words: u16) -> Kit {
    let mut kit = Kit::new();
    let window = kit.node("app::Window", strong);
    kit.row(window).weak = weak;
    kit.inferred(window, "on_close", window, words);
    kit
}

#[test]
fn a_closure_that_captures_its_owner_has_likely_leaked() {
    let leaks = find_leaks(&window(1, 0, 1).snapshot());
    assert_verdicts(&leaks, [&[], &[0], &[]]);
    let kinds = leaks.likely_kinds();
    assert_eq!((kinds.all().len(), kinds.shared()), (1, 0));
    let fix = &kinds.all()[0].fixes[0];
    assert_eq!(fix.fields[0].to_string(), "Window.on_close");
    assert!(leaks.is_empty() && leaks.kinds().all().is_empty());
}

/// The usual cure must never be blamed.
#[test]
fn a_closure_that_captures_a_weak_has_not_likely_leaked() {
    let leaks = find_leaks(&window(1, 1, 1).snapshot());
    assert_eq!(leaks.likely_leaked().len(), 0);
    assert_eq!(
        find_leaks(&window(2, 0, 1).snapshot())
            .likely_leaked()
            .len(),
        0
    );
    assert!(as_if_real(&window(1, 1, 1).snapshot()).is_none());
}

/// A closure that captures an object twice is one inferred reference, so that only one of the
/// handles is explained for certain.
#[test]
fn an_object_that_is_captured_twice_has_possibly_leaked() {
    let leaks = find_leaks(&window(2, 0, 2).snapshot());
    assert_verdicts(&leaks, [&[], &[], &[0]]);
    assert_eq!(leaks.suspects().len(), 1);
    let leaks = find_leaks(&window(3, 0, 2).snapshot());
    assert_verdicts(&leaks, [&[], &[], &[]]);
}

/// A window whose closure has this many handles to it, where handles can be distinguished.
fn window_with_handles(strong: i64, weak: u32, captured: u16) -> Kit {
    let mut kit = Kit::new();
    let window = kit.node("app::Window", strong);
    kit.row(window).weak = weak;
    kit.captured(window, "on_close", window, captured, 0);
    kit
}

#[test]
fn handles_that_can_be_told_apart_are_counted() {
    for (strong, weak, captured, verdicts) in [
        (1, 0, 1, [&[][..], &[0], &[]]),
        (1, 3, 1, [&[], &[0], &[]]),
        (2, 1, 2, [&[], &[0], &[]]),
        (3, 0, 2, [&[], &[], &[]]),
        (2, 0, 1, [&[], &[], &[]]),
    ] {
        let snapshot = window_with_handles(strong, weak, captured).snapshot();
        assert_verdicts(&find_leaks(&snapshot), verdicts);
        let real = as_if_real(&snapshot).expect("a handle owns");
        let left = real.external(NodeId::new(0));
        assert_eq!(left, Some(strong - i64::from(captured)));
    }
}

/// A handle that was moved has left its words in another value: both may have it.
#[test]
fn a_handle_in_two_places_is_one_owner() {
    let words_in_two_places = |strong, user_is_held: i64| {
        let mut kit = window_with_handles(strong, 0, 1);
        let user = kit.node("app::User", user_is_held);
        kit.inferred(user, "callback", NodeId::new(0), 1);
        kit.edge(NodeId::new(0), "user", user);
        kit.snapshot()
    };
    let leaks = find_leaks(&words_in_two_places(1, 0));
    assert_verdicts(&leaks, [&[], &[0, 1], &[]]);
    let leaks = find_leaks(&words_in_two_places(1, 1));
    assert_verdicts(&leaks, [&[], &[], &[0]]);
    let leaks = find_leaks(&words_in_two_places(2, 0));
    assert_verdicts(&leaks, [&[], &[], &[]]);
}

#[test]
fn what_leaked_objects_capture_has_likely_leaked_but_is_no_kind() {
    let mut kit = Kit::new();
    let ring = kit.node("app::Node", 0);
    let captured = kit.node("app::Data", 1);
    let below = kit.node("app::Data", 0);
    kit.edge(ring, "next", ring);
    kit.inferred(ring, "callback", captured, 1);
    kit.edge(captured, "more", below);
    kit.place(ring, "callback", "dyn Fn()", PlaceKind::Opaque);
    let leaks = find_leaks(&kit.snapshot());
    assert_verdicts(&leaks, [&[0], &[1, 2], &[]]);
    let kinds = leaks.likely_kinds();
    assert_eq!((kinds.all().len(), kinds.shared()), (0, 2));
    let holders = leaks.likely_holders();
    assert_eq!((holders.len(), holders[0].node), (1, ring));
}

/// One live holder is enough, since it may be the one that owns.
#[test]
fn an_object_that_a_closure_in_use_captures_as_well_has_not_likely_leaked() {
    let mut kit = window(1, 1, 1);
    let user = kit.node("app::User", 1);
    kit.inferred(user, "callback", NodeId::new(0), 1);
    assert_eq!(find_leaks(&kit.snapshot()).likely_leaked().len(), 0);
}

#[test]
fn an_object_whose_count_is_not_known_has_not_likely_leaked() {
    let mut kit = window(1, 0, 1);
    kit.row(NodeId::new(0)).state = State::InFlight;
    let leaks = find_leaks(&kit.snapshot());
    assert_verdicts(&leaks, [&[], &[], &[]]);
}

/// Objects whose references pass through opaque values as well.
#[derive(Clone, Debug)]
struct HiddenModel {
    exact: Model,
    /// Holder, number of strong and of weak handles in an opaque value of it, and target. Each
    /// handle is a word.
    captures: Vec<(usize, u16, u16, usize)>,
    /// Number of weak handles outside.
    weak: Vec<u32>,
}

fn hidden_model() -> impl Strategy<Value = HiddenModel> {
    model(5, 6).prop_flat_map(|exact| {
        let end = 0..exact.nodes.len();
        let handles = prop_oneof![
            6 => Just((1, 0)), 3 => Just((0, 1)), 1 => Just((2, 0)), 1 => Just((1, 1)),
        ];
        let capture = (end.clone(), handles, end);
        let weak = prop_oneof![5 => Just(0u32), 1 => Just(1u32)];
        let weak = prop::collection::vec(weak, exact.nodes.len());
        (prop::collection::vec(capture, 0..5), weak).prop_map(move |(captures, weak)| {
            let captures = captures.into_iter();
            HiddenModel {
                exact: exact.clone(),
                captures: captures
                    .map(|(from, (strong, weak), to)| (from, strong, weak, to))
                    .collect(),
                weak,
            }
        })
    })
}

impl HiddenModel {
    fn kit(&self) -> Kit {
        let mut kit = self.exact.kit(|node| {
            let captures = self.captures.iter().filter(|capture| capture.3 == node);
            captures.map(|capture| i64::from(capture.1)).sum()
        });
        let mut weak = self.weak.clone();
        for edge in self.exact.edges.iter().filter(|edge| !edge.3) {
            weak[edge.2] += 1;
        }
        for &(from, strong, weakly, to) in &self.captures {
            kit.inferred(
                NodeId::new(from),
                "hidden",
                NodeId::new(to),
                strong + weakly,
            );
            weak[to] += u32::from(weakly);
        }
        for (node, weak) in weak.into_iter().enumerate() {
            kit.row(NodeId::new(node)).weak = weak;
        }
        kit
    }

    /// Returns the number of references to a node that are held outside or in opaque values.
    fn unseen(&self, node: usize) -> u32 {
        let captures = self.captures.iter().filter(|capture| capture.3 == node);
        let captured: u32 = captures.map(|capture| u32::from(capture.1)).sum();
        self.exact.nodes[node].1 + captured
    }

    /// Returns the model in which each opaque value has this number of strong handles, if no count
    /// contradicts that.
    fn with_owners(&self, owners: &[u16]) -> Option<Model> {
        let mut model = self.exact.clone();
        for (node, count) in model.nodes.iter_mut().enumerate() {
            let captures = self.captures.iter().zip(owners);
            let captures = captures.filter(|(capture, _)| capture.3 == node);
            let strong: u32 = captures.map(|(_, &strong)| u32::from(strong)).sum();
            count.1 = self.unseen(node).checked_sub(strong)?;
        }
        for (&(from, _, _, to), &strong) in self.captures.iter().zip(owners) {
            let edges = (0..strong).map(|_| (from, 0, to, true));
            model.edges.extend(edges);
        }
        Some(model)
    }

    /// Returns every combination of numbers of strong handles, each up to the number of words.
    fn assignments(&self) -> Vec<Vec<u16>> {
        let mut all = vec![Vec::new()];
        for capture in &self.captures {
            let words = capture.1 + capture.2;
            let longer = all.iter().flat_map(|known: &Vec<u16>| {
                (0..=words).map(|strong| [known.as_slice(), &[strong]].concat())
            });
            all = longer.collect();
        }
        all
    }

    /// Whether the numbers leave no more weak handles than there are, if each opaque value has one
    /// handle to its target, and none is stale.
    fn is_plain(&self, owners: &[u16]) -> bool {
        (0..self.exact.nodes.len()).all(|node| {
            let to_node = |capture: &&(usize, u16, u16, usize)| capture.3 == node;
            let captures = self.captures.iter().filter(to_node);
            let unseen_weak = captures.map(|capture| u32::from(capture.2)).sum::<u32>();
            let weak = self.captures.iter().zip(owners);
            let weak = weak.filter(|(capture, strong)| capture.3 == node && **strong == 0);
            weak.count() as u32 <= unseen_weak + self.weak[node]
        }) && owners.iter().all(|&strong| strong <= 1)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What has likely leaked has leaked however the strong handles are distributed; what leaks in
    /// any distribution is at least possibly leaked; and what has leaked never depends on it.
    #[test]
    fn verdicts_hold_for_every_distribution(hidden in hidden_model()) {
        let leaks = find_leaks(&hidden.kit().snapshot());
        let [leaked, likely, possibly] = verdicts(&leaks);
        let proven: BTreeSet<usize> = leaked.iter().copied().collect();
        let likely: BTreeSet<usize> = likely.into_iter().chain(leaked).collect();
        let all: BTreeSet<usize> = likely.iter().copied().chain(possibly).collect();
        for owners in hidden.assignments() {
            let Some(model) = hidden.with_owners(&owners) else {
                continue;
            };
            let truth = model.leaked();
            prop_assert!(proven.is_subset(&truth), "{owners:?}: {proven:?} {truth:?}");
            prop_assert!(truth.is_subset(&all), "{owners:?}: {truth:?} {all:?}");
            if hidden.is_plain(&owners) {
                prop_assert!(likely.is_subset(&truth), "{owners:?}: {likely:?} {truth:?}");
            }
        }
    }

    /// Numbers of nodes and edges are the same if inferred references are real, and no count is
    /// contradicted.
    #[test]
    fn the_snapshot_in_which_they_are_real_fits(hidden in hidden_model()) {
        let snapshot = hidden.kit().snapshot();
        let Some(real) = as_if_real(&snapshot) else {
            return Ok(());
        };
        let ends = |snapshot: &objgraph_core::Snapshot| {
            let edges = snapshot.nodes().flat_map(|node| snapshot.edges(node.node_id()));
            edges.map(|edge| (edge.source(), edge.target(), edge.path_id())).collect::<Vec<_>>()
        };
        prop_assert_eq!(ends(&snapshot), ends(&real));
        for node in real.nodes() {
            let id = node.node_id();
            prop_assert!(real.external(id) <= snapshot.external(id));
            prop_assert!(real.external(id) >= Some(0));
        }
    }
}
