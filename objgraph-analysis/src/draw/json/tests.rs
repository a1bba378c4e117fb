use expect_test::expect;
use objgraph_core::{PlaceKind, Snapshot};
use proptest::prelude::*;
use serde_json::Value;

use super::write_json;
use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, Neighbourhood, PictureOptions};
use crate::draw::{Drawing, DrawingOptions};
use crate::words::json::Json;

/// Every kind of character that some format takes for its own.
const NASTY: &str = "-\"quoted\" 'it' \\ back\n\r\t\0\u{1b}[31m</script><!-- &amp; ]]> \u{202e}\u{2028}\u{feff}é漢😀";

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn kit() -> Kit {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 2);
    let leaf = kit.node("app::Leaf", 0);
    kit.root(root, "static \"ROOT\"");
    kit.label(leaf, NASTY);
    kit.element(root, "leaves", 3, leaf);
    kit.weak(leaf, "^parent", root);
    kit.place(leaf, "id", "uuid::Uuid", PlaceKind::Opaque);
    kit.concrete("app::main::{{closure}}", 7);
    kit.inferred(leaf, "id", leaf, 2);
    kit.row(leaf).heap = 1 << 60;
    kit
}

fn drawing() -> Drawing {
    let snapshot = kit().snapshot();
    let root = snapshot.nodes().next().unwrap().node_id();
    let options = PictureOptions::default();
    let picture = Neighbourhood::around(&snapshot, &[root], Direction::Refs, &options).unwrap();
    let options = DrawingOptions {
        legend: true,
        node_attrs: Some(&|_| vec![("tooltip".to_owned(), NASTY.to_owned())]),
        ..DrawingOptions::default()
    };
    Drawing::new(&snapshot, &picture, &options)
}

#[test]
fn a_drawing_is_what_it_was() {
    let drawing = drawing();
    let json = drawing.to_json();
    let value = read(&json);
    assert_eq!(value["schema"], "objgraph-drawing");
    assert_eq!(value["version"], 1);
    assert_eq!(
        value["nodes"].as_array().unwrap().len(),
        drawing.nodes.len()
    );
    for (node, read) in drawing.nodes.iter().zip(value["nodes"].as_array().unwrap()) {
        assert_eq!(read["label"], node.label);
        assert_eq!(read["brightness"].as_f64().unwrap(), node.brightness);
    }
    assert_eq!(value["nodes"][0]["attributes"][0][1], NASTY);
    for (edge, read) in drawing.edges.iter().zip(value["edges"].as_array().unwrap()) {
        assert_eq!(read["label"], edge.label);
        assert_eq!(read["from"], edge.from);
    }
    assert!(!json.contains("</script>") && !json.contains('\u{202e}') && !json.contains('\n'));
}

#[test]
fn a_snapshot_is_what_it_was() {
    let mut out = Vec::new();
    let mut simple = Kit::new();
    let (a, b) = (simple.node("app::A", 1), simple.node("app::B", 0));
    simple.edge(a, "b", b);
    simple.label(b, "a \"b\"");
    write_json(&simple.snapshot(), &mut out).unwrap();
    expect![[r##"
        {"schema":"objgraph-snapshot","version":1,"enabled":true,"epoch":0,
        "types":[
        {"name":"app::A","short_name":"A","size":16,"is_visited":true,"is_derived":false,"implements_drop":false,"declared":null,"fields":[]},
        {"name":"app::B","short_name":"B","size":16,"is_visited":true,"is_derived":false,"implements_drop":false,"declared":null,"fields":[]}],
        "sites":[
        "src/app.rs:10:5",
        "src/app.rs:11:5"],
        "threads":[],
        "nodes":[
        {"id":"#0","type":0,"site":0,"thread":null,"epoch":0,"strong":1,"weak":0,"pointer":"rc","state":"visited","shallow_bytes":32,"heap_bytes":0},
        {"id":"#1","type":1,"site":1,"thread":null,"epoch":0,"strong":1,"weak":0,"pointer":"rc","state":"visited","shallow_bytes":32,"heap_bytes":0,"label":"a \"b\""}],
        "edges":[
        {"from":0,"to":1,"path":"b","is_strong":true,"kind":"strong","is_back":false}],
        "places":[],
        "left_out":[],
        "lengths":[],
        "panics":[]}
    "##]].assert_eq(&String::from_utf8(out).unwrap());

    let mut out = Vec::new();
    write_json(&kit().snapshot(), &mut out).unwrap();
    let value = read(&String::from_utf8(out).unwrap());
    assert_eq!(value["nodes"][1]["label"], NASTY);
    assert_eq!(value["nodes"][1]["heap_bytes"], 1u64 << 60);
    assert_eq!(value["nodes"][0]["root"], "static \"ROOT\"");
    assert_eq!(value["edges"][0]["path"], "leaves[3]");
    let inferred = &value["edges"][2];
    assert_eq!(
        (&inferred["kind"], &inferred["words"]),
        (&"inferred".into(), &2.into())
    );
    assert_eq!(inferred["is_strong"], false);
    assert_eq!(value["edges"][1]["is_back"], true);
    assert_eq!(value["places"][0]["why"], "opaque");
    let concrete = &value["places"][0]["concrete_type"];
    assert_eq!(concrete["name"], "app::main::{{closure}}");
    assert_eq!(concrete["site"], "src/app.rs:7");
    let mut out = Vec::new();
    write_json(&Snapshot::empty(), &mut out).unwrap();
    assert_eq!(read(&String::from_utf8(out).unwrap())["enabled"], false);
}

#[cfg(feature = "serde")]
#[test]
fn serde_writes_the_same() {
    let drawing = drawing();
    let value = serde_json::to_value(&drawing).unwrap();
    assert_eq!(value, read(&drawing.to_json()));
    assert_eq!(
        serde_json::to_value(&drawing.nodes).unwrap(),
        value["nodes"]
    );
    assert_eq!(
        serde_json::to_value(&drawing.edges).unwrap(),
        value["edges"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_is_read_back(text in prop::collection::vec(any::<char>(), 0..40)) {
        let text: String = text.into_iter().collect();
        prop_assert_eq!(read(&Json::text(&*text).to_string()), Value::from(text));
    }
}
