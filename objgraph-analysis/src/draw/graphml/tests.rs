use expect_test::expect;
use objgraph_core::PlaceKind;

use super::{escape, write_graphml};
use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, Neighbourhood, PictureOptions};
use crate::draw::{Drawing, DrawingOptions};

fn kit() -> Kit {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 2);
    let leaf = kit.node("app::Leaf<'_>", 0);
    kit.label(leaf, "a < b && \"c\"");
    kit.element(root, "leaves", 3, leaf);
    kit.weak(leaf, "parent", root);
    kit.place(leaf, "id", "uuid::Uuid", PlaceKind::Opaque);
    kit
}

#[test]
fn a_drawing() {
    let snapshot = kit().snapshot();
    let root = snapshot.nodes().next().unwrap().node_id();
    let options = PictureOptions::default();
    let picture = Neighbourhood::around(&snapshot, &[root], Direction::Refs, &options).unwrap();
    let drawing = Drawing::new(&snapshot, &picture, &DrawingOptions::default());
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
          <key id="nd0" for="node" attr.name="label" attr.type="string"/>
          <key id="nd1" for="node" attr.name="type" attr.type="string"/>
          <key id="nd2" for="node" attr.name="role" attr.type="string"/>
          <key id="nd3" for="node" attr.name="objects" attr.type="string"/>
          <key id="nd4" for="node" attr.name="depth" attr.type="long"/>
          <key id="nd5" for="node" attr.name="is_start" attr.type="boolean"/>
          <key id="nd6" for="node" attr.name="is_highlighted" attr.type="boolean"/>
          <key id="nd7" for="node" attr.name="implements_drop" attr.type="boolean"/>
          <key id="nd8" for="node" attr.name="is_opaque" attr.type="boolean"/>
          <key id="ed0" for="edge" attr.name="label" attr.type="string"/>
          <key id="ed1" for="edge" attr.name="kind" attr.type="string"/>
          <key id="ed2" for="edge" attr.name="references" attr.type="long"/>
          <key id="ed3" for="edge" attr.name="advice" attr.type="string"/>
          <graph id="objgraph" edgedefault="directed">
            <node id="n0"><data key="nd0">Root</data><data key="nd1">app::Root</data><data key="nd2">object</data><data key="nd3">#0</data><data key="nd4">0</data><data key="nd5">true</data><data key="nd6">false</data><data key="nd7">false</data><data key="nd8">false</data></node>
            <node id="n1"><data key="nd0">Leaf&lt;'_&gt;
        a &lt; b &amp;&amp; "c"</data><data key="nd1">app::Leaf&lt;'_&gt;</data><data key="nd2">object</data><data key="nd3">#1</data><data key="nd4">1</data><data key="nd5">false</data><data key="nd6">false</data><data key="nd7">false</data><data key="nd8">false</data></node>
            <node id="n2"><data key="nd0">Uuid</data><data key="nd1">uuid::Uuid</data><data key="nd2">hidden</data><data key="nd4">2</data><data key="nd5">false</data><data key="nd6">false</data><data key="nd7">false</data><data key="nd8">false</data></node>
            <edge id="e0" source="n0" target="n1"><data key="ed0">leaves[3]</data><data key="ed1">strong</data><data key="ed2">1</data></edge>
            <edge id="e1" source="n1" target="n0"><data key="ed0">parent</data><data key="ed1">weak</data><data key="ed2">1</data></edge>
            <edge id="e2" source="n1" target="n2"><data key="ed0">id</data><data key="ed1">hint</data><data key="ed2">1</data></edge>
          </graph>
        </graphml>
    "#]].assert_eq(&drawing.to_graphml());
}

#[test]
fn a_snapshot() {
    let mut out = Vec::new();
    write_graphml(&kit().snapshot(), &mut out).unwrap();
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
          <key id="nd0" for="node" attr.name="id" attr.type="string"/>
          <key id="nd1" for="node" attr.name="type" attr.type="string"/>
          <key id="nd2" for="node" attr.name="label" attr.type="string"/>
          <key id="nd3" for="node" attr.name="site" attr.type="string"/>
          <key id="nd4" for="node" attr.name="root" attr.type="string"/>
          <key id="nd5" for="node" attr.name="shallow_bytes" attr.type="long"/>
          <key id="nd6" for="node" attr.name="heap_bytes" attr.type="long"/>
          <key id="ed0" for="edge" attr.name="path" attr.type="string"/>
          <key id="ed1" for="edge" attr.name="is_strong" attr.type="boolean"/>
          <key id="ed2" for="edge" attr.name="kind" attr.type="string"/>
          <graph id="objgraph" edgedefault="directed">
            <node id="n0"><data key="nd0">#0</data><data key="nd1">app::Root</data><data key="nd3">src/app.rs:10:5</data><data key="nd5">32</data><data key="nd6">0</data></node>
            <node id="n1"><data key="nd0">#1</data><data key="nd1">app::Leaf&lt;'_&gt;</data><data key="nd2">a &lt; b &amp;&amp; "c"</data><data key="nd3">src/app.rs:11:5</data><data key="nd5">32</data><data key="nd6">0</data></node>
            <edge id="e0" source="n0" target="n1"><data key="ed0">leaves[3]</data><data key="ed1">true</data><data key="ed2">strong</data></edge>
            <edge id="e1" source="n1" target="n0"><data key="ed0">parent</data><data key="ed1">false</data><data key="ed2">weak</data></edge>
          </graph>
        </graphml>
    "#]].assert_eq(&String::from_utf8(out).unwrap());
}

#[test]
fn what_xml_cannot_hold_is_written_out() {
    assert_eq!(
        escape("a\0b\u{1b}\r\n\u{fffe}]]>&amp;<"),
        "a\\u{0}b\\u{1b}\\u{d}\n\\u{fffe}]]&gt;&amp;amp;&lt;"
    );
}
