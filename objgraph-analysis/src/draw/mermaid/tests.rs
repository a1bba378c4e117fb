use expect_test::expect;
use objgraph_core::PlaceKind;

use super::quote;
use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, Neighbourhood, PictureOptions};
use crate::draw::{Drawing, DrawingOptions};

#[test]
fn a_drawing() {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 2);
    let leaf = kit.node("app::Leaf<u8>", 0);
    kit.change_type("app::Leaf<u8>", |info| info.implements_drop = true);
    kit.label(leaf, "\"quoted\"");
    kit.element(root, "leaves", 3, leaf);
    kit.edge(leaf, "owner", root);
    kit.weak(leaf, "parent", root);
    kit.place(leaf, "id", "uuid::Uuid", PlaceKind::Opaque);
    let snapshot = kit.snapshot();
    let picture = Neighbourhood::around(
        &snapshot,
        &[root],
        Direction::Refs,
        &PictureOptions::default(),
    )
    .unwrap();
    let options = DrawingOptions {
        highlight: Some(&|node| node.type_info().short_name == "Leaf<u8>"),
        ..DrawingOptions::default()
    };
    expect![[r#"
        flowchart TD
          n0["Root"]
          n1["Leaf#60;u8#62;<br/>#34;quoted#34;<br/>(Drop)"]
          n2["Uuid"]
          n0 ==>|"leaves[3]"| n1
          n1 ==>|"owner"| n0
          n1 -.->|"parent"| n0
          n1 -->|"id"| n2
          linkStyle 0,1 stroke:red,color:red
          linkStyle 3 stroke:grey,color:grey
          style n1 fill:lightblue
          style n2 stroke-dasharray:4
          style n0 color:red
    "#]]
    .assert_eq(&Drawing::new(&snapshot, &picture, &options).to_mermaid());
}

#[test]
fn what_mermaid_takes_for_its_own_is_an_entity() {
    for (text, expected) in [
        ("children[3].1", "children[3].1"),
        ("a::b::Node<T>", "a::b::Node#60;T#62;"),
        ("say \"no\"; #1", "say #34;no#34;#59; #35;1"),
        ("- a list", "#45; a list"),
        ("  - a list", "#32; #45; a list"),
        ("1. one\n2) two", "1#46; one<br/>2#41; two"),
        ("a-b 1.5", "a-b 1.5"),
        (
            "`code` *bold* _it_ snake_case",
            "#96;code#96; #42;bold#42; #95;it#95; snake_case",
        ),
        (
            "%%{init: {}}%%",
            "#37;#37;#123;init: #123;#125;#125;#37;#37;",
        ),
        ("fa:fa-bug", "fa#58;fa-bug"),
        ("$$x$$", "#36;#8203;#36;x#36;#8203;#36;"),
        ("a\0\u{202e}", "a#92;u#123;0#125;#92;u#123;202e#125;"),
    ] {
        assert_eq!(quote(text), expected);
    }
}
