//! Reports name closures and futures where symbols do, and say the same otherwise.

use std::sync::Arc;

use expect_test::{Expect, expect};
use objgraph_core::{NodeId, PlaceKind, Snapshot};

use crate::analysis::testkit::Kit;
use crate::analysis::{BlindSpots, ChainSearch, Coverage, Direction, find_leaks, why_alive};

const CLOSURE: &str = "alloc::boxed::Box<dyn core::ops::function::Fn()>";
const FUTURE: &str =
    "core::pin::Pin<alloc::boxed::Box<dyn core::future::future::Future<Output = ()>>>";

/// A window that a closure and a future of its own hold.
fn window(is_named: bool) -> (Arc<Snapshot>, NodeId) {
    let mut kit = Kit::new();
    let window = kit.node("app::Window", 1);
    let data = kit.node("app::Data", 1);
    kit.place(window, "on_close", CLOSURE, PlaceKind::Opaque);
    if is_named {
        kit.concrete("app::Window::open::{{closure}}", 7);
    }
    kit.inferred(window, "on_close", window, 1);
    kit.place(window, "task", FUTURE, PlaceKind::Opaque);
    if is_named {
        kit.concrete("<app::Window as app::Serve>::serve::{{closure}}", 9);
    }
    kit.inferred(window, "task", data, 1);
    (kit.snapshot(), data)
}

fn check(text: impl ToString, expected: Expect) {
    expected.assert_eq(&text.to_string());
}

#[test]
fn likely_leaked() {
    let (snapshot, data) = window(true);
    check(
        find_leaks(&snapshot),
        expect![[r#"
        No leak found for certain among the 2 objects that could be traced; 2 values in
            them could not:
          1 value of Box<dyn Fn()> in Window.on_close, `app::Window::open::{{closure}}`
            (src/app.rs:7): make it with `objgraph::capture!`, as an
            objgraph::Capture<dyn Fn()>
          1 value of Pin<Box<dyn Future<Output = ()>>> in Window.task, `<app::Window as
            app::Serve>::serve::{{closure}}` (src/app.rs:9): make it with
            `objgraph::future!`, as an objgraph::LocalFuture<dyn
            std::future::Future<Output = ()>>

        2 objects likely leaked, 64 B: 1 leak of 1 kind
          They have leaked if the words found in closures, futures and other opaque
            values are the references they look like.

        1. 2 objects kept alive by a cycle, 64 B                  leak-01965b87e6708251
           1 × Data            made at src/app.rs:11:5
           1 × Window          made at src/app.rs:10:5
           (1 of them hangs on the cycle)
           Window.on_close (inferred) → (the first)
           likely leaked: held by `Window.on_close`, closure
             `app::Window::open::{{closure}}` (src/app.rs:7); `Window.task`, future
             `<app::Window as app::Serve>::serve::{{closure}}` (src/app.rs:9)
           born in epoch 0
           fix: capture a `Weak` in the closure at `Window.on_close`
             frees 2 objects, 64 B, and nothing that is in use now
             1 of these would lose its last owner, unless the program holds it:
               1 × Window          made at src/app.rs:10:5
             or clear `Window.on_close` in these objects before the last handle is
               dropped"#]],
    );
    check(
        why_alive(&snapshot, snapshot.node(data).id()).expect("it is alive"),
        expect![[r#"
            Data #1 has likely leaked: nothing is known to hold it but a cycle,
                made at src/app.rs:11:5
              Window #0 .task, captured by future `<app::Window as
                  app::Serve>::serve::{{closure}}` (src/app.rs:9) →
                Data #1
              the cycle, from Window #0 on:
                Window.on_close (inferred) → (the first)"#]],
    );
}

#[test]
fn chains() {
    let (snapshot, data) = window(true);
    let search = ChainSearch::new(&snapshot, [data], Direction::Backrefs);
    let chain = search.find(|node| node.type_info().matches("Window"));
    check(
        chain.expect("it is held"),
        expect![[r#"
        Window.task (inferred from future `<app::Window as
            app::Serve>::serve::{{closure}}` (src/app.rs:9)) →
            Data"#]],
    );
}

#[test]
fn blind_spots() {
    let (snapshot, _) = window(true);
    check(
        BlindSpots::of(&snapshot),
        expect![[r#"
        Window.on_close: 1 value of Box<dyn Fn()>, `app::Window::open::{{closure}}`
            (src/app.rs:7)
            → make it with `objgraph::capture!`, as an objgraph::Capture<dyn Fn()>
        Window.task: 1 value of Pin<Box<dyn Future<Output = ()>>>, `<app::Window as
            app::Serve>::serve::{{closure}}` (src/app.rs:9)
            → make it with `objgraph::future!`, as an objgraph::LocalFuture<dyn
              std::future::Future<Output = ()>>"#]],
    );
}

/// A fingerprint is equal where programs have no symbols.
#[test]
fn fingerprints_do_not_depend_on_names() {
    let of = |is_named| {
        let leaks = find_leaks(&window(is_named).0);
        let kinds = leaks.likely_kinds().all().iter();
        kinds
            .map(|kind| kind.fingerprint.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(true), of(false));
    assert_eq!(of(true).len(), 1);
}

/// Two of several are named, those that are first by name.
#[test]
fn several_closures_in_one_field() {
    let coverage = |names: &[&str]| {
        let mut kit = Kit::new();
        let bus = kit.node("app::Bus", 1);
        for (line, name) in (1..).zip(names) {
            kit.place(bus, "handlers", CLOSURE, PlaceKind::Opaque);
            if !name.is_empty() {
                kit.concrete(name, line);
            }
        }
        Coverage::of(&kit.snapshot())
    };
    check(
        coverage(&["app::b", "app::a"]),
        expect![[r#"
        1 object was traced; 2 values in it could not:
          2 values of Box<dyn Fn()> in Bus.handlers, `app::a` (src/app.rs:2) and
            `app::b` (src/app.rs:1): make it with `objgraph::capture!`, as an
            objgraph::Capture<dyn Fn()>"#]],
    );
    check(
        coverage(&["app::c", "app::b", "app::a"]),
        expect![[r#"
        1 object was traced; 3 values in it could not:
          3 values of Box<dyn Fn()> in Bus.handlers, such as `app::a` (src/app.rs:3)
            and `app::b` (src/app.rs:2): make it with `objgraph::capture!`, as an
            objgraph::Capture<dyn Fn()>"#]],
    );
    check(
        coverage(&["", "app::a"]),
        expect![[r#"
        1 object was traced; 2 values in it could not:
          2 values of Box<dyn Fn()> in Bus.handlers, such as `app::a` (src/app.rs:2):
            make it with `objgraph::capture!`, as an objgraph::Capture<dyn Fn()>"#]],
    );
    check(
        coverage(&["", ""]),
        expect![[r#"
        1 object was traced; 2 values in it could not:
          2 values of Box<dyn Fn()> in Bus.handlers: make it with `objgraph::capture!`,
            as an objgraph::Capture<dyn Fn()>"#]],
    );
}

/// A path that is cut leads to several values, and an inferred reference may be from any.
#[test]
fn values_at_one_path() {
    for (names, is_named) in [
        (["app::a", "app::a"], true),
        (["app::a", "app::b"], false),
        (["app::a", ""], false),
        (["", "app::a"], false),
    ] {
        let mut kit = Kit::new();
        let window = kit.node("app::Window", 1);
        for name in names {
            kit.place(window, "on_close", CLOSURE, PlaceKind::Opaque);
            if !name.is_empty() {
                kit.concrete(name, 1);
            }
        }
        kit.inferred(window, "on_close", window, 1);
        let text = find_leaks(&kit.snapshot()).to_string();
        let holder = if is_named {
            "held by `Window.on_close`, closure `app::a` (src/app.rs:1)"
        } else {
            "held by `Window.on_close`, `Box<dyn Fn()>`"
        };
        assert!(text.contains(holder), "{text}");
    }
}
