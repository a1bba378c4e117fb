//! An inferred edge is dotted, in every format, and the legend says what that means.

use expect_test::expect;
use objgraph_core::{NodeId, PlaceKind, Snapshot};
use std::sync::Arc;

use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, Neighbourhood, PictureOptions, find_leaks};
use crate::draw::{Drawing, DrawingOptions, TextStyle, to_svg_without_dot};

/// A window that captures its application in a closure; both are dead but for what the closure
/// captures.
fn app() -> (Arc<Snapshot>, NodeId) {
    let mut kit = Kit::new();
    let app = kit.node("app::App", 1);
    let window = kit.node("app::Window", 0);
    let icon = kit.node("app::Icon", 1);
    kit.element(app, "windows", 0, window);
    let closure = "alloc::boxed::Box<dyn core::ops::function::Fn()>";
    kit.place(window, "on_close", closure, PlaceKind::Opaque);
    kit.inferred(window, "on_close", app, 1);
    kit.inferred(window, "on_close", icon, 1);
    kit.weak(icon, "app", app);
    (kit.snapshot(), app)
}

fn options() -> DrawingOptions<'static> {
    DrawingOptions {
        legend: true,
        ..DrawingOptions::default()
    }
}

fn references() -> Drawing {
    let (snapshot, app) = app();
    let picture = Neighbourhood::around(
        &snapshot,
        &[app],
        Direction::Refs,
        &PictureOptions::default(),
    );
    Drawing::new(&snapshot, &picture.unwrap(), &options())
}

fn leaks() -> Drawing {
    let (snapshot, _) = app();
    let leaks = find_leaks(&snapshot);
    let picture = Neighbourhood::leaks(&leaks, &PictureOptions::default()).unwrap();
    Drawing::new(&snapshot, &picture, &options())
}

#[test]
fn in_a_tree() {
    expect![[r#"
        #1 App
        └─ windows[0] → Window
           ├─ on_close ⇝ #1 App (above)
           ├─ on_close ⇝ Icon
           │  └─ app ⇢ #1 App (above)
           └─ on_close · Box<dyn Fn()> (not traced)

        → owns
        ⇢ weak
        ⇝ may own (inferred)
        #1 an object that occurs at several places
    "#]]
    .assert_eq(&references().to_text());
    let ascii = TextStyle {
        ascii: true,
        ..TextStyle::default()
    };
    let mut text = Vec::new();
    references().write_text(&mut text, &ascii).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("on_close ?> "), "{text}");
}

#[test]
fn in_mermaid() {
    expect![[r#"
        flowchart TD
          n0["App"]
          n1["Window"]
          n2["Icon"]
          n3["Box#60;dyn Fn()#62;"]
          n0 -->|"windows[0]"| n1
          n1 -.->|"on_close"| n0
          n1 -.->|"on_close"| n2
          n1 -->|"on_close"| n3
          n2 -.->|"app"| n0
          linkStyle 1,2 stroke-dasharray:1 4
          linkStyle 3 stroke:grey,color:grey
          style n3 stroke-dasharray:4
          style n0 color:red
    "#]]
    .assert_eq(&references().to_mermaid());
    expect![[r#"
        flowchart TD
          n0["App"]
          n1["Window"]
          n2["Icon"]
          n0 ==>|"windows[0]"| n1
          n1 -.->|"on_close<br/>capture a Weak"| n0
          n1 -.->|"on_close"| n2
          n2 -.->|"app"| n0
          style n0 fill:#ffebe9,stroke:#cf222e,color:#1f2328
          style n1 fill:#ffebe9,stroke:#cf222e,color:#1f2328
          style n2 fill:#f6f8fa,stroke:#9aa4af,color:#57606a
          linkStyle 0 stroke:#cf222e,color:#cf222e
          linkStyle 1 stroke:#0969da,color:#0969da,stroke-dasharray:1 4
          linkStyle 2 stroke:#9aa4af,color:#57606a,stroke-dasharray:1 4
          linkStyle 3 stroke:#9aa4af,color:#57606a
    "#]]
    .assert_eq(&leaks().to_mermaid());
}

#[test]
fn in_dot_and_svg() {
    for (drawing, lines) in [(references(), 2), (leaks(), 2)] {
        let dot = drawing.to_dot();
        assert_eq!(dot.matches("style=dotted").count(), lines, "{dot}");
        assert!(dot.contains("dotted arrow: "), "{dot}");
        let svg = to_svg_without_dot(&drawing).unwrap();
        assert_eq!(
            svg.matches("stroke-dasharray=\"1,3\"").count(),
            lines,
            "{svg}"
        );
    }
    assert!(
        leaks()
            .to_dot()
            .contains("capture a Weak in Window.on_close")
    );
}

#[test]
fn in_formats_for_programs() {
    let drawing = references();
    assert!(drawing.to_json().contains("\"kind\":\"inferred\""));
    assert!(drawing.to_graphml().contains(">inferred</data>"));
    let advice = leaks().edges.into_iter().map(|edge| edge.advice);
    let advice: Vec<String> = advice.filter(|advice| !advice.is_empty()).collect();
    assert_eq!(advice, ["capture a Weak"]);
}

/// The opaque value has the name of the closure below its type.
#[test]
fn with_the_name_of_the_closure() {
    let mut kit = Kit::new();
    let window = kit.node("app::Window", 1);
    let icon = kit.node("app::Icon", 1);
    let closure = "alloc::boxed::Box<dyn core::ops::function::Fn()>";
    kit.place(window, "on_close", closure, PlaceKind::Opaque);
    kit.concrete("app::Window::open::{{closure}}", 7);
    kit.inferred(window, "on_close", icon, 1);
    let snapshot = kit.snapshot();
    let options = PictureOptions::default();
    let picture = Neighbourhood::around(&snapshot, &[window], Direction::Refs, &options);
    let drawing = Drawing::new(&snapshot, &picture.unwrap(), &DrawingOptions::default());
    expect![[r#"
        Window
        ├─ on_close ⇝ Icon
        └─ on_close · Box<dyn Fn()> · app::Window::open::{{closure}} · src… (not traced)
    "#]]
    .assert_eq(&drawing.to_text());
    let labels = drawing.nodes.iter().map(|node| node.label.as_str());
    let labels: Vec<&str> = labels.collect();
    let named = "Box<dyn Fn()>\napp::Window::open::{{closure}}\nsrc/app.rs:7";
    assert_eq!(labels, ["Window", "Icon", named]);
}

/// Similar windows are one node. It names their closure only if they have the same.
#[test]
fn with_the_name_of_the_closure_of_a_stack() {
    for (names, expected) in [
        (
            ["app::a", "app::a"],
            "6 × Box<dyn Fn()>\napp::a\nsrc/app.rs:1",
        ),
        (["app::a", "app::b"], "6 × Box<dyn Fn()>"),
    ] {
        let mut kit = Kit::new();
        let app = kit.node("app::App", 1);
        for (at, name) in (0..).zip(names.iter().cycle().take(6)) {
            let window = kit.node("app::Window", 0);
            kit.element(app, "windows", at, window);
            let closure = "alloc::boxed::Box<dyn core::ops::function::Fn()>";
            kit.place(window, "on_close", closure, PlaceKind::Opaque);
            kit.concrete(name, 1);
        }
        let snapshot = kit.snapshot();
        let options = PictureOptions {
            fold_over: Some(3),
            ..PictureOptions::default()
        };
        let picture = Neighbourhood::around(&snapshot, &[app], Direction::Refs, &options);
        let drawing = Drawing::new(&snapshot, &picture.unwrap(), &DrawingOptions::default());
        let labels = drawing.nodes.iter().map(|node| node.label.as_str());
        let labels: Vec<&str> = labels.collect();
        assert_eq!(labels, ["App", "6 × Window", expected]);
    }
}

/// The handlers of a long list are one node with their number; each of a short list, and each with a
/// closure of its own, is a node.
#[test]
fn of_a_long_list_as_one_node() {
    let drawn = |names: &[(&str, u32)]| {
        let mut kit = Kit::new();
        let bus = kit.node("app::Bus", 1);
        let mut at = 0;
        for &(name, times) in names {
            for _ in 0..times {
                let closure = "alloc::boxed::Box<dyn core::ops::function::Fn()>";
                kit.place_in(bus, "handlers", at, closure);
                kit.concrete(name, 1);
                at += 1;
            }
        }
        let snapshot = kit.snapshot();
        let options = PictureOptions {
            fold_over: Some(3),
            ..PictureOptions::default()
        };
        let picture = Neighbourhood::around(&snapshot, &[bus], Direction::Refs, &options);
        let drawing = Drawing::new(&snapshot, &picture.unwrap(), &DrawingOptions::default());
        drawing.to_text()
    };
    expect![[r#"
        Bus
        └─ handlers[0..=199] · 200 × Box<dyn Fn()> · app::a · src/app.rs:1 (not traced)
    "#]]
    .assert_eq(&drawn(&[("app::a", 200)]));
    expect![[r#"
        Bus
        ├─ handlers[0..=4] · 5 × Box<dyn Fn()> · app::a · src/app.rs:1 (not traced)
        ├─ handlers[5] · Box<dyn Fn()> · app::b · src/app.rs:1 (not traced)
        └─ handlers[6] · Box<dyn Fn()> · app::b · src/app.rs:1 (not traced)
    "#]]
    .assert_eq(&drawn(&[("app::a", 5), ("app::b", 2)]));
}
