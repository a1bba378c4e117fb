//! The bytes that objects own on the heap, and the lengths of their collections.

#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::path::PathBuf;
use std::rc::Rc as StdRc;
use std::sync::{Mutex, RwLock};

use objgraph::core::{SnapshotOptions, snapshot_with};
use objgraph::rc::Rc;
use objgraph::{Instance, Snapshot, Tracked, alive::HasId};
use proptest::prelude::*;

#[derive(Tracked)]
struct Holder<T: 'static>(T);

/// Registers the object that holds a value of the type, since no type without parameters names it.
fn known<T: Tracked + 'static>() {
    objgraph::register::<T>();
    objgraph::register::<Holder<T>>();
}

/// The bytes of an object, and its lengths: path, number of collections, items.
type Sizes = (u64, Vec<(String, u32, u64)>);

fn sizes_in(snapshot: &Snapshot, object: &impl HasId) -> Sizes {
    let node = snapshot
        .find(objgraph::id(object))
        .expect("the object is alive");
    let paths = &snapshot.parts().paths;
    let lengths = snapshot.lengths_of(node).iter();
    let lengths = lengths.map(|row| (paths.show_field(row.path), row.count, row.len()));
    (snapshot.node(node).heap_bytes(), lengths.collect())
}

/// Returns the sizes of an object that holds `value`.
fn sizes<T: Tracked + 'static>(value: T) -> Sizes {
    known::<T>();
    let held = Rc::new(Holder(value));
    sizes_in(&objgraph::snapshot(), &held)
}

/// Returns the length of one collection with this number of items, in the value of the object.
fn one(len: u64) -> Vec<(String, u32, u64)> {
    vec![("0".to_owned(), 1, len)]
}

macro_rules! holds {
    ($($name:ident: $value:expr => $bytes:expr, $lengths:expr;)*) => {$(
        #[test]
        fn $name() {
            if objgraph::ENABLED {
                assert_eq!(sizes($value), ($bytes, $lengths));
            }
        }
    )*};
}

fn with<T>(mut value: T, fill: impl FnOnce(&mut T)) -> T {
    fill(&mut value);
    value
}

holds! {
    a_number: 5u64 => 0, vec![];
    an_array: [1u64; 8] => 0, vec![];
    an_empty_vec: Vec::<u64>::new() => 0, vec![];
    a_vec_with_room: Vec::<u64>::with_capacity(100) => 800, vec![];
    a_vec: with(Vec::<u64>::with_capacity(100), |list| list.extend([1, 2])) => 800, one(2);
    a_vec_of_nothing: vec![(); 1000] => 0, one(1000);
    a_vec_of_strings: vec![String::with_capacity(10), String::with_capacity(20)] => 48 + 30, one(2);
    a_vec_of_vecs: vec![vec![1u8; 3], vec![], vec![1u8; 4]] =>
        72 + 7, vec![("0".to_owned(), 1, 3), ("0[_]".to_owned(), 2, 7)];
    a_vec_of_arrays: vec![[0u8; 32]; 4] => 128, one(4);
    a_vec_of_boxes: vec![Box::new(5u32), Box::new(6)] => 16 + 8, one(2);
    a_string: String::with_capacity(77) => 77, vec![];
    a_boxed_str: Box::<str>::from("four") => 4, vec![];
    an_os_string: OsString::with_capacity(9) => 9, vec![];
    a_path: PathBuf::with_capacity(11) => 11, vec![];
    a_c_string: CString::new("four").unwrap() => 5, vec![];
    a_cow: Cow::<'static, str>::Owned(String::with_capacity(6)) => 6, vec![];
    a_borrowed_cow: Cow::Borrowed("somebody else's") => 0, vec![];
    a_reference: "somebody else's" => 0, vec![];
    a_box: Box::new([0u64; 4]) => 32, vec![];
    a_boxed_slice: vec![1u16; 5].into_boxed_slice() => 10, vec![];
    a_box_of_any: with(None::<Box<dyn std::any::Any>>, |it| *it = Some(Box::new(7u64))) => 8, vec![];
    a_box_of_tracked: with(None::<Box<dyn Tracked>>, |it| *it = Some(Box::new(vec![1u8; 3]))) =>
        24 + 3, one(3);
    an_option: Some(vec![1u8; 5]) => 5, one(5);
    a_tuple: (1u8, vec![1u8; 5], String::with_capacity(3)) =>
        8, vec![("0.1".to_owned(), 1, 5)];
    a_deque: VecDeque::<u16>::with_capacity(8) => 16, vec![];
    a_heap: with(BinaryHeap::<u16>::with_capacity(8), |heap| heap.push(1)) => 16, one(1);
    a_linked_list: LinkedList::from([1u64, 2, 3]) => 3 * 24, one(3);
    // 16 buckets of 16 bytes, a control byte for each and 16 more.
    a_hash_map: with(HashMap::<u64, u64>::with_capacity(10), |map| { map.insert(1, 1); }) =>
        16 * 17 + 16, one(1);
    a_hash_map_of_strings: HashMap::from([(1u64, String::with_capacity(50))]) =>
        4 * 32 + 4 + 16 + 50, one(1);
    a_hash_set: HashSet::from([1u64, 2, 3]) => 4 * 8 + 4 + 16, one(3);
    a_b_tree_map: BTreeMap::from([(1u64, 1u64)]) => 16 + 11 * 16, one(1);
    a_b_tree_set: BTreeSet::from([1u64, 2]) => 16 + 11 * 8, one(2);
    a_ref_cell: RefCell::new(vec![1u8; 5]) => 5, one(5);
    a_mutex: Mutex::new(vec![1u8; 5]) => 5, one(5);
    a_lock: RwLock::new(String::with_capacity(5)) => 5, vec![];
    a_buffered_reader: std::io::BufReader::with_capacity(64, std::io::empty()) => 64, vec![];
}

/// A busy cell that can contain no reference hides none.
#[test]
fn a_busy_leaf_is_not_reported() {
    let held = Rc::new(Holder(RefCell::new(vec![1u8; 5])));
    known::<RefCell<Vec<u8>>>();
    let borrowed = held.0.borrow_mut();
    let snapshot = objgraph::snapshot();
    drop(borrowed);
    if objgraph::ENABLED {
        let node = snapshot.find(objgraph::id(&held)).unwrap();
        assert_eq!(snapshot.places_of(node), []);
        assert_eq!(snapshot.node(node).heap_bytes(), 0);
    }
}

/// Nor does an object that is itself such a cell, known by the derive of its value.
#[test]
fn a_busy_object_without_references_is_not_reported() {
    #[derive(Tracked)]
    struct Numbers(u64, [u8; 4]);
    let held = Rc::new(RefCell::new(Numbers(1, [2; 4])));
    let borrowed = held.borrow_mut();
    let snapshot = objgraph::snapshot();
    drop(borrowed);
    if objgraph::ENABLED {
        let node = snapshot.find(objgraph::id(&held)).unwrap();
        assert_eq!(snapshot.places_of(node), []);
    }
}

/// Fields whose types hold no reference, according to their names, are measured too.
#[test]
fn plain_fields_are_measured() {
    #[derive(Tracked)]
    struct Plain {
        text: String,
        maybe: Option<String>,
        none: Option<String>,
        list: Vec<(u8, String)>,
        pair: (u64, Vec<u16>),
    }
    let plain = Rc::new(Plain {
        text: String::with_capacity(1),
        maybe: Some(String::with_capacity(20)),
        none: None,
        list: vec![(1, String::with_capacity(300))],
        pair: (1, vec![1; 2]),
    });
    let snapshot = objgraph::snapshot();
    if objgraph::ENABLED {
        let item = size_of::<(u8, String)>() as u64;
        let lengths = vec![("list".to_owned(), 1, 1), ("pair.1".to_owned(), 1, 2)];
        let expected = (1 + 20 + item + 300 + 4, lengths);
        assert_eq!(sizes_in(&snapshot, &plain), expected);
    }
}

/// The target of a counted pointer is an object of its own, whoever refers to it.
#[test]
fn shared_values_count_once() {
    type SharedList = Vec<Rc<Holder<String>>>;
    known::<SharedList>();
    let text = Rc::new(Holder(String::with_capacity(1000)));
    let owner = Rc::new(Holder(vec![text.clone(), text.clone()]));
    let snapshot = objgraph::snapshot();
    if objgraph::ENABLED {
        assert_eq!(sizes_in(&snapshot, &text), (1000, vec![]));
        assert_eq!(sizes_in(&snapshot, &owner), (16, one(2)));
        let node = snapshot.node(snapshot.find(objgraph::id(&text)).unwrap());
        assert_eq!(node.shallow_bytes(), 24 + 16);
    }
}

/// So is the target of a reference, and of a pointer of std.
#[test]
fn borrowed_values_and_std_pointers_have_their_own() {
    static LENT: [Mutex<String>; 1] = [Mutex::new(String::new())];
    known::<Vec<u8>>();
    let owner = (
        StdRc::new(Holder(vec![1u8; 7])),
        StdRc::<str>::from("eleven more"),
        &LENT,
    );
    let snapshot = snapshot_with(&[&owner], SnapshotOptions::default()).0;
    if objgraph::ENABLED {
        let bytes = |name: &str| {
            let node = snapshot
                .nodes()
                .find(|node| node.type_info().short_name == name);
            node.map(|node| (node.heap_bytes(), node.shallow_bytes()))
        };
        assert_eq!(bytes("Holder<Vec<u8>>"), Some((7, 24 + 16)));
        assert_eq!(bytes("str"), Some((11, 16)));
    }
}

#[derive(Tracked)]
struct Part {
    name: String,
    instance: Instance<Part>,
}

/// A value with an `Instance` counts what it owns; its owner counts its place.
#[test]
fn an_instance_owns_what_is_in_it() {
    known::<Vec<Part>>();
    let parts: Vec<Part> = (1..=2)
        .map(|capacity| Part {
            name: String::with_capacity(100 * capacity),
            instance: Instance::new(),
        })
        .collect();
    let ids: Vec<_> = parts.iter().filter_map(|part| part.instance.id()).collect();
    let owner = Rc::new(Holder(parts));
    let snapshot = objgraph::snapshot();
    if objgraph::ENABLED {
        let room = 2 * size_of::<Part>() as u64;
        assert_eq!(sizes_in(&snapshot, &owner), (room, one(2)));
        for (id, bytes) in ids.into_iter().zip([100, 200]) {
            let node = snapshot.node(snapshot.find(id).unwrap());
            assert_eq!((node.heap_bytes(), node.shallow_bytes()), (bytes, 0));
        }
    }
}

#[test]
fn a_snapshot_without_measures_nothing() {
    known::<Vec<String>>();
    let held = Rc::new(Holder(vec![String::from("text")]));
    let options = SnapshotOptions::default().heap(false);
    let snapshot = snapshot_with(&[], options).0;
    if objgraph::ENABLED {
        assert_eq!(sizes_in(&snapshot, &held), (0, vec![]));
    }
}

/// Objects that a thread leaves behind are measured when it ends.
#[test]
fn a_thread_that_is_gone_is_measured() {
    #[derive(Tracked)]
    struct AbandonedNode {
        items: Vec<u32>,
        me: RefCell<Option<Rc<AbandonedNode>>>,
    }
    let leak = || {
        let left = Rc::new(AbandonedNode {
            items: vec![1; 9],
            me: RefCell::default(),
        });
        *left.me.borrow_mut() = Some(left.clone());
        objgraph::id(&left)
    };
    let id = std::thread::spawn(leak).join().expect("it does not fail");
    let snapshot = objgraph::snapshot();
    if objgraph::ENABLED {
        let node = snapshot.find(id).expect("it is alive for ever");
        assert_eq!(snapshot.node(node).heap_bytes(), 36);
        assert_eq!(snapshot.lengths_of(node)[0].len(), 9);
    }
}

/// A model of a value and what it owns.
#[derive(Clone, Debug)]
enum Model {
    Leaf,
    Text(u8),
    List(u8, Vec<Model>),
    Boxed(Box<Model>),
    SharedList(Box<Model>),
    Map(Vec<(u8, u8)>),
}

/// The value of such a model.
#[derive(Tracked)]
enum Value {
    Leaf,
    Text(String),
    List(Vec<Value>),
    Boxed(Box<Value>),
    SharedList(RefCell<Rc<Value>>),
    Map(BTreeMap<u8, String>),
}

/// The numbers that are counted while the value is made.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    bytes: u64,
    collections: u32,
    items: u64,
}

impl Tally {
    fn collection(&mut self, bytes: usize, items: usize) {
        self.bytes += bytes as u64;
        self.collections += u32::from(items > 0);
        self.items += items as u64;
    }
}

fn make(model: &Model, own: &mut Tally, all: &mut Vec<(Rc<Value>, Tally)>) -> Value {
    match model {
        Model::Leaf => Value::Leaf,
        Model::Text(capacity) => {
            let text = String::with_capacity(*capacity as usize);
            own.bytes += text.capacity() as u64;
            Value::Text(text)
        }
        Model::List(room, items) => {
            let mut list = Vec::with_capacity(items.len() + *room as usize);
            own.collection(list.capacity() * size_of::<Value>(), items.len());
            list.extend(items.iter().map(|item| make(item, own, all)));
            Value::List(list)
        }
        Model::Boxed(inner) => {
            own.bytes += size_of::<Value>() as u64;
            Value::Boxed(Box::new(make(inner, own, all)))
        }
        Model::SharedList(inner) => {
            let mut counted = Tally::default();
            let value = Rc::new(make(inner, &mut counted, all));
            all.push((value.clone(), counted));
            Value::SharedList(RefCell::new(value))
        }
        Model::Map(entries) => {
            let map: BTreeMap<u8, String> = entries
                .iter()
                .map(|&(key, capacity)| (key, String::with_capacity(capacity as usize)))
                .collect();
            let texts: usize = map.values().map(String::capacity).sum();
            let nodes = usize::from(!map.is_empty());
            assert!(map.len() <= 11, "a tree of one node");
            let node = (16 + 11 * (1 + size_of::<String>())).next_multiple_of(8);
            own.collection(nodes * node + texts, map.len());
            Value::Map(map)
        }
    }
}

fn model() -> impl Strategy<Value = Model> {
    let leaf = prop_oneof![
        Just(Model::Leaf),
        any::<u8>().prop_map(Model::Text),
        prop::collection::vec((any::<u8>(), any::<u8>()), 0..6).prop_map(Model::Map),
    ];
    leaf.prop_recursive(40, 120, 6, |inner| {
        prop_oneof![
            (0u8..9, prop::collection::vec(inner.clone(), 0..6))
                .prop_map(|(room, items)| Model::List(room, items)),
            inner
                .clone()
                .prop_map(|inner| Model::Boxed(Box::new(inner))),
            inner.prop_map(|inner| Model::SharedList(Box::new(inner))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Bytes and items are those that were counted while the values were made, each in the object
    /// that owns it, however deep.
    #[test]
    fn sizes_are_those_of_the_model(model in model()) {
        let mut all = Vec::new();
        make(&Model::SharedList(Box::new(model)), &mut Tally::default(), &mut all);
        let snapshot = objgraph::snapshot();
        for (object, counted) in all.iter().filter(|_| objgraph::ENABLED) {
            let node = snapshot.find(objgraph::id(object)).expect("it is alive");
            let rows = snapshot.lengths_of(node);
            let found = Tally {
                bytes: snapshot.node(node).heap_bytes(),
                collections: rows.iter().map(|row| row.count).sum(),
                items: rows.iter().map(|row| row.len()).sum(),
            };
            prop_assert_eq!(&found, counted);
        }
    }
}
