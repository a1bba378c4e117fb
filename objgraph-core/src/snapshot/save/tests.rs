//! Files come back as they were, and no file that was changed does any harm.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::*;

use super::blocks::{FORMAT, ROWS};
use super::*;
use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::site::Site;
use crate::snapshot::{
    EdgeRow, Family, FieldName, HandlePlace, HandleRow, LengthRow, NodeId, NodeRow, PathId,
    PathTable, Place, PlaceKind, Segment, SnapshotParts, State,
};
use crate::symbols::ConcreteType;
use crate::type_info::{Field, TypeInfo, Visibility};

/// Numbers from which the columns of a snapshot are made.
#[derive(Debug)]
struct Numbers {
    all: Vec<u64>,
    at: usize,
}

impl Numbers {
    fn next(&mut self) -> u64 {
        self.at += 1;
        // Far fewer numbers than are asked for.
        self.all[self.at % self.all.len()].wrapping_add((self.at / self.all.len()) as u64)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn flag(&mut self) -> bool {
        self.next() % 2 == 1
    }

    fn index(&mut self, of: usize) -> u32 {
        match self.below(of + 1) {
            at if at == of => NodeRow::UNKNOWN,
            at => at as u32,
        }
    }

    fn one<C: codes::Code>(&mut self) -> C {
        C::VALUES[self.below(C::VALUES.len())]
    }

    fn text(&mut self) -> String {
        let texts = [
            "",
            "app::Node",
            "ünï\u{202e}code\n\"</script>",
            "static CACHE",
        ];
        texts[self.below(texts.len())].to_owned()
    }
}

/// Makes a snapshot in which every column has rows.
fn snapshot(numbers: Vec<u64>, nodes: usize) -> Snapshot {
    let mut numbers = Numbers {
        all: numbers,
        at: 0,
    };
    let n = &mut numbers;
    let mut parts = SnapshotParts {
        process: n.next(),
        tags: vec![
            ("host".to_owned(), n.text()),
            ("version".to_owned(), n.text()),
        ],
        enabled: n.flag(),
        epoch: 9,
        epochs: vec![(1, Duration::from_nanos(n.next())), (7, Duration::ZERO)],
        threads: vec!["main".to_owned(), n.text()],
        knows_handles: n.flag(),
        left_out: (0..3).filter(|_| n.flag()).collect(),
        ..SnapshotParts::default()
    };
    names(&mut parts, n);
    let paths = paths(&mut parts.paths, n);
    graph(&mut parts, &paths, nodes, n);
    rest(&mut parts, &paths, nodes, n);
    Snapshot::from_parts(parts)
}

fn names(parts: &mut SnapshotParts, n: &mut Numbers) {
    for number in 0..3 {
        let mut info = TypeInfo::opaque(&format!("app::T{number}<{}>", n.text()), n.below(99));
        info.is_visited = n.flag();
        info.is_derived = n.flag();
        info.implements_drop = n.flag();
        info.needs_drop = n.flag();
        info.declared = n.flag().then(|| site(n));
        let visibility = n.one::<Visibility>();
        info.fields = vec![Field::new("peer", "Option<Rc<T>>", visibility, n.flag())];
        parts.types.push(Arc::new(info));
    }
    parts.families.push(Family {
        path: n.text(),
        module: n.text(),
    });
    parts.sites = vec![site(n), site(n)];
    parts
        .concrete_types
        .add(ConcreteType::new(n.text(), Some(site(n))));
    parts.concrete_types.add(ConcreteType::new(n.text(), None));
    parts.concrete_types.add_known(None);
}

fn site(n: &mut Numbers) -> Site {
    Site {
        file: n.text().into(),
        line: n.next() as u32,
        column: n.next() as u32,
    }
}

fn paths(table: &mut PathTable, n: &mut Numbers) -> Vec<PathId> {
    let mut all = vec![table.start(0), table.start(2)];
    for _ in 0..12 {
        let from = all[n.below(all.len())];
        let name = FieldName::new(["app::T0#3.peer", "list", "0"][n.below(3)]);
        let segment = [
            Segment::Field(name),
            Segment::BackField(name),
            Segment::Element,
            Segment::Entry,
            Segment::Deep,
        ][n.below(5)];
        all.push(table.step(from, segment));
    }
    all
}

fn graph(parts: &mut SnapshotParts, paths: &[PathId], nodes: usize, n: &mut Numbers) {
    parts.edge_starts = vec![0];
    let mut place = 0_u32;
    for _ in 0..nodes {
        place += 1 + n.below(5) as u32 / 4;
        let id = match n.below(9) {
            0 => ObjectId::outside_table(n.next() >> 1),
            1 => ObjectId::NONE,
            _ => ObjectId::new(place, n.below(4) as u32),
        };
        parts.nodes.push(NodeRow {
            id,
            type_index: n.below(3) as u32,
            site: n.index(2),
            thread: n.index(2),
            scope: n.below(3) as u32,
            epoch: n.next() as u32,
            strong: n.index(5),
            weak: n.index(5),
            heap: n.next() >> 40,
            pointer_kind: n.one::<PointerKind>(),
            state: n.one::<State>(),
        });
        for _ in 0..n.below(4) {
            let index = parts.paths.index_of(&vec![7; n.below(4)]);
            parts.edges.push(EdgeRow {
                path: paths[n.below(paths.len())],
                index,
                target: NodeId::new(n.below(nodes)),
                strong: n.flag(),
                words: n.below(3) as u16,
            });
        }
        parts.edge_starts.push(parts.edges.len() as u32);
    }
}

fn rest(parts: &mut SnapshotParts, paths: &[PathId], nodes: usize, n: &mut Numbers) {
    for node in (0..nodes).map(NodeId::new) {
        let path = paths[n.below(paths.len())];
        parts.places.push(Place {
            node,
            path,
            index: n.next() as u32,
            type_index: n.below(3) as u32,
            kind: n.one::<PlaceKind>(),
            concrete: n.index(3),
        });
        parts
            .lengths
            .push(LengthRow::many(node, path, n.next() as u32, n.next() >> 24));
        parts.texts.push(LengthRow::new(node, path, n.next() >> 24));
        parts.labels.push((node, n.text()));
        parts.roots.push((node, n.text()));
        parts.panics.push((node, n.text()));
        if n.flag() {
            parts.left_behind.push(node);
            parts.concrete_nodes.push((node, n.index(3)));
        } else {
            parts.repeated.push(node);
        }
        parts.handles.push(HandleRow {
            object: parts.nodes[node.index()].id,
            target: n.flag().then_some(node),
            type_index: n.below(3) as u32,
            strong: n.flag(),
            site: n.below(2) as u32,
            thread: n.index(2),
            scope: n.below(3) as u32,
            epoch: n.below(9) as u32,
            number: n.next(),
            held: n.flag().then(|| HandlePlace {
                node: NodeId::new(n.below(nodes)),
                path,
                index: n.next() as u32,
            }),
            is_inferred: n.flag(),
        });
    }
    parts.handles.sort_unstable_by_key(HandleRow::key);
    let captured = (0..nodes).map(|node| (NodeId::new(node), n.next() as u32));
    parts.captured = Some(captured.collect());
}

fn saved(snapshot: &Snapshot) -> Vec<u8> {
    let mut file = Vec::new();
    snapshot.write_to(&mut file).unwrap();
    file
}

fn columns(snapshot: &Snapshot) -> String {
    format!("{:#?}", snapshot.parts())
}

/// The header of a file, and its messages without the compression.
fn unpacked(file: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (header, stream) = file.split_at(12);
    let mut messages = Vec::new();
    GzDecoder::new(stream).read_to_end(&mut messages).unwrap();
    (header.to_vec(), messages)
}

/// A file of these messages, with the right checksum.
fn packed(header: &[u8], messages: &[u8]) -> Vec<u8> {
    let mut stream = GzEncoder::new(header.to_vec(), Compression::fast());
    stream.write_all(messages).unwrap();
    stream.finish().unwrap()
}

fn numbers() -> impl Strategy<Value = Vec<u64>> {
    vec(any::<u64>(), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_column_comes_back(numbers in numbers(), nodes in 1_usize..40) {
        let snapshot = snapshot(numbers, nodes);
        let file = saved(&snapshot);
        let loaded = Snapshot::read_from(&file[..]).unwrap();
        prop_assert_eq!(columns(&loaded), columns(&snapshot));
        prop_assert_eq!(saved(&loaded), file);
    }

    /// Law 11, for a hostile file: the checksum is right, but the messages are not.
    #[test]
    fn changed_messages_are_refused_or_fit(
        numbers in numbers(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let (header, mut messages) = unpacked(&saved(&snapshot(numbers, 6)));
        for (at, byte) in changes {
            let at = at.index(messages.len());
            messages[at] = byte;
        }
        if is_cut {
            messages.truncate(cut.index(messages.len()));
        }
        if let Ok(loaded) = Snapshot::read_from(&packed(&header, &messages)[..]) {
            // `from_parts` panics if the columns do not fit each other.
            let again = Snapshot::from_parts(loaded.parts().clone());
            for node in again.nodes() {
                let _ = (node.concrete_type(), node.captured(), again.handles_to(node.node_id()));
                let paths = again.edges(node.node_id()).map(|edge| edge.path());
                let _ = paths.collect::<Vec<_>>();
            }
        }
    }

    /// Some bits of gzip's header, and those between its blocks, mean nothing.
    #[test]
    fn changed_bytes_are_refused_or_change_nothing(
        numbers in numbers(),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let snapshot = snapshot(numbers, 6);
        let mut file = saved(&snapshot);
        let at = at.index(file.len());
        file[at] ^= 1 << bit;
        if let Ok(loaded) = Snapshot::read_from(&file[..]) {
            prop_assert_eq!(columns(&loaded), columns(&snapshot));
        }
    }
}

#[test]
fn a_file_that_is_cut_short_says_so() {
    let file = saved(&snapshot(vec![3, 5, 8], 5));
    for end in 1..file.len() {
        let error = Snapshot::read_from(&file[..end]).unwrap_err();
        assert!(matches!(error, LoadError::CutShort), "{end}: {error:?}");
    }
}

#[test]
fn other_files_are_told_apart() {
    let file = saved(&snapshot(vec![3, 5, 8], 5));
    let load = |file: &[u8]| Snapshot::read_from(file).unwrap_err().to_string();
    assert_eq!(load(b""), "this is not a snapshot that objgraph saved");
    assert_eq!(
        load(b"<svg/>"),
        "this is not a snapshot that objgraph saved"
    );
    let mut newer = file.clone();
    newer[8] = FORMAT as u8 + 1;
    assert_eq!(
        load(&newer),
        "a newer version of objgraph saved this snapshot: its format is 3, and this version reads \
         formats up to 2; update objgraph"
    );
    let longer = [&file[..], b"x"].concat();
    assert_eq!(
        load(&longer),
        "the snapshot is damaged: something follows its end"
    );
    let missing = Snapshot::load("no such folder/app.objgraph").unwrap_err();
    assert!(matches!(missing, LoadError::Io(_)), "{missing:?}");
}

/// A snapshot of format 1 ends before the types that were left out.
#[test]
fn the_first_format_is_read() {
    let whole = snapshot(vec![3, 5, 8], 5);
    let mut parts = whole.parts().clone();
    parts.left_out.clear();
    let whole = Snapshot::from_parts(parts);
    let (mut header, mut messages) = unpacked(&saved(&whole));
    // The length of the last message, and an empty array.
    assert_eq!(messages.split_off(messages.len() - 5), [1, 0, 0, 0, 0x80]);
    header[8] = 1;
    let loaded = Snapshot::read_from(&packed(&header, &messages)[..]).unwrap();
    assert_eq!(columns(&loaded), columns(&whole));
}

#[test]
fn tables_longer_than_a_message_come_back() {
    let snapshot = snapshot(vec![1, 2, 3, 5, 8, 13, 21], 2 * ROWS + 1);
    let loaded = Snapshot::read_from(&saved(&snapshot)[..]).unwrap();
    assert_eq!(loaded.len(), 2 * ROWS + 1);
    assert!(columns(&loaded) == columns(&snapshot));
}

#[test]
fn an_empty_snapshot_comes_back() {
    let loaded = Snapshot::read_from(&saved(&Snapshot::empty())[..]).unwrap();
    assert!(loaded.is_empty());
}

/// Many steps that follow one line take no search for the last of them.
#[test]
fn a_path_with_a_million_continuations_is_read_at_once() {
    let mut lines = vec![(None, Segment::Type(0))];
    lines.resize(1 << 20, (Some(0), Segment::Element));
    assert_eq!(
        PathTable::from_lines(lines, Vec::new()).unwrap().len(),
        1 << 20
    );
}
