mod reader;

use std::collections::BTreeSet;
use std::io;

use expect_test::expect;
use objgraph_core::{ConcreteType, NodeId, ObjectId, PointerKind, State};
use proptest::prelude::*;

use self::reader::{Reader, Value};
use super::{ids, write_heapsnapshot, write_heapsnapshot_with};
use crate::analysis::naive::{Model, model};
use crate::analysis::testkit::Kit;
use crate::analysis::{Dominator, RetainedSizes, find_leaks};

fn text_of(kit: Kit) -> String {
    let mut out = Vec::new();
    write_heapsnapshot(&kit.snapshot(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read(kit: Kit) -> Reader {
    Reader::of(&text_of(kit))
}

/// Law 10: the whole file, with a leak that holds data, and a root.
#[test]
fn the_file_is_as_its_readers_want_it() {
    let mut kit = Kit::new();
    let cache = kit.root_value("app::Cache", "static CACHE");
    let one = kit.node("app::Node", 0);
    let two = kit.node("app::Node", 0);
    let data = kit.node("alloc::vec::Vec<u8>", 0);
    let kept = kit.node("app::Node", 1);
    kit.row(data).heap = 1000;
    kit.edge(one, "next", two);
    kit.edge(two, "next", one);
    kit.element(two, "data", 3, data);
    kit.edge(cache, "node", kept);
    kit.weak(kept, "parent", one);
    let text = text_of(kit);
    let after_meta = &text[text.find("\"node_count\"").unwrap()..];
    expect![[r#"
        "node_count":12,"edge_count":15,"trace_function_count":4},
        "nodes":[9,0,1,0,2,0,0,
        9,1,3,0,2,0,0,
        9,2,9,0,1,0,0,
        9,3,11,0,1,0,0,
        9,4,5,0,1,0,0,
        9,5,3771248746,0,1,0,0,
        9,6,536870914,0,2,0,0,
        3,7,4037048675,0,1,2,0,
        3,8,536870915,32,1,3,0,
        3,8,536870917,32,2,3,0,
        3,9,536870919,1032,0,4,0,
        3,8,536870921,32,1,3,0],
        "edges":[1,1,7,
        1,2,28,
        1,1,14,
        1,2,21,
        2,10,49,
        1,1,77,
        1,1,35,
        1,1,42,
        1,1,56,
        1,2,63,
        2,11,77,
        2,12,63,
        2,12,56,
        2,14,70,
        6,15,56],
        "trace_function_infos":[0,16,0,0,0,0,
        1,7,17,1,10,5,
        2,8,17,1,11,5,
        3,9,17,1,12,5],
        "trace_tree":[1,0,0,0,[2,1,1,0,[],
        3,2,3,96,[],
        4,3,1,1032,[]]],
        "samples":[],
        "locations":[],
        "strings":["",
        "(GC roots)",
        "(roots)",
        "(external references)",
        "(leaked)",
        "leak-7e7b59e93b51aeac: make Node.next Weak",
        "cycle of 2 objects",
        "app::Cache",
        "app::Node",
        "Vec\u003cu8\u003e",
        "static CACHE",
        "node",
        "next",
        "data[_]",
        "data[3]",
        "parent",
        "(root)",
        "src/app.rs"]}
    "#]]
    .assert_eq(after_meta);
}

#[test]
fn an_empty_snapshot_has_no_objects() {
    let file = read(Kit::new());
    let names: Vec<&str> = file.nodes.iter().map(|node| &*node.name).collect();
    assert_eq!(names, ["", "(GC roots)"]);
}

/// Roots, and the reasons why others are alive, are below `(GC roots)`; leaks are beside it.
#[test]
fn categories_say_why_objects_are_alive() {
    let mut kit = Kit::new();
    let root = kit.root_value("app::Root", "static ROOT");
    let external = kit.node("app::External", 2);
    let in_place = kit.node("app::InPlace", 0);
    kit.row(in_place).pointer_kind = PointerKind::Instance;
    let over_reported = kit.node("app::OverReported", 1);
    kit.repeated(over_reported);
    let unknown = kit.node("app::Unknown", 1);
    kit.row(unknown).state = State::InFlight;
    let leaked = kit.node("app::Leaked", 0);
    kit.edge(leaked, "this", leaked);
    let owned = kit.node("app::Owned", 0);
    kit.edge(external, "owned", owned);
    let file = read(kit);
    let above = |node: NodeId| {
        let object = file.object(node);
        let edges = file.edges.iter().filter(|edge| edge.to == object);
        let holders = edges.map(|edge| &*file.nodes[edge.from].name);
        holders.collect::<Vec<&str>>().join(", ")
    };
    assert_eq!(above(root), "(roots)");
    assert_eq!(above(external), "(external references)");
    assert_eq!(above(in_place), "(values in place)");
    assert_eq!(
        above(over_reported),
        "(references reported more often than they exist)"
    );
    assert_eq!(above(unknown), "(references not counted)");
    assert_eq!(above(leaked), "object that holds itself, app::Leaked");
    assert_eq!(above(owned), "app::External");
    let below_root: Vec<&str> = file
        .edges
        .iter()
        .filter(|edge| edge.from == 0)
        .map(|edge| &*file.nodes[edge.to].name)
        .collect();
    assert_eq!(below_root, ["(GC roots)", "(leaked)"]);
}

/// Law 5: what a further look did not confirm is not below `(leaked)`.
#[test]
fn an_unconfirmed_leak_is_not_called_leaked() {
    let mut kit = Kit::new();
    let node = kit.node("app::Node", 0);
    kit.edge(node, "this", node);
    let leaks = find_leaks(&kit.snapshot());
    let mut kit = Kit::new();
    kit.node("app::Node", 1);
    let leaks = leaks.confirmed_by(&find_leaks(&kit.snapshot()));
    let mut out = Vec::new();
    write_heapsnapshot_with(&leaks, &mut out).unwrap();
    let file = Reader::of(&String::from_utf8(out).unwrap());
    let names: Vec<&str> = file.nodes.iter().map(|node| &*node.name).collect();
    assert!(names.contains(&"(moved while the snapshot was taken)"));
    assert!(!names.contains(&"(leaked)"), "{names:?}");
}

/// Evidence is not proof: likely leaked objects have a node of their own.
#[test]
fn likely_leaks_are_apart() {
    let mut kit = Kit::new();
    let node = kit.node("app::Window", 1);
    kit.inferred(node, "on_close", node, 1);
    let file = read(kit);
    let names: Vec<&str> = file.nodes.iter().map(|node| &*node.name).collect();
    assert!(names.contains(&"(likely leaked)"), "{names:?}");
    let edge = file.edges.iter().find(|edge| edge.from == edge.to).unwrap();
    assert_eq!((edge.kind, &*edge.name), (5, "(inferred) on_close"));
}

/// Readers give a meaning to these names, which they have in JavaScript.
#[test]
fn names_of_javascript_are_told_apart() {
    let mut kit = Kit::new();
    let names = [
        "Object",
        "Array",
        "<app::A as app::B>::run::{{closure}}",
        "Objects",
    ];
    for name in names {
        kit.node(name, 1);
    }
    let file = read(kit);
    let read: Vec<&str> = file.objects().map(|node| &*node.name).collect();
    assert_eq!(
        read,
        [
            "type Object",
            "type Array",
            "type <app::A as app::B>::run::{{closure}}",
            "Objects"
        ]
    );
}

/// A value behind `dyn` has the name of its concrete type.
#[test]
fn concrete_types_name_objects() {
    let mut kit = Kit::new();
    let node = kit.node("dyn core::ops::function::Fn()", 1);
    kit.concrete_node(
        node,
        ConcreteType::new("app::main::{{closure}}".to_owned(), None),
    );
    let file = read(kit);
    assert_eq!(file.nodes[file.object(node)].name, "app::main::{{closure}}");
}

/// Sizes have 32 bits; the rest is below the object.
#[test]
fn a_size_of_more_than_32_bits_is_divided() {
    let mut kit = Kit::new();
    let large = kit.node("app::Large", 1);
    let owned = kit.node("app::Owned", 0);
    kit.edge(large, "owned", owned);
    kit.row(large).heap = 10 << 30;
    let snapshot = kit.snapshot();
    let mut out = Vec::new();
    write_heapsnapshot(&snapshot, &mut out).unwrap();
    let file = Reader::of(&String::from_utf8(out).unwrap());
    let sizes: u64 = file.nodes.iter().map(|node| node.size).sum();
    assert_eq!(sizes, RetainedSizes::of(&snapshot).total_bytes());
    let below = file.edges.iter().filter(|edge| edge.name == "more bytes");
    let below: Vec<(usize, usize)> = below.map(|edge| (edge.from, edge.to)).collect();
    let (large, last) = (file.object(large), file.nodes.len());
    assert_eq!(below, [(large, last - 2), (large, last - 1)]);
}

/// Strings do not grow with the length of a vector.
#[test]
fn the_number_of_names_is_bounded() {
    let mut kit = Kit::new();
    let many = kit.node("app::Many", 1);
    let item = kit.node("app::Item", 0);
    for at in 0..70_000 {
        kit.element(many, "items", at, item);
    }
    let file = read(kit);
    assert!(file.strings.len() < 65_600);
    let names = file
        .edges
        .iter()
        .filter(|edge| edge.from == file.object(many));
    let names: Vec<&str> = names.map(|edge| &*edge.name).collect();
    assert_eq!((names[0], names[69_999]), ("items[0]", "items[_]"));
}

/// The ids of one process are compared from file to file: a place that is used again has another id.
#[test]
fn ids_are_stable_and_differ() {
    assert_eq!(ids::object(ObjectId::new(3, 2)), 0x2000_4007);
    let places = [
        0, 1, 0xfff, 0x1000, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, 0xfff_ffff,
    ];
    let of_places = places
        .iter()
        .map(|&place| ids::object(ObjectId::new(place, 0)));
    let reused = places[..7]
        .iter()
        .map(|&place| ids::object(ObjectId::new(place, 1)));
    let outside = (0..3).map(|number| ids::object(ObjectId::outside_table(number)));
    let own = (0..100).map(ids::own);
    let all: Vec<u32> = of_places.chain(reused).chain(outside).chain(own).collect();
    assert!(all.iter().all(|id| id % 2 == 1));
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

/// Roots have no id in the table, and keep that of their name; two of one name still differ.
#[test]
fn roots_keep_their_ids() {
    let of = |first: &[&str]| {
        let mut kit = Kit::new();
        for name in first {
            kit.root_value("app::Root", name);
        }
        let file = read(kit);
        file.objects().map(|node| node.id).collect::<Vec<u64>>()
    };
    let (one, two) = (of(&["a", "b", "b"]), of(&["b"]));
    assert_eq!(one[1], two[0]);
    assert_eq!(one.iter().collect::<BTreeSet<_>>().len(), 3);
}

/// Law 11: the error of the writer is returned, wherever it fails.
#[test]
fn errors_of_the_writer_are_returned() {
    struct Full(usize);
    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            match taken {
                0 if !bytes.is_empty() => Err(io::ErrorKind::StorageFull.into()),
                _ => Ok(taken),
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let kit = || {
        let mut kit = Kit::new();
        kit.node("app::Node", 1);
        kit
    };
    let whole = text_of(kit()).len();
    for room in (0..whole).step_by(7) {
        let error = write_heapsnapshot(&kit().snapshot(), &mut Full(room)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
    assert!(write_heapsnapshot(&kit().snapshot(), &mut Full(whole)).is_ok());
}

/// Returns a name with what a file, a page or a terminal could take for its own.
fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just("\"nodes\":[".to_owned()),
            Just("</script>".to_owned()),
            Just("\\".to_owned()),
            Just("]}".to_owned()),
            Just("\u{202e}\0\n\t".to_owned()),
            Just("😀".to_owned()),
            any::<String>(),
        ],
        0..5,
    )
    .prop_map(|parts| parts.concat())
}

fn kit_of(model: &Model, names: &[String], root: &str) -> Kit {
    let mut kit = model.kit(|_| 0);
    for (node, name) in names.iter().enumerate().take(model.nodes.len()) {
        let type_index = kit.type_index(&format!("app::{name}"));
        kit.row(NodeId::new(node)).type_index = type_index;
    }
    kit.root_value("app::Root", root);
    kit
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The reader checks the form: counts, alignment, 32 bits, distinct ids. Everything can be
    /// reached without weak edges, and the nodes and edges are those of the snapshot.
    #[test]
    fn the_graph_is_that_of_the_snapshot(
        model in model(12, 30),
        names in prop::collection::vec(hostile(), 3),
        root in hostile(),
    ) {
        let snapshot = kit_of(&model, &names, &root).snapshot();
        let mut out = Vec::new();
        write_heapsnapshot(&snapshot, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for c in text.chars() {
            prop_assert!(c == '\n' || !crate::words::is_unprintable(c), "{c:?}");
        }
        prop_assert!(!text.contains("</script>"));
        let file = Reader::of(&text);
        prop_assert_eq!(file.objects().count(), snapshot.len());
        prop_assert_eq!(file.reachable(None).len(), file.nodes.len());
        let first = file.object(NodeId::new(0));
        let mut expected: Vec<(usize, usize, String, u64)> = Vec::new();
        for node in snapshot.nodes() {
            let object = &file.nodes[file.object(node.node_id())];
            prop_assert_eq!(object.size, node.shallow_bytes() + node.heap_bytes());
            for edge in snapshot.edges(node.node_id()) {
                let kind = if edge.is_strong() { 2 } else { 6 };
                expected.push((edge.source().index(), edge.target().index(), edge.path(), kind));
            }
        }
        let edges = file.edges.iter().filter(|edge| edge.from >= first);
        let found: Vec<_> = edges
            .map(|edge| (edge.from - first, edge.to - first, edge.name.clone(), edge.kind))
            .collect();
        prop_assert_eq!(found, expected);
    }

    /// By definition, an object retains what cannot be reached without it.
    #[test]
    fn retained_sizes_are_ours(model in model(9, 20)) {
        let snapshot = model.snapshot();
        let retained = RetainedSizes::of(&snapshot);
        let mut out = Vec::new();
        write_heapsnapshot(&snapshot, &mut out).unwrap();
        let file = Reader::of(&String::from_utf8(out).unwrap());
        let all = file.reachable(None);
        let without = |node: usize| {
            let rest = file.reachable(Some(node));
            all.difference(&rest).map(|&node| file.nodes[node].size).sum::<u64>()
        };
        for node in snapshot.nodes() {
            let id = node.node_id();
            prop_assert_eq!(without(file.object(id)), retained.retained_bytes(id));
        }
        for (cycle, members) in retained.cycles().iter().enumerate() {
            let id = file.nodes[file.object(members[0])].id - 1;
            let node = file.nodes.iter().position(|node| node.id == id).unwrap();
            prop_assert_eq!(without(node), retained.retained_by(Dominator::Cycle(cycle)).0);
        }
    }

    /// Each site has what was created there.
    #[test]
    fn sites_are_allocation_stacks(model in model(12, 10)) {
        let snapshot = model.snapshot();
        let mut out = Vec::new();
        write_heapsnapshot(&snapshot, &mut out).unwrap();
        let file = Reader::of(&String::from_utf8(out).unwrap());
        let [Value::Number(1), Value::Number(0), _, _, Value::List(frames)] = &file.tree[..] else {
            panic!("the tree has a root: {:?}", file.tree);
        };
        for frame in frames.chunks(5) {
            let [Value::Number(id), Value::Number(function), count, size, Value::List(_)] = frame else {
                panic!("five fields: {frame:?}");
            };
            let function = &file.functions[*function as usize];
            let here = file.objects().filter(|node| node.trace == *id);
            let sizes: Vec<u64> = here
                .map(|node| {
                    assert_eq!(file.strings[function[1] as usize], node.name);
                    node.size
                })
                .collect();
            prop_assert_eq!(count, &Value::Number(sizes.len() as u64));
            prop_assert_eq!(size, &Value::Number(sizes.iter().sum()));
        }
        for node in snapshot.nodes() {
            let object = &file.nodes[file.object(node.node_id())];
            let function = &file.functions[object.trace as usize - 1];
            let site = node.site().unwrap();
            let place = format!("{}:{}:{}", file.strings[function[2] as usize], function[4], function[5]);
            prop_assert_eq!(place, site.to_string());
        }
    }
}
