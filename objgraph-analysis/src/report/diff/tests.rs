use expect_test::{Expect, expect};
use objgraph_core::ObjectId;

use crate::analysis::testkit::Kit;
use crate::analysis::{Trend, diff};

fn check(text: &dyn std::fmt::Display, expected: Expect) {
    let text = text.to_string();
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    expected.assert_eq(&text);
}

#[test]
fn nothing() {
    let empty = Kit::new().snapshot();
    check(
        &diff(&empty, &empty),
        expect!["Nothing was born, nothing died, and no collection changed."],
    );
}

#[test]
fn a_server_that_forgets_nothing() {
    let side = |ids: std::ops::Range<u32>, sessions: u64| {
        let mut kit = Kit::new();
        let server = kit.node("app::Server", 1);
        kit.row(server).id = ObjectId::new(999_999, 0);
        kit.length(server, "sessions", sessions);
        let root = kit.root_value("app::Cache", "static CACHE");
        kit.row(root).id = ObjectId::outside_table(sessions);
        kit.length(root, "entries", 40 - sessions / 1000);
        for id in ids {
            let name = if id % 3 == 0 {
                "app::Request"
            } else {
                "core::cell::RefCell<app::Session>"
            };
            let node = kit.node(name, 1);
            kit.row(node).id = ObjectId::new(id, 0);
        }
        kit.snapshot()
    };
    check(
        &diff(&side(0..30, 10), &side(20..5000, 9812)),
        expect![[r#"
            Type                   born       died   survived       bytes
            RefCell<Session>      +3313        -13          7  +103.1 KiB
            Request               +1657         -7          3   +51.6 KiB

            made at
                 +3313 RefCell<Session> src/app.rs:12:5
                 +1657 Request src/app.rs:13:5

            collections
              Server.sessions grew from 10 to 9,812
              static CACHE.entries shrank from 40 to 31"#]],
    );
}

#[test]
fn trends() {
    let mut trend = Trend::new();
    check(
        &trend,
        expect!["Nothing grows steadily over 0 snapshots; it takes at least 5."],
    );
    for at in 0..12_u64 {
        let mut kit = Kit::new();
        let server = kit.node("app::Server", 1);
        kit.length(server, "sessions", 1000 * at);
        for _ in 0..at {
            kit.node("app::Node", 1);
        }
        trend.observe(&kit.snapshot());
    }
    check(
        &trend,
        expect![[r#"
        growing steadily over 12 snapshots:
          items in Server.sessions
            0, 1,000, 2,000, 3,000, …, 9,000, 10,000, 11,000: +1000.0 each time
          objects of Node
            0, 1, 2, 3, …, 9, 10, 11: +1.0 each time
          objects of Node made at src/app.rs:11:5
            0, 1, 2, 3, …, 9, 10, 11: +1.0 each time"#]],
    );
}
