use objgraph_core::{HandlePlace, HandleRow, NodeRow};

use super::{owners, zombies};
use crate::analysis::testkit::Kit;

#[test]
fn handles_are_inside_or_outside_and_merged_by_place() {
    let mut kit = Kit::new();
    let app = kit.node("app::App", 1);
    let session = kit.node("app::Session", 3);
    kit.edge(app, "session", session);
    kit.held_handle(app, 1, None);
    kit.held_handle(session, 0, Some((app, "session")));
    for site in [1, 0, 1] {
        kit.held_handle(session, site, None);
    }
    let snapshot = kit.snapshot();
    let id = snapshot.node(session).id();
    let found = owners(&snapshot, id).expect("handles are known");
    assert_eq!((found.counts(true), found.counts(false)), ((1, 3), (0, 0)));
    assert_eq!(found.internal()[0].held.node, app);
    let counts: Vec<usize> = found.external().iter().map(|one| one.count).collect();
    assert_eq!(counts, [2, 1]);
    expect_test::expect![[r#"
        Session #1 has 4 references, made at src/app.rs:11:5
          3 of 4 references are held from outside:
            src/app.rs:11:5 ×2, src/app.rs:10:5
          1 is held inside:
            App.session of #0, made at src/app.rs:10:5"#]]
    .assert_eq(&found.to_string());
}

#[test]
fn a_captured_handle_is_likely_held() {
    let mut kit = Kit::new();
    let window = kit.node("app::Window", 1);
    let session = kit.node("app::Session", 3);
    kit.held_handle(window, 1, None);
    kit.held_handle(session, 1, None);
    kit.captured(window, "on_close", session, 2, 0);
    let snapshot = kit.snapshot();
    let found = owners(&snapshot, snapshot.node(session).id()).expect("handles are known");
    assert_eq!(found.counts(true), (2, 1));
    assert!(found.internal().iter().all(|one| one.is_inferred));
    expect_test::expect![[r#"
        Session #1 has 3 references, made at src/app.rs:11:5
          1 of 3 references is held from outside:
            src/app.rs:11:5
          2 are likely held by opaque values, as their memory shows:
            captured by Window.on_close of #0, made at src/app.rs:10:5
            captured by Window.on_close of #0, made at src/app.rs:10:5"#]]
    .assert_eq(&found.to_string());
}

#[test]
fn memory_kept_by_several_handles_is_counted_once() {
    let mut kit = Kit::new();
    let node = kit.node("app::Cache", 1);
    let object = objgraph_core::ObjectId::new(77, 3);
    let type_index = kit.type_index("app::Cache");
    for number in 0..3 {
        kit.handle(HandleRow {
            object,
            target: None,
            type_index,
            strong: false,
            site: 0,
            thread: NodeRow::UNKNOWN,
            scope: 0,
            epoch: 0,
            number,
            held: None::<HandlePlace>,
            is_inferred: false,
        });
    }
    let snapshot = kit.snapshot();
    assert!(snapshot.handles_to(node).is_empty());
    let found = zombies(&snapshot);
    assert_eq!((found.allocations(), found.bytes()), (1, 40));
    assert_eq!(found.rows()[0].handles, 3);
    expect_test::expect![[r#"
        1 allocation is kept by weak handles alone: 40 B
          40 B  Cache  1 allocation, 3 handles made at src/app.rs:10:5"#]]
    .assert_eq(&found.to_string());
}
