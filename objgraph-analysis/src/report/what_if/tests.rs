use expect_test::{Expect, expect};
use objgraph_core::{NodeId, State};

use crate::analysis::testkit::Kit;
use crate::analysis::{what_if_dropped, what_if_weak};

fn dropped(kit: Kit, node: NodeId, expected: Expect) {
    let snapshot = kit.snapshot();
    let id = snapshot.node(node).id();
    let text = what_if_dropped(&snapshot, id).unwrap().to_string();
    expected.assert_eq(&text);
}

fn weak(kit: Kit, field: &str, expected: Expect) {
    let text = what_if_weak(&kit.snapshot(), field).unwrap().to_string();
    expected.assert_eq(&text);
}

/// Adds a server with sessions that share a pool, which is held from outside too.
fn server(kit: &mut Kit) -> NodeId {
    let server = kit.node("app::Server", 2);
    let pool = kit.node("db::Pool", 1);
    kit.edge(server, "pool", pool);
    for at in 0..7 {
        let session = kit.node("app::Session", 0);
        let user = kit.node("app::User", i64::from(at == 3));
        kit.element(server, "sessions", at, session);
        kit.edge(session, "user", user);
        kit.edge(session, "pool", pool);
    }
    let connection = kit.node("db::Connection", 0);
    kit.element(pool, "idle", 0, connection);
    server
}

#[test]
fn some_objects_are_freed_and_some_stay() {
    let mut kit = Kit::new();
    let server = server(&mut kit);
    dropped(
        kit,
        server,
        expect![[r#"
            if the 2 references to Server #0 from outside were dropped:
              14 objects would be freed, 448 B
                7 × Session         made at src/app.rs:12:5
                6 × User            made at src/app.rs:13:5
                1 × Server          made at src/app.rs:10:5
              Pool #1 stays: held by 1 reference from outside
              User #9 stays: held by 1 reference from outside
              and 1 object that they own stays too"#]],
    );
}

#[test]
fn nothing_is_freed() {
    let mut kit = Kit::new();
    server(&mut kit);
    dropped(
        kit,
        NodeId::new(2),
        expect![[r#"
        if Session #2 were dropped: nothing outside holds it
          nothing would be freed
          Session #2 stays: held by Server.sessions[0] of #0"#]],
    );
    let mut kit = Kit::new();
    let lent = kit.node("app::Lent", 1);
    kit.row(lent).state = State::Lent;
    dropped(
        kit,
        lent,
        expect![[r#"
            if Lent #0 were dropped: its owners are not known, so nothing is certain
              nothing would be freed
              Lent #0 stays: held by references that could not be counted
            Not traced, so more may be freed (see objgraph::blind_spots()):
              1 object lent out as &mut: call `objgraph::watch(&pointer)` after that"#]],
    );
}

#[test]
fn a_drop_that_leaks() {
    let mut kit = Kit::new();
    let window = kit.node("ui::Window", 1);
    for at in 0..3 {
        let button = kit.node("ui::Button", 0);
        kit.element(window, "buttons", at, button);
        kit.edge(button, "^window", window);
    }
    dropped(
        kit,
        window,
        expect![[r#"
        if the 1 reference to Window #0 from outside were dropped:
          nothing would be freed
          4 objects would leak, because they keep each other alive
            3 × Button          made at src/app.rs:11:5
            1 × Window          made at src/app.rs:10:5
          Window #0 stays: held by Button.window of #1 and 2 others"#]],
    );
}

#[test]
fn a_field_that_frees_what_leaked() {
    let mut kit = Kit::new();
    let root = kit.node("dom::Node", 0);
    for at in 0..3 {
        let child = kit.node("dom::Node", 0);
        kit.element(root, "children", at, child);
        kit.edge(child, "^parent", root);
    }
    weak(
        kit,
        "Node.parent",
        expect![[r#"
            if `Node.parent` were Weak:
              4 objects would be freed, 128 B
                4 × Node            made at src/app.rs:10:5
              nothing in use would lose its last owner"#]],
    );
}

/// Two types are called `Node`, and objects in use would be freed as well.
#[test]
fn a_field_that_frees_what_is_in_use() {
    let mut kit = Kit::new();
    for name in ["dom::Node", "graph::Node"] {
        let root = kit.node(name, 1);
        for at in 0..7 {
            let child = kit.node(name, i64::from(at % 2));
            kit.element(root, "children", at, child);
        }
    }
    weak(
        kit,
        "Node.children",
        expect![[r#"
            if `dom::Node.children` and `graph::Node.children` were Weak:
              8 objects would be freed, 256 B
                4 × dom::Node       made at src/app.rs:10:5
                4 × graph::Node     made at src/app.rs:11:5
              8 of these are in use now, and would lose their last owner
                4 × dom::Node       made at src/app.rs:10:5
                4 × graph::Node     made at src/app.rs:11:5
              dom::Node #2 stays: held by 1 reference from outside
              dom::Node #4 stays: held by 1 reference from outside
              dom::Node #6 stays: held by 1 reference from outside
              graph::Node #10 stays: held by 1 reference from outside
              graph::Node #12 stays: held by 1 reference from outside
              … and 1 more stays, held by others"#]],
    );
}

/// Every object of a long list stays, because another object holds it.
#[test]
fn many_stay() {
    let mut kit = Kit::new();
    let list = kit.node("app::List", 1);
    for at in 0..9 {
        let item = kit.node("app::AnItemWhoseNameIsLong", 0);
        let other = kit.node("app::AnIndexWithALongNameToo", 1);
        kit.element(list, "items", at, item);
        kit.element(other, "by_some_field_with_a_long_name", 0, item);
        kit.element(other, "by_another", 0, item);
    }
    dropped(
        kit,
        list,
        expect![[r#"
            if the 1 reference to List #0 from outside were dropped:
              1 object would be freed, 32 B
                1 × List            made at src/app.rs:10:5
              AnItemWhoseNameIsLong #1 stays: held by
                AnIndexWithALongNameToo.by_some_field_with_a_long_name[0] of #2 and 1 other
              AnItemWhoseNameIsLong #3 stays: held by
                AnIndexWithALongNameToo.by_some_field_with_a_long_name[0] of #4 and 1 other
              AnItemWhoseNameIsLong #5 stays: held by
                AnIndexWithALongNameToo.by_some_field_with_a_long_name[0] of #6 and 1 other
              AnItemWhoseNameIsLong #7 stays: held by
                AnIndexWithALongNameToo.by_some_field_with_a_long_name[0] of #8 and 1 other
              AnItemWhoseNameIsLong #9 stays: held by
                AnIndexWithALongNameToo.by_some_field_with_a_long_name[0] of #10 and 1
                other
              … and 4 more stay, held by others"#]],
    );
}
