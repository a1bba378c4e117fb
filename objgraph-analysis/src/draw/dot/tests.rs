use expect_test::{Expect, expect};
use objgraph_core::{PlaceKind, State};

use super::{EdgeStyle, attribute_name, quote, table};
use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, Neighbourhood, PictureOptions as Options, find_leaks};
use crate::draw::{Drawing, DrawingOptions};

fn check(dot: String, expected: Expect) {
    expected.assert_eq(&dot);
}

#[test]
fn references() {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 1);
    let child = kit.node("app::Child<app::Kind>", 0);
    kit.change_type("app::Child<app::Kind>", |info| info.implements_drop = true);
    kit.label(
        child,
        "Child { name: \"a\\b\nand a text that is too long\" }",
    );
    kit.element(root, "children", 3, child);
    kit.weak(child, "parent", root);
    kit.place(child, "id", "uuid::Uuid", PlaceKind::Opaque);
    let opaque = kit.node("app::main::{{closure}}", 0);
    kit.row(opaque).state = State::Opaque;
    kit.edge(root, "call", opaque);
    let snapshot = kit.snapshot();
    let picture =
        Neighbourhood::around(&snapshot, &[root], Direction::Refs, &Options::default()).unwrap();
    let options = DrawingOptions {
        refcounts: true,
        ..DrawingOptions::default()
    };
    check(
        Drawing::new(&snapshot, &picture, &options).to_dot(),
        expect![[r#"
            digraph ObjectGraph {
              node[shape=box, style=filled, fillcolor=white];
              o1[fontcolor=red];
              o1[label="Root [1]"];
              o1[fillcolor="0,0,1"];
              o2[label="Child<Kind> [1]\nChild { name: \"a\\b\nand a text that is to"];
              o2[fillcolor="0,0,0.766667"];
              o2->o2_has_a_drop[color=red,style=dotted,len=0.25,weight=10];
              o2_has_a_drop[label="Drop",shape=doublecircle,height=0.25,color=red,fillcolor="0,.5,1",fontsize=6];
              o3[label="main::{{closure}} [1]",style="filled,dashed",color=grey];
              o3[fillcolor="0,0,0.766667"];
              o4[label="Uuid",height=0.25,style="filled,dashed",color=grey,fillcolor=white,fontcolor=grey40,fontsize=9];
              o1 -> o2 [label="children[3]"];
              o1 -> o3 [label="call",weight=2];
              o2 -> o1 [label="parent",weight=2,style=dashed];
              o2 -> o4 [label="id",weight=2,color=grey,fontcolor=grey40];
            }
        "#]],
    );
}

#[test]
fn backreferences_too_many() {
    let mut kit = Kit::new();
    let data = kit.node("app::Data", 2);
    for _ in 0..4 {
        let holder = kit.node("app::Holder", 1);
        kit.edge(holder, "data", data);
    }
    let snapshot = kit.snapshot();
    let options = Options {
        too_many: 2,
        max_depth: 1,
        ..Options::default()
    };
    let picture = Neighbourhood::around(&snapshot, &[data], Direction::Backrefs, &options).unwrap();
    let options = DrawingOptions {
        shortnames: false,
        highlight: Some(&|node| node.type_info().short_name == "Data"),
        extra_info: Some(&|node| Some(format!("id {}", node.id()))),
        node_attrs: Some(&|_| vec![("tooltip".to_owned(), "a \"tip\"".to_owned())]),
        ..DrawingOptions::default()
    };
    check(
        Drawing::new(&snapshot, &picture, &options).to_dot(),
        expect![[r#"
            digraph ObjectGraph {
              node[shape=box, style=filled, fillcolor=white];
              o1[fontcolor=red];
              o1[label="app::Data\nid #0", tooltip="a \"tip\""];
              o1[fillcolor="0.6,0.6,1"];
              o2[label="app::Holder\nid #1", tooltip="a \"tip\""];
              o2[fillcolor="0,0,0.3"];
              o2[fontcolor=white];
              o3[label="app::Holder\nid #2", tooltip="a \"tip\""];
              o3[fillcolor="0,0,0.3"];
              o3[fontcolor=white];
              o4[label="outside ×2",shape=ellipse,style="filled,dashed",color=grey,fillcolor=white,fontcolor=grey40];
              o5[label="2 more backreferences",shape=box,height=0.25,color=red,fillcolor="0,1,0.3",fontsize=6];
              o5[fontcolor=white];
              o2 -> o1 [label="data",weight=2];
              o3 -> o1 [label="data",weight=2];
              o4 -> o1 [color=grey,fontcolor=grey40];
              o5 -> o1 [color=red,style=dotted,len=0.25,weight=10];
            }
        "#]],
    );
}

#[test]
fn leaked_cycle() {
    let mut kit = Kit::new();
    let one = kit.node("app::Node", 0);
    let other = kit.node("app::Node", 0);
    kit.edge(one, "next", other);
    kit.edge(other, "next", one);
    let snapshot = kit.snapshot();
    let picture = Neighbourhood::leaks(&find_leaks(&snapshot), &Options::default()).unwrap();
    let options = DrawingOptions {
        sites: true,
        ..DrawingOptions::default()
    };
    check(
        Drawing::new(&snapshot, &picture, &options).to_dot(),
        expect![[r##"
            digraph ObjectGraph {
              node[shape=box, style=filled, fillcolor=white];
              o1[label="Node\nsrc/app.rs:10:5",color="#cf222e",fillcolor="#ffebe9",fontcolor="#1f2328",penwidth=1.5];
              o2[label="Node\nsrc/app.rs:10:5",color="#cf222e",fillcolor="#ffebe9",fontcolor="#1f2328",penwidth=1.5];
              o1 -> o2 [label="next",weight=2,color="#cf222e",fontcolor="#cf222e",penwidth=2];
              o2 -> o1 [label="next\nmake Weak",weight=2,color="#0969da",fontcolor="#0969da",penwidth=2];
            }
        "##]],
    );
}

/// As our own pictures look: what Graphviz would draw in Times, with square corners, and with the
/// labels of several loops across each other.
#[test]
fn graphviz_is_asked_for_our_look() {
    let mut kit = Kit::new();
    let node = kit.node("app::Node", 0);
    let gone = kit.node("app::Gone", 1);
    for path in ["left", "right"] {
        kit.edge(node, path, node);
    }
    kit.weak(node, "me", node);
    kit.edge(node, "a<b>&\"\\\u{1b}", gone);
    let snapshot = kit.snapshot();
    let picture = Neighbourhood::around(&snapshot, &[node], Direction::Refs, &Options::default());
    let drawing = Drawing::new(&snapshot, &picture.unwrap(), &DrawingOptions::default());
    check(
        drawing.to_dot_for_graphviz(),
        expect![[r#"
            digraph ObjectGraph {
              node[shape=box, style=filled, fillcolor=white];
              graph[fontname="Helvetica,Arial,sans-serif",nodesep=0.3,ranksep=0.35];
              node[fontname="Helvetica,Arial,sans-serif",fontsize=12,style="rounded,filled",margin="0.12,0.07",width=0.3,height=0.3];
              edge[fontname="Helvetica,Arial,sans-serif",fontsize=10,arrowsize=0.75];
              o1[fontcolor=red];
              o1[label="Node"];
              o1[fillcolor="0,0,1"];
              o2[label="Gone"];
              o2[fillcolor="0,0,0.766667"];
              o1 -> o1 [label=<<table border="0" cellborder="0" cellspacing="2" cellpadding="0"><tr><td align="left" bgcolor="white">left</td></tr><tr><td align="left" bgcolor="white">right</td></tr></table>>,weight=2,color=red,fontcolor=red,penwidth=2];
              o1 -> o1 [label="me",tailport=w,headport=w,weight=2,style=dashed];
              o1 -> o2 [label=<<table border="0" cellborder="0" cellspacing="2" cellpadding="0"><tr><td align="left" bgcolor="white">a&lt;b&gt;&amp;&quot;\\u{1b}</td></tr></table>>];
            }
        "#]],
    );
    let edges = |dot: &str| dot.matches(" -> ").count();
    assert_eq!(edges(&drawing.to_dot()), drawing.edges.len());
    let long = "x".repeat(10_000);
    assert!(
        table(&[&long], &EdgeStyle::default())
            .unwrap()
            .starts_with("label=\"x")
    );
}

#[test]
fn the_first_fix_is_a_badge_to_graphviz() {
    let mut kit = Kit::new();
    let one = kit.node("app::Node", 0);
    let data = kit.node("app::Data", 0);
    kit.edge(one, "me", one);
    kit.edge(one, "other", one);
    kit.edge(one, "data", data);
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &Options::default()).unwrap();
    let options = DrawingOptions {
        legend: true,
        ..DrawingOptions::default()
    };
    let drawing = Drawing::new(leaks.snapshot(), &picture, &options);
    let dot = drawing.to_dot_for_graphviz();
    let after = |before: &str| dot.split_once(before).map_or("", |(_, after)| after);
    // One edge represents both, with the advice below their labels.
    assert_eq!(dot.matches("o1 -> o1").count(), 1, "{dot}");
    assert!(after(">me<").contains("<b>make Weak</b>"), "{dot}");
    check(
        drawing.legend.join("\n"),
        expect![[r#"
            red: objects that own each other, so that none is dropped
            blue: the fix, make Node.me and Node.other Weak
            grey: owned by these, and dropped with them"#]],
    );
}

#[test]
fn text_is_quoted_as_python_does() {
    assert_eq!(quote("a\\b\"c\nd\0e"), "a\\\\b\\\"c\\nd\\\\0e");
    assert_eq!(quote("&T & &lt;"), "&T & &amp;lt;");
    assert_eq!(quote("\u{1b}"), "\\\\u{1b}");
    let long = quote(&"é\"".repeat(10_000));
    let parts: Vec<&str> = long.split("\" + \"").collect();
    assert_eq!(parts.concat(), "é\\\"".repeat(10_000));
    assert!(parts.len() > 3 && parts.iter().all(|part| part.len() < 16_384));
    assert_eq!(attribute_name("tooltip"), "tooltip");
    for (name, quoted) in [
        ("Node", "\"Node\""),
        ("1st", "\"1st\""),
        ("", "\"\""),
        ("a\"]; b", "\"a\\\"]; b\""),
    ] {
        assert_eq!(attribute_name(name), quoted);
    }
}
