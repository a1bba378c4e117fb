use expect_test::{Expect, expect};
use objgraph_core::{NodeId, NodeRow, PlaceKind, PointerKind, State};

use crate::analysis::testkit::Kit;
use crate::analysis::why_alive;

fn check(kit: Kit, node: NodeId, expected: Expect) {
    let snapshot = kit.snapshot();
    let id = snapshot.node(node).id();
    let text = why_alive(&snapshot, id).unwrap().to_string();
    expected.assert_eq(&text);
}

/// Adds nodes, each held by the one before.
fn chain(kit: &mut Kit, length: usize, external: i64) -> Vec<NodeId> {
    let nodes: Vec<NodeId> = (0..length)
        .map(|at| kit.node("app::Node", if at == 0 { external } else { 0 }))
        .collect();
    for pair in nodes.windows(2) {
        kit.element(pair[0], "children", 3, pair[1]);
    }
    nodes
}

fn cache() -> (Kit, [NodeId; 2]) {
    let mut kit = Kit::new();
    let cache = kit.node("app::Cache", 0);
    kit.row(cache).pointer_kind = PointerKind::Value;
    kit.root(cache, "static CACHE");
    let session = kit.node("app::Session", 0);
    let user = kit.node("app::User", 1);
    kit.element(cache, "sessions", 7, session);
    kit.edge(session, "user", user);
    (kit, [session, user])
}

/// The report names the nearest holder: that of the user is the user itself.
#[test]
fn held_by_a_root() {
    let (kit, [session, _]) = cache();
    check(
        kit,
        session,
        expect![[r#"
        Session #1 is alive, made at src/app.rs:11:5
          Cache #0 .sessions[7] → Session #1
          held by the root static CACHE"#]],
    );
    let (kit, [_, user]) = cache();
    check(
        kit,
        user,
        expect![[r#"
            User #2 is alive, made at src/app.rs:12:5
              User #2 is held by 1 reference from outside
              on the stack, in a static that is not a root, forgotten, or in what is not
                tracked
              The feature `owners` of objgraph shows the line that made each.
              also kept alive by:
                Cache #0 is the root static CACHE"#]],
    );
}

#[test]
fn held_from_outside() {
    let mut kit = Kit::new();
    let nodes = chain(&mut kit, 3, 2);
    check(
        kit,
        nodes[2],
        expect![[r#"
            Node #2 is alive, made at src/app.rs:10:5
              Node #0 .children[3] → Node #1 .children[3] → Node #2
              Node #0 is held by 2 references from outside
              on the stack, in a static that is not a root, forgotten, or in what is not
                tracked
              The feature `owners` of objgraph shows the line that made each."#]],
    );
    let mut kit = Kit::new();
    let shared = kit.node("app::Config", 1);
    kit.row(shared).pointer_kind = PointerKind::Arc;
    let far = kit.node("app::Worker", 1);
    kit.row(far).state = State::OtherThread;
    check(
        kit,
        shared,
        expect![[r#"
            Config #0 is alive, made at src/app.rs:10:5
              Config #0 is held by 1 reference from outside
              on the stack of some thread, in a static that is not a root, forgotten, or in
                what cannot be traced:
                1 object of other threads
              The feature `owners` of objgraph shows the line that made each."#]],
    );
}

#[test]
fn held_by_what_cannot_be_traced() {
    let mut kit = Kit::new();
    let nodes = chain(&mut kit, 2, 1);
    kit.place(
        nodes[1],
        "on_click",
        "alloc::boxed::Box<dyn Fn()>",
        PlaceKind::Opaque,
    );
    for _ in 0..6 {
        let other = kit.node("app::Window", 1);
        kit.place(
            other,
            "layout",
            "core::cell::RefCell<app::Layout>",
            PlaceKind::Busy,
        );
    }
    let closure = kit.node("app::main::{{closure}}", 1);
    kit.row(closure).state = State::Opaque;
    check(
        kit,
        nodes[1],
        expect![[r#"
            Node #1 is alive, made at src/app.rs:10:5
              Node #0 .children[3] → Node #1
              Node #0 is held by 1 reference from outside
              on the stack, in a static that is not a root, forgotten, or in what cannot be
                traced:
                Node.on_click of #1: Box<dyn Fn()>, which it owns itself
                Window.layout of #2: RefCell<Layout>, busy
                Window.layout of #3: RefCell<Layout>, busy
                Window.layout of #4: RefCell<Layout>, busy
                Window.layout of #5: RefCell<Layout>, busy
                … and 3 more values
              The feature `owners` of objgraph shows the line that made each."#]],
    );
}

#[test]
fn held_as_far_as_is_known() {
    type KitEdit = fn(&mut NodeRow);
    let changes: [(KitEdit, Expect); 4] = [
        (
            |row| row.state = State::OtherThread,
            expect![[r#"
                Node #0 is alive, made at src/app.rs:10:5
                  Node #0 is assumed to be held: it belongs to another thread"#]],
        ),
        (
            |row| row.state = State::Lent,
            expect![[r#"
                Node #0 is alive, made at src/app.rs:10:5
                  Node #0 is assumed to be held: it was lent by get_mut or make_mut"#]],
        ),
        (
            |row| row.state = State::InFlight,
            expect![[r#"
                Node #0 is alive, made at src/app.rs:10:5
                  Node #0 is assumed to be held: it was being made or dropped"#]],
        ),
        (
            |row| row.pointer_kind = PointerKind::Instance,
            expect![[r#"
            Node #0 is alive, made at src/app.rs:10:5
              Node #0 lives by value: on the stack, or where nothing was traced"#]],
        ),
    ];
    for (change, expected) in changes {
        let mut kit = Kit::new();
        let node = kit.node("app::Node", 1);
        change(kit.row(node));
        check(kit, node, expected);
    }
    let mut kit = Kit::new();
    let nodes = chain(&mut kit, 2, -1);
    kit.edge(nodes[0], "again", nodes[0]);
    kit.edge(nodes[0], "and_again", nodes[0]);
    check(
        kit,
        nodes[1],
        expect![[r#"
            Node #1 is alive, made at src/app.rs:10:5
              Node #0 .children[3] → Node #1
              Node #0 is assumed to be held: more references are reported than exist"#]],
    );
}

#[test]
fn left_behind() {
    let mut kit = Kit::new();
    let nodes = chain(&mut kit, 2, 1);
    kit.left_behind(nodes[0], "worker");
    check(
        kit,
        nodes[1],
        expect![[r#"
            Node #1 is alive, made at src/app.rs:10:5
              Node #0 .children[3] → Node #1
              Node #0 is held by 1 reference from outside
              thread worker has ended: a handle was forgotten there, or given to `into_raw`
              The feature `owners` of objgraph shows the line that made each."#]],
    );
    let mut kit = Kit::new();
    let nodes = chain(&mut kit, 2, 1);
    kit.left_behind(nodes[0], "thread 7");
    kit.place(
        nodes[1],
        "on_click",
        "alloc::boxed::Box<dyn Fn()>",
        PlaceKind::Opaque,
    );
    check(
        kit,
        nodes[1],
        expect![[r#"
            Node #1 is alive, made at src/app.rs:10:5
              Node #0 .children[3] → Node #1
              Node #0 is held by 1 reference from outside
              thread 7 has ended: a handle was forgotten there, or given to `into_raw`, or
                is held by
                Node.on_click of #1: Box<dyn Fn()>, which it owns itself
              The feature `owners` of objgraph shows the line that made each."#]],
    );
}

#[test]
fn leaked() {
    let mut kit = Kit::new();
    let nodes = chain(&mut kit, 3, 0);
    kit.edge(nodes[1], "^parent", nodes[0]);
    check(
        kit,
        nodes[2],
        expect![[r#"
        Node #2 has leaked: nothing holds it but a cycle, made at src/app.rs:10:5
          Node #1 .children[3] → Node #2
          the cycle, from Node #1 on:
            Node.parent → Node.children[3] → (the first)"#]],
    );
}

#[test]
fn a_long_path_with_several_holders() {
    let mut kit = Kit::new();
    let nodes = chain(&mut kit, 40, 1);
    let other = chain(&mut kit, 10, 1);
    kit.edge(other[9], "first_child_of_all", nodes[30]);
    let third = chain(&mut kit, 10, 1);
    kit.edge(third[9], "first_child_of_all", nodes[30]);
    check(
        kit,
        nodes[39],
        expect![[r#"
            Node #39 is alive, made at src/app.rs:10:5
              Node #40 .children[3] → Node #41 .children[3] → Node #42 .children[3] →
                Node #43 .children[3] → Node #44 .children[3] → Node #45 .children[3] →
                Node #46 .children[3] → Node #47 .children[3] → Node #48 .children[3] →
                Node #49 .first_child_of_all → … 8 more … → Node #38 .children[3] →
                Node #39
              Node #40 is held by 1 reference from outside
              on the stack, in a static that is not a root, forgotten, or in what is not
                tracked
              The feature `owners` of objgraph shows the line that made each.
              also kept alive by:
                Node #50 is held by 1 reference from outside
                Node #0 is held by 1 reference from outside"#]],
    );
}

/// An application whose window captures it in a closure; `external` are its external references.
fn captured(external: i64) -> (Kit, [NodeId; 2]) {
    let mut kit = Kit::new();
    let app = kit.node("app::App", external);
    let window = kit.node("app::Window", 0);
    kit.element(app, "windows", 0, window);
    kit.place(window, "on_close", "dyn Fn()", PlaceKind::Opaque);
    kit.inferred(window, "on_close", app, 1);
    (kit, [app, window])
}

#[test]
fn likely_leaked() {
    let (kit, [_, window]) = captured(1);
    check(
        kit,
        window,
        expect![[r#"
        Window #1 has likely leaked: nothing is known to hold it but a cycle,
            made at src/app.rs:11:5
          the cycle, from Window #1 on:
            Window.on_close (inferred) → App.windows[0] → (the first)"#]],
    );
}

#[test]
fn captured_by_a_closure_in_use() {
    let mut kit = Kit::new();
    let window = kit.node("app::Window", 1);
    let data = kit.node("app::Data", 1);
    kit.place(window, "on_close", "dyn Fn()", PlaceKind::Opaque);
    kit.inferred(window, "on_close", data, 1);
    check(
        kit,
        data,
        expect![[r#"
        Data #1 is alive, made at src/app.rs:11:5
          Window #0 .on_close, captured by dyn Fn() → Data #1
          Window #0 is held by 1 reference from outside
          on the stack, in a static that is not a root, forgotten, or in what cannot be
            traced:
            Window.on_close of #0: dyn Fn(), which it owns itself
          The feature `owners` of objgraph shows the line that made each."#]],
    );
    let (kit, [app, _]) = captured(2);
    check(
        kit,
        app,
        expect![[r#"
        App #0 is alive, made at src/app.rs:10:5
          App #0 is held by 1 reference from outside
          on the stack, in a static that is not a root, forgotten, or in what cannot be
            traced:
            Window.on_close of #1: dyn Fn(), which it owns itself
          The feature `owners` of objgraph shows the line that made each."#]],
    );
}
