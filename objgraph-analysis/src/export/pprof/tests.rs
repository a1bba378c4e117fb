use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::Arc;

use flate2::read::GzDecoder;
use objgraph_core::{ConcreteType, NodeId, Snapshot};
use proptest::prelude::*;
use prost::Message as _;

use super::profile::Profile;
use super::{pprof, pprof_by_chain};
use crate::analysis::naive::{Model, model};
use crate::analysis::testkit::Kit;
use crate::analysis::{bytes_of, find_leaks};

/// A sample as text: its frames, the leaf first, its labels, and its values.
type Row = (Vec<String>, Vec<String>, Vec<i64>);

fn read(gzipped: &[u8]) -> Profile {
    let mut bytes = Vec::new();
    GzDecoder::new(gzipped).read_to_end(&mut bytes).unwrap();
    Profile::decode(&bytes[..]).unwrap()
}

/// Returns the samples, after a check of what readers rely on.
fn rows(gzipped: &[u8]) -> Vec<Row> {
    let profile = read(gzipped);
    let text = |number: i64| profile.string_table[number as usize].clone();
    assert_eq!(profile.string_table[0], "");
    let distinct: BTreeSet<&String> = profile.string_table.iter().collect();
    assert_eq!(distinct.len(), profile.string_table.len());
    let types = profile.sample_type.iter();
    let types: Vec<String> = types
        .map(|value| format!("{}/{}", text(value.r#type), text(value.unit)))
        .collect();
    assert_eq!(
        types,
        [
            "inuse_objects/count",
            "inuse_space/bytes",
            "leaked_objects/count",
            "leaked_space/bytes"
        ]
    );
    assert_eq!(text(profile.default_sample_type), "inuse_space");
    let function = |id: u64| {
        let mut functions = profile.function.iter();
        *functions.find(|function| function.id == id).unwrap()
    };
    let frame = |id: u64| {
        let mut locations = profile.location.iter();
        let location = locations.find(|location| location.id == id).unwrap();
        assert!(id > 0 && location.line.len() == 1);
        text(function(location.line[0].function_id).name)
    };
    let rows = profile.sample.iter().map(|sample| {
        let labels = sample.label.iter().map(|label| match label.str {
            0 => format!("{}: {}", text(label.key), label.num),
            value => format!("{}: {}", text(label.key), text(value)),
        });
        let frames = sample.location_id.iter().map(|&id| frame(id));
        (frames.collect(), labels.collect(), sample.value.clone())
    });
    rows.collect()
}

/// A list that a root holds, a leak that holds data, and an object on the stack.
fn heap() -> Kit {
    let mut kit = Kit::new();
    let cache = kit.root_value("app::Cache", "static CACHE");
    let list: Vec<NodeId> = (0..5).map(|_| kit.node("app::Node", 0)).collect();
    kit.edge(cache, "first", list[0]);
    for pair in list.windows(2) {
        kit.edge(pair[0], "next", pair[1]);
    }
    let one = kit.node("app::Peer", 0);
    let two = kit.node("app::Peer", 0);
    kit.edge(one, "peer", two);
    kit.edge(two, "peer", one);
    let data = kit.node("alloc::vec::Vec<u8>", 0);
    kit.row(data).heap = 1000;
    kit.edge(two, "data", data);
    kit.node("app::Node", 2);
    kit
}

#[test]
fn sites_call_types() {
    let mut kit = heap();
    kit.epochs(&[]);
    let other = kit.node("app::Node", 1);
    kit.row(other).thread = 0;
    kit.row(other).scope = 7;
    kit.row(other).site = objgraph_core::NodeRow::UNKNOWN;
    let labels = |name: &str| vec![format!("type: {name}")];
    let frames = |name: &str, site: &str| vec![name.to_owned(), site.to_owned()];
    assert_eq!(
        rows(&pprof(&kit.snapshot())),
        [
            (
                frames("app::Cache", "src/app.rs:10:5"),
                labels("app::Cache"),
                vec![1, 0, 0, 0]
            ),
            (
                frames("app::Node", "src/app.rs:11:5"),
                labels("app::Node"),
                vec![6, 192, 0, 0]
            ),
            (
                frames("app::Node", "(no creation site)"),
                ["type: app::Node", "thread: main", "scope: 7"]
                    .map(str::to_owned)
                    .to_vec(),
                vec![1, 32, 0, 0]
            ),
            (
                frames("app::Peer", "src/app.rs:12:5"),
                labels("app::Peer"),
                vec![2, 64, 2, 64]
            ),
            (
                frames("Vec<u8>", "src/app.rs:13:5"),
                labels("Vec<u8>"),
                vec![1, 1032, 1, 1032]
            ),
        ]
    );
}

/// A list is one frame, whatever its length, and a leak is called from its kind.
#[test]
fn chains_call_types() {
    let snapshot = heap().snapshot();
    let leaks = find_leaks(&snapshot);
    let kind = format!(
        "{}: make Peer.peer Weak",
        leaks.kinds().all()[0].fingerprint
    );
    let rows = rows(&pprof_by_chain(&snapshot));
    let stacks: Vec<(String, Vec<i64>)> = rows
        .into_iter()
        .map(|(frames, _, values)| (frames.join(" < "), values))
        .collect();
    let leaked = format!("{kind} < (leaked)");
    let expected = [
        (
            "app::Cache < static CACHE < (roots) < (GC roots)",
            [1, 0, 0, 0],
        ),
        (
            "app::Node < (external references) < (GC roots)",
            [1, 32, 0, 0],
        ),
        (
            "app::Node < app::Cache.first < static CACHE < (roots) < (GC roots)",
            [1, 32, 0, 0],
        ),
        (
            "app::Node < app::Node.next < app::Cache.first < static CACHE < (roots) < (GC roots)",
            [4, 128, 0, 0],
        ),
        (&*format!("app::Peer < {leaked}"), [2, 64, 2, 64]),
        (
            &*format!("Vec<u8> < app::Peer.data < {leaked}"),
            [1, 1032, 1, 1032],
        ),
    ];
    let mut expected = expected.map(|(stack, values)| (stack.to_owned(), values.to_vec()));
    let mut stacks = stacks;
    stacks.sort();
    expected.sort();
    assert_eq!(stacks, expected);
}

/// Law 9: a chain of fields that differ is cut, and one of equal fields is folded.
#[test]
fn depth_is_not_a_limit() {
    const FIELDS: [&str; 100] = {
        let mut fields = ["f"; 100];
        let mut at = 0;
        while at < 100 {
            fields[at] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                .split_at(at + 1)
                .0;
            at += 1;
        }
        fields
    };
    let mut kit = Kit::new();
    let first = kit.node("app::Node", 1);
    let last = (0..100_000).fold(first, |last, at| {
        let next = kit.node("app::Node", 0);
        kit.edge(last, FIELDS[at % 100], next);
        next
    });
    let data = kit.node("app::Data", 0);
    kit.edge(last, "data", data);
    let rows = rows(&pprof_by_chain(&kit.snapshot()));
    let longest = rows.iter().map(|row| row.0.len()).max();
    assert_eq!(longest, Some(65));
    let objects: i64 = rows.iter().map(|row| row.2[0]).sum();
    assert_eq!(objects, 100_002);
}

/// Law 10: no time, no name of a file.
#[test]
fn equal_snapshots_give_equal_bytes() {
    let profile = pprof(&heap().snapshot());
    assert_eq!(profile, pprof(&heap().snapshot()));
    // The time in the head of gzip, and its flags.
    assert_eq!(profile[3..8], [0; 5]);
}

#[test]
fn an_empty_snapshot_has_no_samples() {
    for profile in [pprof, pprof_by_chain] {
        assert!(rows(&profile(&Arc::new(Snapshot::empty()))).is_empty());
    }
}

/// Values behind `dyn` are divided by their concrete types.
#[test]
fn concrete_types_are_types() {
    let mut kit = Kit::new();
    for name in ["app::open::{{closure}}", "app::close::{{closure}}"] {
        for _ in 0..2 {
            let node = kit.node("dyn core::ops::function::Fn()", 1);
            kit.concrete_node(node, ConcreteType::new(name.to_owned(), None));
        }
    }
    let rows = rows(&pprof(&kit.snapshot()));
    let types: Vec<(&str, i64)> = rows.iter().map(|row| (&*row.0[0], row.2[0])).collect();
    assert_eq!(
        types,
        [
            ("app::open::{{closure}}", 2),
            ("app::close::{{closure}}", 2)
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Both profiles divide the same objects, and their totals are those of each type.
    #[test]
    fn totals_are_those_of_the_snapshot(model in model(12, 30)) {
        let snapshot = Model::snapshot(&model);
        let leaks = find_leaks(&snapshot);
        let mut expected: BTreeMap<String, [i64; 4]> = BTreeMap::new();
        for node in snapshot.nodes() {
            let bytes = bytes_of(&snapshot, node.node_id()) as i64;
            let leaked = i64::from(leaks.nodes().binary_search(&node.node_id()).is_ok());
            let values = expected.entry(node.type_info().name.clone()).or_default();
            for (value, more) in values.iter_mut().zip([1, bytes, leaked, leaked * bytes]) {
                *value += more;
            }
        }
        for profile in [pprof, pprof_by_chain] {
            let mut found: BTreeMap<String, [i64; 4]> = BTreeMap::new();
            for (frames, _, sample) in rows(&profile(&snapshot)) {
                let is_leaked = frames.last().is_some_and(|root| root == "(leaked)");
                let is_chain = frames.len() != 2 || !frames[1].starts_with("src/");
                prop_assert!(!is_chain || (is_leaked == (sample[2] > 0)), "{frames:?}");
                let values = found.entry(frames[0].clone()).or_default();
                for (value, more) in values.iter_mut().zip(sample) {
                    *value += more;
                }
            }
            prop_assert_eq!(&found, &expected);
        }
    }
}
