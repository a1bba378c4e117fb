use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use objgraph_core::{NodeId, ObjectId, PlaceKind, Snapshot};
use proptest::prelude::*;
use serde_json::Value;

use super::{Page, TEMPLATE, is_page, write_comparison_page, write_page};
use crate::analysis::naive::model;
use crate::analysis::testkit::Kit;
use crate::analysis::{Dominator, RetainedSizes, find_leaks};

/// A page, read back.
struct ReadPage {
    tables: HashMap<String, Vec<Value>>,
    columns: HashMap<String, Vec<u64>>,
}

impl ReadPage {
    fn of(snapshot: &Arc<Snapshot>) -> Self {
        let mut page = Vec::new();
        write_page(snapshot, &mut page).unwrap();
        Self::parse(&String::from_utf8(page).unwrap())
    }

    fn parse(page: &str) -> Self {
        let (mut tables, mut columns) = (HashMap::new(), HashMap::new());
        for element in page.split("<script ").skip(1) {
            let (element, _) = element.split_once("</script>").unwrap();
            let (attributes, text) = element.split_once('>').unwrap();
            let attribute = |name: &str| {
                let (_, rest) = attributes.split_once(&format!("data-{name}=\""))?;
                Some(rest.split_once('"')?.0)
            };
            if let Some(name) = attribute("table") {
                tables.insert(name.to_owned(), serde_json::from_str(text).unwrap());
            }
            if let Some(name) = attribute("column") {
                let length = attribute("length").unwrap().parse().unwrap();
                let numbers = match attribute("constant") {
                    Some(constant) => vec![constant.parse().unwrap(); length],
                    None => decoded(attribute("kind").unwrap(), text),
                };
                assert_eq!(numbers.len(), length, "{name}");
                columns.insert(name.to_owned(), numbers);
            }
        }
        Self { tables, columns }
    }

    fn column(&self, name: &str) -> &[u64] {
        &self.columns[name]
    }

    fn summary(&self) -> &Value {
        &self.tables["summary"][0]
    }
}

fn decoded(kind: &str, text: &str) -> Vec<u64> {
    let bytes = STANDARD.decode(text).unwrap();
    let width = match kind {
        "u8" => 1,
        "u16" => 2,
        "u32" => 4,
        "f64" => 8,
        other => panic!("no column is of {other}"),
    };
    let numbers = bytes.chunks_exact(width).map(|bytes| {
        let mut all = [0; 8];
        all[..width].copy_from_slice(bytes);
        match kind {
            "f64" => f64::from_le_bytes(all) as u64,
            _ => u64::from_le_bytes(all),
        }
    });
    numbers.collect()
}

/// A ring of two that leaked, and an object that is held from outside and holds it weakly.
fn leaky() -> Kit {
    let mut kit = Kit::new();
    let one = kit.node("app::Node", 0);
    let two = kit.node("app::Node", 0);
    let held = kit.node("app::Holder", 1);
    kit.edge(one, "next", two);
    kit.element(two, "owners", 3, one);
    kit.weak(held, "watched", one);
    kit
}

#[test]
fn the_page_has_the_graph_and_the_leaks() {
    let page = ReadPage::of(&leaky().snapshot());
    assert_eq!(page.column("edge_start"), [0, 1, 2, 3]);
    assert_eq!(page.column("edge_target"), [1, 0, 0]);
    assert_eq!(page.column("edge_kind"), [0, 0, 1]);
    assert_eq!(page.column("edge_index"), [0, 4, 0]);
    assert_eq!(page.column("kind"), [1, 1, 0]);
    // Numbers that may be unknown are one more.
    assert_eq!(page.column("strong"), [2, 2, 2]);
    let kind = &page.tables["kinds"][0];
    assert_eq!(kind["verdict"], "leaked");
    assert_eq!(kind["title"], "2 objects kept alive by a cycle");
    assert_eq!(kind["rings"][0]["length"], 2);
    let change = kind["fix"]["change"].as_str().unwrap();
    assert!(change.starts_with("make `Node."), "{change}");
    let steps = kind["rings"][0]["steps"].as_array().unwrap();
    let fixed = steps.iter().filter(|step| step[3] == true);
    assert_eq!(fixed.count(), 1, "{steps:?}");
    assert!(page.summary()["comparison"].is_null());
    assert_eq!(page.summary()["leaked"], 2);
}

#[test]
fn a_column_has_the_narrowest_type() {
    let mut kit = Kit::new();
    for (number, heap) in [(0, 1 << 33), (1, 7), (1 << 20, 0)] {
        let node = kit.node("app::Node", 1);
        kit.row(node).id = ObjectId::new(number, 5);
        kit.row(node).heap = heap;
    }
    let mut page = Vec::new();
    write_page(&kit.snapshot(), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains(r#"data-column="heap" data-length="3" data-kind="f64""#));
    assert!(page.contains(r#"data-column="id_low" data-length="3" data-kind="u32""#));
    assert!(page.contains(r#"data-column="id_high" data-length="3" data-constant="5""#));
    let page = ReadPage::parse(&page);
    assert_eq!(page.column("heap"), [1 << 33, 7, 0]);
    assert_eq!(page.column("id_low"), [0, 1, 1 << 20]);
}

const HOSTILE: &str = "</script><script>alert(1)</script><!--\"'\u{202e}\nnext &lt;";

#[test]
fn no_name_ends_an_element() {
    let mut kit = leaky();
    let node = kit.node(&format!("app::{HOSTILE}"), 1);
    kit.label(node, HOSTILE);
    kit.root(node, HOSTILE);
    kit.sites(|site| site.file = HOSTILE.into());
    kit.left_behind(node, HOSTILE);
    kit.place(node, "field", HOSTILE, PlaceKind::Opaque);
    let snapshot = kit.snapshot();
    let mut page = Vec::new();
    write_comparison_page(&leaky().snapshot(), &snapshot, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let of_data = |mark: &str| page.matches(mark).count() - TEMPLATE.matches(mark).count();
    let elements = of_data("data-table=") + of_data("data-column=");
    assert_eq!(of_data("</script>"), elements);
    assert!(!page.contains("alert(1)</script>"));
    let page = ReadPage::parse(&page);
    let label = &page.tables["labels"][0];
    let shown = HOSTILE
        .replace('\u{202e}', "\\u{202e}")
        .replace('\n', "\\n");
    assert_eq!(label[1], shown.as_str());
}

#[test]
fn labels_can_be_left_out() {
    let mut kit = leaky();
    kit.label(NodeId::new(0), "of the snapshot");
    let leaks = find_leaks(&kit.snapshot());
    let read = |page: Page<'_>| {
        let mut out = Vec::new();
        page.write(&mut out).unwrap();
        ReadPage::parse(&String::from_utf8(out).unwrap()).tables["labels"].clone()
    };
    let added = || [(NodeId::new(0), "added".to_owned())];
    assert_eq!(read(Page::of(&leaks))[0][1], "of the snapshot");
    assert_eq!(read(Page::of(&leaks).labels(added())).len(), 1);
    assert_eq!(read(Page::of(&leaks).labels(added()))[0][1], "added");
    assert_eq!(read(Page::of(&leaks).without_labels()).len(), 0);
}

#[test]
fn a_comparison_marks_what_is_new() {
    let mut before = Kit::new();
    before.node("app::Node", 1);
    let mut after = leaky();
    after.row(NodeId::new(2)).id = ObjectId::new(0, 0);
    after.row(NodeId::new(0)).id = ObjectId::new(8, 0);
    let mut page = Vec::new();
    write_comparison_page(&before.snapshot(), &after.snapshot(), &mut page).unwrap();
    let page = ReadPage::parse(&String::from_utf8(page).unwrap());
    assert_eq!(page.column("is_new"), [1, 1, 0]);
    let comparison = &page.summary()["comparison"];
    assert_eq!(comparison["sides"][0]["nodes"], 1);
    assert_eq!(comparison["sides"][1]["leaked"], 2);
    assert_eq!(comparison["kinds"][0][1], 0);
    assert_eq!(comparison["kinds"][0][2], 1);
    let types = comparison["types"].as_array().unwrap();
    let grown = types.iter().find(|row| row[0] == "Node").unwrap();
    assert_eq!((&grown[1], &grown[2]), (&2.into(), &0.into()));
}

#[test]
fn an_empty_snapshot_has_a_page() {
    let page = ReadPage::of(&Arc::new(Snapshot::empty()));
    assert_eq!(page.summary()["nodes"], 0);
    assert!(page.tables["kinds"].is_empty());
}

#[test]
fn the_extension_names_a_page() {
    assert!(is_page("leaks.html".as_ref()) && is_page("LEAKS.HTML".as_ref()));
    assert!(!is_page("html".as_ref()) && !is_page("leaks.svg".as_ref()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_columns_are_those_of_the_snapshot(model in model(12, 30)) {
        let snapshot = model.snapshot();
        let page = ReadPage::of(&snapshot);
        let retained = RetainedSizes::of(&snapshot);
        let leaks = find_leaks(&snapshot);
        for node in snapshot.nodes() {
            let at = node.node_id().index();
            prop_assert_eq!(page.column("type")[at], node.type_index() as u64);
            prop_assert_eq!(page.column("shallow")[at], node.shallow_bytes());
            prop_assert_eq!(page.column("heap")[at], node.heap_bytes());
            prop_assert_eq!(page.column("retained")[at], retained.retained_bytes(node.node_id()));
            let dominator = match retained.dominator(node.node_id()) {
                None => 0,
                Some(Dominator::Object(of)) => of.index() + 1,
                Some(Dominator::Cycle(of)) => snapshot.len() + of + 1,
            };
            prop_assert_eq!(page.column("dominator")[at], dominator as u64);
            let kind = page.column("kind")[at].checked_sub(1);
            let verdict = kind.map(|kind| page.tables["kinds"][kind as usize]["verdict"].clone());
            let is_leaked = leaks.nodes().binary_search(&node.node_id()).is_ok();
            prop_assert_eq!(verdict == Some("leaked".into()), is_leaked);
            let start = page.column("edge_start")[at] as usize;
            for (number, edge) in snapshot.edges(node.node_id()).enumerate() {
                prop_assert_eq!(page.column("edge_target")[start + number], edge.target().index() as u64);
                prop_assert_eq!(page.column("edge_kind")[start + number] == 0, edge.is_strong());
                let path = &page.tables["paths"][edge.path_id().index()];
                let shown = snapshot.parts().paths.show_field(edge.path_id());
                prop_assert_eq!(path[0].as_str(), Some(&*shown));
            }
        }
        prop_assert_eq!(page.column("edge_target").len(), snapshot.edge_count());
    }
}
