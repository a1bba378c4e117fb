use std::sync::Arc;

use expect_test::{Expect, expect};
use objgraph_core::{PlaceKind, Snapshot, State};

use crate::analysis::find_leaks;
use crate::analysis::testkit::Kit;

fn check(kit: Kit, expected: Expect) {
    let text = find_leaks(&kit.snapshot()).to_string();
    expected.assert_eq(&text);
}

#[test]
fn nothing() {
    let off = find_leaks(&Arc::new(Snapshot::empty())).to_string();
    expect![[r#"
        Tracking is off, so leaks cannot be seen: build with debug assertions,
        or with the feature `always` of objgraph."#]]
    .assert_eq(&off);
    check(Kit::new(), expect!["Nothing leaked: no object is alive."]);
    let mut kit = Kit::new();
    kit.node("app::Node", 1);
    check(
        kit,
        expect!["Nothing leaked: 1 object is alive, and held from outside."],
    );
}

#[test]
fn a_ring_of_three() {
    let mut kit = Kit::new();
    let nodes: Vec<_> = (0..3).map(|_| kit.node("app::Node", 0)).collect();
    for at in 0..3 {
        kit.element(nodes[at], "next", 0, nodes[(at + 1) % 3]);
    }
    check(
        kit,
        expect![[r#"
        3 objects leaked, in 1 cycle of 1 kind

          3 × Node            made at src/app.rs:10:5

        cycle 1: seen once, 3 objects keep each other alive
          Node.next[0] → Node.next[0] → Node.next[0] → (the first)
          the field that closes it: Node.next
            make it Weak, or clear it before the last handle is dropped"#]],
    );
}

#[test]
fn a_page_with_strong_parents() {
    let mut kit = Kit::new();
    let root = kit.node("dom::Element", 0);
    let text = kit.node("dom::Text", 0);
    let other = kit.node("svg::Text", 0);
    for at in 0..20 {
        let child = kit.node("dom::Element", 0);
        kit.element(root, "children", at, child);
        kit.edge(child, "^parent", root);
        kit.edge(child, "text", if at % 2 == 0 { text } else { other });
    }
    check(
        kit,
        expect![[r#"
        23 objects leaked, in 1 tangle of cycles of 1 kind

          21 × Element         made at src/app.rs:10:5
           1 × dom::Text       made at src/app.rs:11:5
           1 × svg::Text       made at src/app.rs:12:5
          (2 of them are not part of a cycle, but held by one)

        cycle 1: seen once, one of many that keep 21 objects alive
          Element.children[0] → Element.parent → (the first)
          the field that closes it: Element.parent (marked #[tracked(back)])
            make it Weak, or clear it before the last handle is dropped"#]],
    );
}

#[test]
fn many_kinds() {
    let mut kit = Kit::new();
    let names: Vec<String> = (0..14).map(|at| format!("app::Type{at:02}")).collect();
    for name in &names {
        let one = kit.node(name, 0);
        kit.edge(one, "me", one);
    }
    check(
        kit,
        expect![[r#"
            14 objects leaked, in 14 cycles of 14 kinds

              1 × Type00          made at src/app.rs:10:5
              1 × Type01          made at src/app.rs:11:5
              1 × Type02          made at src/app.rs:12:5
              1 × Type03          made at src/app.rs:13:5
              1 × Type04          made at src/app.rs:14:5
              1 × Type05          made at src/app.rs:15:5
              1 × Type06          made at src/app.rs:16:5
              1 × Type07          made at src/app.rs:17:5
              1 × Type08          made at src/app.rs:18:5
              1 × Type09          made at src/app.rs:19:5
              … and 4 more, of other types or made at other places

            cycle 1: seen once, 1 object keeps itself alive
              Type00.me → (the first)
              the field that closes it: Type00.me
                make it Weak, or clear it before the last handle is dropped

            cycle 2: seen once, 1 object keeps itself alive
              Type01.me → (the first)
              the field that closes it: Type01.me
                make it Weak, or clear it before the last handle is dropped

            cycle 3: seen once, 1 object keeps itself alive
              Type02.me → (the first)
              the field that closes it: Type02.me
                make it Weak, or clear it before the last handle is dropped

            cycle 4: seen once, 1 object keeps itself alive
              Type03.me → (the first)
              the field that closes it: Type03.me
                make it Weak, or clear it before the last handle is dropped

            cycle 5: seen once, 1 object keeps itself alive
              Type04.me → (the first)
              the field that closes it: Type04.me
                make it Weak, or clear it before the last handle is dropped

            cycle 6: seen once, 1 object keeps itself alive
              Type05.me → (the first)
              the field that closes it: Type05.me
                make it Weak, or clear it before the last handle is dropped

            … and 8 more kinds of cycles"#]],
    );
}

#[test]
fn all_that_can_be_said() {
    let mut kit = Kit::new();
    let button = kit.node("app::Button", 1);
    let closure = kit.node("app::main::{{closure}}", 0);
    kit.row(closure).state = State::Opaque;
    kit.edge(button, "on_click", closure);
    kit.place(
        button,
        "style",
        "core::cell::RefCell<app::Style>",
        PlaceKind::Busy,
    );
    let over = kit.node("app::Odd", -1);
    kit.edge(button, "odd", over);
    kit.edge(closure, "odd", over);
    for _ in 0..12 {
        let session = kit.node("app::Session", 1);
        kit.row(session).state = State::Opaque;
        kit.change_type("app::Session", |info| info.size = 0);
    }
    let far = kit.node("app::Far", 1);
    kit.row(far).state = State::OtherThread;
    kit.place(far, "id", "uuid::Uuid", PlaceKind::Opaque);
    check(
        kit,
        expect![[r#"
            Nothing leaked for certain: 16 objects are alive, all held from outside.

            2 objects may be leaked
              1 × Button            made at src/app.rs:10:5
              1 × main::{{closure}} made at src/app.rs:11:5
              References to them were not found. These could be held by what they own
              themselves and cannot be looked into:
                Button.style of #0: RefCell<Style>, busy
                main::{{closure}} #1

            1 object has more references reported than exist
              Odd #2: 1 reference, 2 reported
              and is taken to be alive. Some `visit` written by hand, or named by
              #[tracked(with = …)], reports a reference that its value does not own.

            not looked into, so leaks may hide behind (see objgraph::blind_spots()):
              12 objects of app::Session: derive `Tracked` on it
              1 object of main::{{closure}}
              1 value of uuid::Uuid inside other objects
              1 Rc object of another thread
              1 cell or lock that was in use"#]],
    );
}
