use super::*;
use crate::analysis::find_leaks;
use crate::analysis::testkit::Kit;

fn unproven(kit: Kit) -> Option<usize> {
    let leaks = find_leaks(&kit.snapshot());
    let unproven = UnprovenObjects::among(&leaks, |_| true)?;
    Some(unproven.nodes().count())
}

#[test]
fn visited_objects_are_proven() {
    let mut kit = Kit::new();
    let held = kit.node("app::Held", 1);
    let next = kit.node("app::Held", 0);
    kit.edge(held, "next", next);
    assert_eq!(unproven(kit), None);
}

#[test]
fn objects_that_were_not_visited_are_unproven() {
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
fn unwanted_objects_are_left_out() {
    let mut kit = Kit::new();
    let node = kit.node("app::Foreign", 1);
    kit.row(node).state = State::Opaque;
    let leaks = find_leaks(&kit.snapshot());
    assert!(UnprovenObjects::among(&leaks, |node| node.scope() == 1).is_none());
}
