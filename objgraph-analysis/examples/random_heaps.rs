//! Writes random heaps as files of other tools, and our own answers about them, with which
//! `.ci/formats` compares those of the tools; then a large heap, all of which has leaked:
//!
//! ```sh
//! cargo run -p objgraph-analysis --features pprof --example random_heaps -- FOLDER HEAPS OBJECTS
//! ```

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc as StdRc;
use std::sync::{Arc as StdArc, Mutex};
use std::{env, fs, thread};

use objgraph::bytes::{Dominator, RetainedSizes};
use objgraph::rc::{Rc, Weak};
use objgraph::snapshot::{NodeId, ReferenceKind, with_root};
use objgraph::sync::Arc;
use objgraph::{Instance, Snapshot, Tracked};
use serde_json::{Value, json};

#[derive(Tracked, Default)]
struct Node {
    next: RefCell<Option<Rc<Node>>>,
    children: RefCell<Vec<Rc<Node>>>,
    grid: RefCell<Vec<Vec<Rc<Node>>>>,
    owner: RefCell<Option<Weak<Node>>>,
    object: RefCell<Option<Rc<Object>>>,
    shared: RefCell<Vec<Arc<Shared>>>,
    plain: RefCell<Option<StdRc<Plain>>>,
    items: RefCell<Vec<Item>>,
    text: RefCell<String>,
}

/// Named as an object of JavaScript.
#[derive(Tracked, Default)]
struct Object {
    _bytes: Vec<u8>,
    _node: RefCell<Option<Rc<Node>>>,
}

#[derive(Tracked, Default)]
struct Shared {
    peer: Mutex<Option<Arc<Shared>>>,
}

/// Behind a pointer of std, or in a large heap.
#[derive(Tracked, Default)]
struct Plain {
    node: RefCell<Option<Rc<Node>>>,
    peers: RefCell<Vec<Rc<Plain>>>,
}

/// Lives by value.
#[derive(Tracked, Default)]
struct Item {
    _instance: Instance<Item>,
    _node: Option<Rc<Node>>,
}

/// A sequence of numbers that is equal on every machine (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, heaps, objects] = &arguments[..] else {
        panic!("Usage: random_heaps FOLDER HEAPS OBJECTS");
    };
    fs::create_dir_all(folder).expect("the folder can be made");
    let folder = Path::new(folder);
    for number in 0..heaps.parse().expect("a number of heaps") {
        // Each in a thread of its own, which leaves behind what it leaks.
        let stem = folder.join(format!("{number:03}"));
        let heap = thread::Builder::new().name(format!("heap {number}"));
        heap.spawn(move || write(&stem, number))
            .expect("a thread")
            .join()
            .expect("the heap was written");
    }
    compare(folder);
    leak(objects.parse().expect("a number of objects"));
    objgraph::write_heapsnapshot(folder.join("large.heapsnapshot")).expect("the file is written");
}

/// Writes two files, between which 40 of 100 objects are dropped and 30 are created, in their places.
fn compare(folder: &Path) {
    let mut compared: Vec<Rc<Compared>> = (0..100).map(Compared::new).collect();
    objgraph::write_heapsnapshot(folder.join("before.heapsnapshot")).expect("the file is written");
    compared.truncate(60);
    compared.extend((0..30).map(Compared::new));
    objgraph::write_heapsnapshot(folder.join("after.heapsnapshot")).expect("the file is written");
}

/// An object of two files.
#[derive(Tracked)]
struct Compared {
    _number: u64,
}

impl Compared {
    fn new(number: u64) -> Rc<Self> {
        Rc::new(Self { _number: number })
    }
}

/// Leaks a ring of objects, each with a second reference to any of them.
fn leak(objects: usize) {
    let ring: Vec<Rc<Plain>> = (0..objects).map(|_| Rc::default()).collect();
    let mut random = Random(0);
    for (at, one) in ring.iter().enumerate() {
        let next = ring[(at + 1) % objects].clone();
        one.peers
            .borrow_mut()
            .extend([next, random.pick(&ring).clone()]);
    }
}

fn write(stem: &Path, seed: u64) {
    let mut random = Random(seed);
    let nodes: Vec<Rc<Node>> = (0..=random.below(60)).map(|_| Rc::default()).collect();
    let shared: Vec<Arc<Shared>> = (0..=random.below(8)).map(|_| Arc::default()).collect();
    for node in &nodes {
        connect(node, &nodes, &shared, &mut random);
    }
    for one in &shared {
        if random.below(2) == 0 {
            *one.peer.lock().expect("no panic") = Some(random.pick(&shared).clone());
        }
    }
    // The program keeps a few, and drops its handles to the others.
    let kept: Vec<Rc<Node>> = nodes
        .iter()
        .filter(|_| random.below(8) == 0)
        .cloned()
        .collect();
    let root = Object {
        _bytes: Vec::new(),
        _node: RefCell::new(Some(random.pick(&nodes).clone())),
    };
    drop((nodes, shared));
    with_root("static \"CACHE\" </script>\u{202e}", &root, || {
        save(stem);
    });
    drop(kept);
}

fn connect(node: &Rc<Node>, nodes: &[Rc<Node>], shared: &[Arc<Shared>], random: &mut Random) {
    if random.below(2) == 0 {
        node.next.replace(Some(random.pick(nodes).clone()));
    }
    for _ in 0..random.below(4) {
        let mut children = node.children.borrow_mut();
        children.push(random.pick(nodes).clone());
    }
    if random.below(6) == 0 {
        let row = vec![random.pick(nodes).clone(), random.pick(nodes).clone()];
        node.grid.borrow_mut().push(row);
    }
    if random.below(3) == 0 {
        node.owner.replace(Some(Rc::downgrade(random.pick(nodes))));
    }
    if random.below(3) == 0 {
        let object = Object {
            _bytes: vec![0; random.below(5000)],
            _node: RefCell::new((random.below(2) == 0).then(|| random.pick(nodes).clone())),
        };
        node.object.replace(Some(Rc::new(object)));
    }
    if random.below(4) == 0 {
        node.shared.borrow_mut().push(random.pick(shared).clone());
    }
    if random.below(8) == 0 {
        let plain = Plain::default();
        plain.node.replace(Some(random.pick(nodes).clone()));
        node.plain.replace(Some(StdRc::new(plain)));
    }
    if random.below(8) == 0 {
        node.items.borrow_mut().push(Item {
            _instance: Instance::default(),
            _node: Some(random.pick(nodes).clone()),
        });
    }
    node.text.replace("x".repeat(random.below(100)));
}

fn save(stem: &Path) {
    let snapshot = StdArc::new(objgraph::snapshot());
    let mut file = Vec::new();
    objgraph::snapshot::write_heapsnapshot_in(&snapshot, &mut file).expect("a vector takes it");
    fs::write(stem.with_extension("heapsnapshot"), file).expect("the file can be written");
    #[cfg(feature = "pprof")]
    for (name, profile) in [
        ("pb.gz", objgraph_analysis::export::pprof(&snapshot)),
        (
            "chains.pb.gz",
            objgraph_analysis::export::pprof_by_chain(&snapshot),
        ),
    ] {
        fs::write(stem.with_extension(name), profile).expect("the file can be written");
    }
    let answers = answers(&snapshot);
    fs::write(stem.with_extension("json"), answers.to_string()).expect("the file can be written");
}

/// Returns what the tools should find.
fn answers(snapshot: &StdArc<Snapshot>) -> Value {
    let retained = RetainedSizes::of(snapshot);
    let leaks = objgraph::leaks::find_leaks_in(snapshot);
    let mut sites: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    let objects: Vec<Value> = snapshot
        .nodes()
        .map(|node| {
            let id = node.node_id();
            let bytes = node.shallow_bytes() + node.heap_bytes();
            if let Some(site) = node.site() {
                let [objects, of_site] = sites.entry(site.to_string()).or_default();
                *objects += 1;
                *of_site += bytes;
            }
            json!({
                "type": node.type_info().name,
                "bytes": bytes,
                "retained": retained.retained_bytes(id),
                "dominator": match retained.dominator(id) {
                    Some(Dominator::Object(node)) => json!({ "object": node.index() }),
                    Some(Dominator::Cycle(cycle)) => json!({ "cycle": cycle }),
                    _ => Value::Null,
                },
                "strong": holders(snapshot, id, ReferenceKind::Strong),
                "weak": holders(snapshot, id, ReferenceKind::Weak),
                "thread": node.thread(),
                "scope": node.scope(),
                "leaked": leaks.nodes().binary_search(&id).is_ok(),
                "site": node.site().map(ToString::to_string),
            })
        })
        .collect();
    let cycles = retained.cycles().iter().enumerate();
    let cycles = cycles.map(|(cycle, members)| {
        let (bytes, objects) = retained.retained_by(Dominator::Cycle(cycle));
        let members: Vec<usize> = members.iter().map(|node| node.index()).collect();
        json!({ "members": members, "retained": bytes, "objects": objects })
    });
    json!({
        "objects": objects,
        "cycles": cycles.collect::<Vec<Value>>(),
        "total": retained.total_bytes(),
        "sites": sites,
    })
}

/// Returns the sources of the references of a kind to an object, with the paths.
fn holders(snapshot: &Snapshot, node: NodeId, kind: ReferenceKind) -> Value {
    let edges = snapshot.edges_to(node);
    let edges = edges.filter(|edge| edge.reference_kind() == kind);
    let mut holders: Vec<(usize, String)> = edges
        .map(|edge| (edge.source().index(), edge.path()))
        .collect();
    holders.sort();
    json!(holders)
}
