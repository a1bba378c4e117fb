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

/// Ids of another process are those of other objects.
#[test]
fn two_processes() {
    let side = |process: u64, nodes: u32, entries: u64| {
        let mut kit = Kit::new();
        kit.process(process);
        for id in 0..nodes {
            let session = kit.node("app::Session", 1);
            kit.row(session).id = ObjectId::new(id, 0);
            kit.length(session, "messages", u64::from(nodes));
        }
        let user = kit.node("app::User", 1);
        // In the first process, the id of a session of the second.
        kit.row(user).id = ObjectId::new(if process == 1 { 4 } else { 999 }, 0);
        let root = kit.root_value("app::Cache", "static CACHE");
        kit.length(root, "entries", entries);
        kit.snapshot()
    };
    let text = diff(&side(1, 3, 10), &side(2, 5, 12)).to_string();
    assert!(!text.contains("messages"), "{text}");
    check(
        &text,
        expect![[r#"
        Type        before      after     change       bytes
        Session          3          5         +2       +64 B

        made at
                +2 Session src/app.rs:10:5

        collections
          static CACHE.entries grew from 10 to 12

        Two processes took the snapshots, so numbers are compared, not objects."#]],
    );
    check(
        &diff(&side(1, 3, 10), &side(2, 3, 10)),
        expect![[r#"
        No number of objects and no collection of a root changed.

        Two processes took the snapshots, so numbers are compared, not objects."#]],
    );
}
