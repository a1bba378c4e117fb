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
        Tracking is off in this build, so nothing is known: build with debug
        assertions, or with the feature `always` of objgraph."#]]
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
            3 objects leaked, 96 B: 1 leak of 1 kind

            1. 3 objects kept alive by a cycle, 96 B                  leak-7e7b59e93b51aeac
               3 × Node            made at src/app.rs:10:5
               Node.next[0] → Node.next[0] → Node.next[0] → (the first)
               born in epoch 0
               fix: make `Node.next` Weak
                 frees 3 objects, 96 B, and nothing that is in use now
                 3 of these would lose their last owner, unless the program holds them:
                   3 × Node            made at src/app.rs:10:5
                 or clear `Node.next` in these objects before the last handle is dropped"#]],
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
            23 objects leaked, 736 B: 1 leak of 1 kind

            1. 23 objects kept alive by a cycle, 736 B                leak-f848fed392f7e7d2
               21 × Element         made at src/app.rs:10:5
                1 × dom::Text       made at src/app.rs:11:5
                1 × svg::Text       made at src/app.rs:12:5
               (2 of them hang on the cycle)
               Element.children[0] → Element.parent → (the first)
               born in epoch 0
               fix: make `Element.parent` Weak (marked #[tracked(back)])
                 frees 23 objects, 736 B, and nothing that is in use now
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Element         made at src/app.rs:10:5
                 or clear `Element.parent` in these objects before the last handle is
                   dropped
               or: `Element.children`
                 20 of these would lose their last owner, unless the program holds them:
                   20 × Element         made at src/app.rs:10:5"#]],
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
            14 objects leaked, 448 B: 14 leaks of 14 kinds

            1. 1 object that holds itself, 32 B                       leak-b70c709254ca102d
               1 × Type00          made at src/app.rs:10:5
               Type00.me → (the first)
               born in epoch 0
               fix: make `Type00.me` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            2. 1 object that holds itself, 32 B                       leak-4370347ebfbf31f8
               1 × Type01          made at src/app.rs:11:5
               Type01.me → (the first)
               born in epoch 0
               fix: make `Type01.me` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            3. 1 object that holds itself, 32 B                       leak-711adcd0aad8c467
               1 × Type02          made at src/app.rs:12:5
               Type02.me → (the first)
               born in epoch 0
               fix: make `Type02.me` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            4. 1 object that holds itself, 32 B                       leak-bc2186ae85eef6b2
               1 × Type03          made at src/app.rs:13:5
               Type03.me → (the first)
               fix: make `Type03.me` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            5. 1 object that holds itself, 32 B                       leak-6dcbea820c61ae41
               1 × Type04          made at src/app.rs:14:5
               Type04.me → (the first)
               fix: make `Type04.me` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            6. 1 object that holds itself, 32 B                       leak-df094c1d0a03c7fc
               1 × Type05          made at src/app.rs:15:5
               Type05.me → (the first)
               fix: make `Type05.me` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            … and 8 more kinds, with 8 objects"#]],
    );
}

#[test]
fn every_section() {
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
            No leak found for certain among the 2 objects that could be traced; 14 objects
                and 2 values in others could not:
              12 objects of Session: derive `Tracked` on it
              1 object of main::{{closure}}: make the closure with `objgraph::capture!`
              1 value of Uuid in Far.id: in Cargo.toml: objgraph =
                { version = "0.1", features = ["uuid"] }
              1 Rc object of another thread: call this on that thread, or let it end
              1 cell or lock that was in use: try again

            2 objects may have leaked
              1 × Button            made at src/app.rs:10:5
              1 × main::{{closure}} made at src/app.rs:11:5
              References to them were not found. They may be held by what they own
                themselves and could not be traced:
                Button.style of #0: RefCell<Style>, busy
                main::{{closure}} #1

            1 object has more references reported than exist
              Odd #2: 1 reference, 2 reported
              and is treated as alive. Some `visit` written by hand, or named by
              #[tracked(with = …)], reports a reference that its value does not own."#]],
    );
}

#[test]
fn objects_that_threads_left_behind() {
    let mut kit = Kit::new();
    let job = kit.node("app::Job", 1);
    kit.left_behind(job, "worker");
    check(
        kit,
        expect![[r#"
            Nothing leaked for certain.

            1 object left behind by threads that ended
              1 × Job             made at src/app.rs:10:5
              made on thread worker
              A handle to it was forgotten there, or given to `into_raw`: no cycle holds
                it, and no other thread may have an `Rc`, so nothing frees it any more."#]],
    );

    let mut kit = Kit::new();
    let data = kit.node("app::Data", 0);
    let shared = kit.node("app::Data", 1);
    for at in 0..5 {
        let job = kit.node("app::Job", 1);
        kit.left_behind(job, &format!("worker {at}"));
        kit.edge(job, "data", data);
        kit.edge(job, "shared", shared);
    }
    check(
        kit,
        expect![[r#"
        Nothing leaked for certain: 1 object is alive, and held from outside.

        6 objects left behind by threads that ended
          5 × Job             made at src/app.rs:11:5
          1 × Data            made at src/app.rs:10:5
          made on thread worker 0, on thread worker 1, on thread worker 2,
            and on 2 others
          Handles to them were forgotten there, or given to `into_raw`: no cycle holds
            them, and no other thread may have an `Rc`, so nothing frees them any more."#]],
    );
}

#[test]
fn a_kind_that_leaked_many_times() {
    let mut kit = Kit::new();
    for size in [2, 2, 3] {
        let nodes: Vec<_> = (0..size).map(|_| kit.node("app::Node", 0)).collect();
        for at in 0..size {
            kit.edge(nodes[at], "next", nodes[(at + 1) % size]);
        }
    }
    check(
        kit,
        expect![[r#"
            7 objects leaked, 224 B: 3 leaks of 1 kind

            1. 3 leaks of 7 objects in all, 224 B                     leak-7e7b59e93b51aeac
               7 × Node            made at src/app.rs:10:5
               Node.next → Node.next → (the first)
               born in epoch 0
               fix: make `Node.next` Weak
                 frees 7 objects, 224 B, and nothing that is in use now
                 7 of these would lose their last owner, unless the program holds them:
                   7 × Node            made at src/app.rs:10:5
                 or clear `Node.next` in these objects before the last handle is dropped"#]],
    );
}

/// A holder in use needs each field of the cycle, so none may be weak.
#[test]
fn no_field_frees_it() {
    let mut kit = Kit::new();
    let globals = kit.node("app::Environment", 1);
    let counter = kit.node("app::Function", 0);
    let inner = kit.node("app::Environment", 0);
    kit.element(globals, "values", 0, counter);
    kit.edge(counter, "closure", inner);
    let leaked = kit.node("app::Environment", 0);
    let function = kit.node("app::Function", 0);
    kit.element(leaked, "values", 0, function);
    kit.edge(function, "closure", leaked);
    check(
        kit,
        expect![[r#"
            2 objects leaked, 64 B: 1 leak of 1 kind

            1. 2 objects kept alive by a cycle, 64 B                  leak-f61fee7e8555bc9f
               1 × Environment     made at src/app.rs:10:5
               1 × Function        made at src/app.rs:11:5
               Environment.values[0] → Function.closure → (the first)
               born in epoch 0
               fix: make `Function.closure` Weak
                 frees 2 objects, 64 B
                 1 object in use now would lose its last owner, and be dropped:
                   1 × Environment     made at src/app.rs:10:5
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Environment     made at src/app.rs:10:5
                 or clear `Function.closure` in these objects before the last handle is
                   dropped
               or: `Environment.values`
                 2 objects in use now would lose their last owner, and be dropped:
                   1 × Environment     made at src/app.rs:10:5
                   1 × Function        made at src/app.rs:11:5
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Function        made at src/app.rs:11:5"#]],
    );
}

/// What leaks of two kinds lead to belongs to neither.
#[test]
fn held_by_leaks_of_several_kinds() {
    let mut kit = Kit::new();
    let shared = kit.node("app::Shared", 0);
    for name in ["app::One", "app::Two"] {
        let one = kit.node(name, 0);
        kit.edge(one, "me", one);
        kit.edge(one, "shared", shared);
    }
    check(
        kit,
        expect![[r#"
            3 objects leaked, 96 B: 2 leaks of 2 kinds

            1. 1 object that holds itself, 32 B                       leak-505d5247b4cd2689
               1 × One             made at src/app.rs:11:5
               One.me → (the first)
               born in epoch 0
               fix: make `One.me` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            2. 1 object that holds itself, 32 B                       leak-9b8762c5f9cb6ceb
               1 × Two             made at src/app.rs:12:5
               Two.me → (the first)
               born in epoch 0
               fix: make `Two.me` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            1 more object (32 B) is held by leaks of several kinds"#]],
    );
}

#[test]
fn when_it_was_born() {
    let mut kit = Kit::new();
    kit.epochs(&[(1, 7200), (2, 40), (3, 5), (4, 0)]);
    for (name, epochs) in [
        ("app::Old", [0, 0]),
        ("app::Node", [1, 2]),
        ("app::Young", [3, 3]),
    ] {
        let nodes = epochs.map(|epoch| {
            let node = kit.node(name, 0);
            kit.row(node).epoch = epoch;
            kit.row(node).thread = 0;
            node
        });
        kit.edge(nodes[0], "next", nodes[1]);
        kit.edge(nodes[1], "next", nodes[0]);
    }
    let text = find_leaks(&kit.snapshot()).to_string();
    let born: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("born in"))
        .collect();
    assert_eq!(
        born,
        [
            "   born in epoch 0, more than 2 h ago, on thread main",
            "   born in epochs 1 to 2, 5 s to 2 h ago, on thread main",
            "   born in epoch 3, up to 5 s ago, on thread main",
        ]
    );
}

/// Law 5: evidence that is not proof is reported as such.
#[test]
fn a_closure_that_captures_its_owner() {
    let mut kit = Kit::new();
    let app = kit.node("app::App", 1);
    let window = kit.node("app::Window", 0);
    let icon = kit.node("app::Icon", 1);
    let in_use = kit.node("app::Theme", 1);
    kit.element(app, "windows", 0, window);
    let closure = "alloc::boxed::Box<dyn core::ops::function::Fn()>";
    kit.place(window, "on_close", closure, PlaceKind::Opaque);
    kit.inferred(window, "on_close", app, 1);
    kit.inferred(window, "on_close", icon, 1);
    kit.inferred(window, "on_close", in_use, 1);
    kit.row(in_use).weak = 1;
    check(
        kit,
        expect![[r#"
            No leak found for certain among the 4 objects that could be traced; 1 value in
                them could not:
              1 value of Box<dyn Fn()> in Window.on_close: make it with
                `objgraph::capture!`, as an objgraph::Capture<dyn Fn()>

            3 objects likely leaked, 96 B: 1 leak of 1 kind
              They have leaked if the words found in closures, futures and other opaque
                values are the references they look like.

            1. 3 objects kept alive by a cycle, 96 B                  leak-9375176d417411ff
               1 × App             made at src/app.rs:10:5
               1 × Icon            made at src/app.rs:12:5
               1 × Window          made at src/app.rs:11:5
               (1 of them hangs on the cycle)
               App.windows[0] → Window.on_close (inferred) → (the first)
               likely leaked: held by `Window.on_close`, `Box<dyn Fn()>`
               born in epoch 0
               fix: capture a `Weak` in the closure at `Window.on_close`
                 frees 3 objects, 96 B, and nothing that is in use now
                 2 of these would lose their last owner, unless the program holds them:
                   1 × App             made at src/app.rs:10:5
                   1 × Icon            made at src/app.rs:12:5
                 or clear `Window.on_close` in these objects before the last handle is
                   dropped
               or: `App.windows`
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Window          made at src/app.rs:11:5

            1 object may have leaked
              1 × Theme           made at src/app.rs:13:5
              References to it were not found. They may be held by what it or leaked
                objects own and could not be traced:
                Window.on_close of #1: Box<dyn Fn()>"#]],
    );
}

#[test]
fn what_a_leaked_object_captures() {
    let mut kit = Kit::new();
    let node = kit.node("app::Node", 0);
    let captured = kit.node("app::Data", 1);
    kit.edge(node, "next", node);
    kit.place(
        node,
        "task",
        "core::pin::Pin<alloc::boxed::Box<dyn core::future::future::Future<Output = ()>>>",
        PlaceKind::Opaque,
    );
    kit.inferred(node, "task", captured, 1);
    check(
        kit,
        expect![[r#"
            1 object leaked, 32 B: 1 leak of 1 kind

            1. 1 object that holds itself, 32 B                       leak-7e7b59e93b51aeac
               1 × Node            made at src/app.rs:10:5
               Node.next → (the first)
               born in epoch 0
               fix: make `Node.next` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner

            1 object likely leaked, 32 B
              It has leaked if the words found in closures, futures and other opaque values
                are the references they look like.

            1 object (32 B) is held by leaked objects or by leaks of several kinds
              1 × Data            made at src/app.rs:11:5
              likely leaked: held by `Node.task`, `Pin<Box<dyn Future<Output = ()>>>`

            Not traced, so more may have leaked (see objgraph::blind_spots()):
              1 value of Pin<Box<dyn Future<Output = ()>>> in Node.task: make it with
                `objgraph::future!`, as an objgraph::LocalFuture<dyn
                std::future::Future<Output = ()>>"#]],
    );
}

#[test]
fn an_object_that_a_closure_captures_twice() {
    let mut kit = Kit::new();
    let window = kit.node("app::Window", 2);
    kit.place(window, "on_close", "dyn Fn()", PlaceKind::Opaque);
    kit.inferred(window, "on_close", window, 2);
    check(
        kit,
        expect![[r#"
        No leak found for certain among the 1 object that could be traced; 1 value in
            it could not:
          1 value of dyn Fn() in Window.on_close: make `objgraph::Tracked` a supertrait
            of Fn(), and add `impl objgraph::Visit for Box<dyn Fn()> { fn
            visit<'a>(&'a self, visitor: &mut objgraph::Visitor<'a>) {
            (**self).visit(visitor) } }`

        1 object may have leaked
          1 × Window          made at src/app.rs:10:5
          References to it were not found. They may be held by what it owns itself and
            could not be traced:
            Window.on_close of #0: dyn Fn()"#]],
    );
}
