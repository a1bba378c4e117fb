use super::*;
use crate::analysis::find_leaks;
use crate::analysis::testkit::Kit;

fn unproven(kit: Kit) -> Option<usize> {
    let leaks = find_leaks(&kit.snapshot());
    let unproven = UnprovenObjects::among(&leaks, |_| true)?;
    Some(unproven.nodes().count())
}

#[test]
fn what_was_visited_and_is_held_is_proven() {
    let mut kit = Kit::new();
    let held = kit.node("app::Held", 1);
    let next = kit.node("app::Held", 0);
    kit.edge(held, "next", next);
    assert_eq!(unproven(kit), None);
}

#[test]
fn what_was_not_visited_is_not_proven() {
    for (state, is_unproven) in [
        (State::Opaque, true),
        (State::OtherThread, true),
        (State::Lent, true),
        (State::Panicked, true),
        (State::InFlight, false),
    ] {
        let mut kit = Kit::new();
        let node = kit.node("app::Foreign", 1);
        kit.row(node).state = state;
        assert_eq!(unproven(kit), is_unproven.then_some(1), "{state:?}");
    }
}

#[test]
fn only_wanted_objects_count() {
    let mut kit = Kit::new();
    let node = kit.node("app::Foreign", 1);
    kit.row(node).state = State::Opaque;
    let leaks = find_leaks(&kit.snapshot());
    assert!(UnprovenObjects::among(&leaks, |node| node.scope() == 1).is_none());
}
