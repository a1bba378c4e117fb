//! With tracking off, the pointers are those of std, and every query returns an empty result.

use std::any::TypeId;
use std::mem::size_of;

use objgraph::core::{
    EdgeRow, FieldName, NodeId, NodeRow, ObjectId, PointerKind, Segment, Snapshot, SnapshotParts,
    State, TypeInfo,
};
use objgraph::{Instance, Tracked, rc, sync};

#[derive(Tracked)]
#[allow(dead_code, reason = "the derive must compile, on or off")]
struct Node {
    next: Option<rc::Rc<Node>>,
    instance: Instance<Node>,
}

#[test]
fn enabled_says_whether_tracking_is_on() {
    let always = cfg!(feature = "always");
    assert_eq!(objgraph::ENABLED, cfg!(debug_assertions) || always);
}

#[test]
fn the_pointers_are_those_of_std_without_tracking() {
    let same = [
        TypeId::of::<rc::Rc<u8>>() == TypeId::of::<std::rc::Rc<u8>>(),
        TypeId::of::<rc::Weak<u8>>() == TypeId::of::<std::rc::Weak<u8>>(),
        TypeId::of::<sync::Arc<u8>>() == TypeId::of::<std::sync::Arc<u8>>(),
        TypeId::of::<sync::Weak<u8>>() == TypeId::of::<std::sync::Weak<u8>>(),
    ];
    assert_eq!(same, [!objgraph::ENABLED; 4]);
    assert_eq!(size_of::<rc::Rc<u8>>(), size_of::<std::rc::Rc<u8>>());
    assert_eq!(size_of::<Instance<u8>>() == 0, !objgraph::ENABLED);
    assert_eq!(std::mem::needs_drop::<Instance<u8>>(), objgraph::ENABLED);
}

#[test]
fn queries_are_empty_without_tracking() {
    let node = rc::Rc::new(Node {
        next: None,
        instance: Instance::new(),
    });
    if objgraph::ENABLED {
        return;
    }
    assert!(objgraph::at(objgraph::id(&node)).is_none());
    assert_eq!(
        (objgraph::count("Node"), objgraph::count_of::<Node>()),
        (0, 0)
    );
    assert!(objgraph::snapshot().is_empty() && objgraph::find_leaks().is_empty());
    assert!(objgraph::typestats().is_empty() && objgraph::growth().is_empty());
    assert!(
        objgraph::alive::types().is_empty() && objgraph::growth::new_ids().of("Node").is_empty()
    );
}

/// Law 6: if nothing is known, no report says that there is nothing.
#[test]
fn every_report_says_that_tracking_is_off() {
    if objgraph::ENABLED {
        return;
    }
    let node = std::rc::Rc::new(1);
    let snapshot = objgraph::snapshot();
    let mut trend = objgraph::growth::Trend::new();
    trend.observe(&snapshot);
    for report in [
        objgraph::find_leaks().to_string(),
        objgraph::find_cycles(&node).to_string(),
        objgraph::blind_spots().to_string(),
        objgraph::type_cycles().to_string(),
        objgraph::snapshot::diff(&snapshot, &snapshot).to_string(),
        trend.to_string(),
        objgraph::bytes::typesizes().to_string(),
        objgraph::bytes::retained().to_string(),
        objgraph::owners::zombies().to_string(),
        objgraph::find_leaks().coverage().to_string(),
    ] {
        assert!(report.starts_with("Tracking is off"), "{report}");
        assert!(report.lines().all(|line| line.len() < 80), "{report}");
    }
}

/// Where nothing is tracked, the feature that loads snapshots is what compiles the analyses.
#[test]
fn a_snapshot_from_elsewhere_is_analysed_with_tracking_or_with_save() {
    let leaks = objgraph::leaks::find_leaks_in(&std::sync::Arc::new(cycle_of_one()));
    let can_analyse = objgraph::ENABLED || cfg!(feature = "save");
    assert_eq!(leaks.len(), usize::from(can_analyse));
    let report = leaks.to_string();
    assert_eq!(report.contains("1 leak of 1 kind"), can_analyse, "{report}");
    assert_eq!(
        report.starts_with("Tracking is off"),
        !can_analyse,
        "{report}"
    );
    let picture = objgraph::picture::leaked(&leaks).map(|picture| picture.to_dot().unwrap());
    assert_eq!(picture.is_some_and(|dot| dot.contains("next")), can_analyse);
}

/// Returns a snapshot with an object that holds itself.
fn cycle_of_one() -> Snapshot {
    let mut parts = SnapshotParts::default();
    parts.enabled = true;
    let mut info = TypeInfo::opaque("app::Node", 16);
    info.is_visited = true;
    parts.types.push(info.into());
    let start = parts.paths.start(0);
    let next = Segment::Field(FieldName::new("next"));
    let path = parts.paths.step(start, next);
    parts.nodes.push(NodeRow {
        id: ObjectId::new(1, 0),
        type_index: 0,
        site: NodeRow::UNKNOWN,
        thread: NodeRow::UNKNOWN,
        scope: 0,
        epoch: 0,
        strong: 1,
        weak: 0,
        heap: 0,
        pointer_kind: PointerKind::Rc,
        state: State::Visited,
    });
    parts.edge_starts = vec![0, 1];
    parts.edges.push(EdgeRow {
        path,
        index: 0,
        target: NodeId::new(0),
        strong: true,
        words: 0,
    });
    Snapshot::from_parts(parts)
}
