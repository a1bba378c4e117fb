//! A test for each law that no other file covers.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
use std::cell::{Cell, RefCell};
use std::fmt;
use std::path::Path;
use std::process::Command;

use objgraph::rc::Rc;
use objgraph::{
    Tracked, Visit, Visitor,
    picture::PictureError,
    snapshot::{Node, State},
};

/// Calls every query.
fn query_everything(rc: &Rc<CuriousNode>) {
    let id = objgraph::id(rc);
    let _ = (
        objgraph::at(id),
        objgraph::alive::objects(),
        objgraph::alive::counts(),
        objgraph::alive::types(),
    );
    let _ = (
        objgraph::count("CuriousNode"),
        objgraph::count_of::<CuriousNode>(),
        objgraph::typestats(),
    );
    let _ = (
        objgraph::most_common_types(),
        objgraph::by_type("CuriousNode"),
        objgraph::at_addrs([id]),
    );
    let _ = (objgraph::snapshot().len(), objgraph::find_leaks().len());
    let _ = (
        objgraph::find_cycles(rc).len(),
        objgraph::blind_spots().is_empty(),
    );
    let _ = objgraph::growth::Growth::default().grown();
    objgraph::growth::NewIds::default().update();
    objgraph::register::<CuriousNode>();
    objgraph::snapshot::with_root("rc", rc, || drop(objgraph::snapshot()));
    let _ = objgraph::watch(&std::rc::Rc::new(QuietLeaf));
    drop(Rc::new(QuietLeaf));
    let _ = (
        Rc::strong_count(rc),
        Rc::weak_count(rc),
        rc.clone(),
        Rc::downgrade(rc).upgrade(),
    );
}

#[derive(Tracked)]
struct QuietLeaf;

thread_local! {
    static SELF: RefCell<Option<Rc<CuriousNode>>> = const { RefCell::new(None) };
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static QUERYING: Cell<bool> = const { Cell::new(false) };
}

/// Calls every query from a callback, unless one already runs.
fn query_from_inside() {
    if QUERYING.replace(true) {
        return;
    }
    CALLS.set(CALLS.get() + 1);
    let this = SELF.with_borrow(Clone::clone);
    if let Some(this) = this {
        query_everything(&this);
    }
    QUERYING.set(false);
}

struct CuriousNode {
    next: RefCell<Option<Rc<CuriousNode>>>,
}

impl Visit for CuriousNode {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        query_from_inside();
        visitor.field("next", &self.next);
    }
}

/// A derived type whose `Debug` and `Drop` call every query.
#[derive(Tracked)]
struct Talker(#[allow(dead_code, reason = "the trace reads it")] Rc<CuriousNode>);

impl fmt::Debug for Talker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        query_from_inside();
        f.write_str("talker")
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        query_from_inside();
    }
}

/// Law 1: only the scan has unsafe code.
#[test]
fn every_crate_but_the_scan_forbids_unsafe_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = |folder: &str| -> toml::Table {
        let text = std::fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap();
        text.parse().unwrap()
    };
    let workspace = &manifest("")["workspace"];
    assert_eq!(
        workspace["lints"]["rust"]["unsafe_code"].as_str(),
        Some("forbid")
    );
    let members = workspace["members"].as_array().unwrap();
    let members = members.iter().map(|member| member.as_str().unwrap());
    let allow: Vec<&str> = members
        .chain([""])
        .filter(|member| manifest(member)["lints"].get("workspace").is_none())
        .collect();
    assert_eq!(allow, ["objgraph-scan"]);
}

fn target(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Law 4: no lock, and no borrow of objgraph's own, is held while code of the user runs.
#[test]
fn every_query_can_be_called_from_every_callback() {
    if !objgraph::ENABLED {
        return;
    }
    objgraph::register::<CuriousNode>();
    let curious = Rc::new(CuriousNode {
        next: RefCell::default(),
    });
    SELF.set(Some(curious.clone()));
    let talker = Rc::new(Talker(curious.clone()));
    let calls = || CALLS.replace(0);

    let _ = objgraph::snapshot();
    assert_eq!(calls(), 1, "in visit");
    objgraph::show_refs(&talker, target("talker.dot")).unwrap();
    assert_eq!(calls(), 2, "in visit, and in Debug");
    drop(talker);
    assert_eq!(calls(), 1, "in drop");

    let filter = |_: Node<'_>| {
        query_from_inside();
        true
    };
    curious.next.replace(Some(curious.clone()));
    let picture = objgraph::refs(&curious).filter(filter);
    calls();
    picture.drawing().unwrap();
    assert!(calls() > 0, "in a predicate");
    struct Writer;
    impl std::io::Write for Writer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            query_from_inside();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let picture = objgraph::refs(&curious);
    calls();
    picture.write(&mut Writer).unwrap();
    assert!(calls() > 0, "in a writer");
    curious.next.take();
    SELF.take();
}

/// Law 5: a reference that is reported twice, or does not exist, does not invent a leak.
#[test]
fn over_reported_objects_are_listed_and_alive() {
    if !objgraph::ENABLED {
        return;
    }
    struct Liar(Rc<QuietLeaf>);
    impl Visit for Liar {
        fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
            visitor.field("0", &self.0);
            visitor.field("1", &self.0);
        }
    }
    objgraph::register::<Liar>();
    let liar = Rc::new(Liar(Rc::new(QuietLeaf)));
    let leaks = objgraph::find_leaks();
    let of = objgraph::id(&liar.0);
    assert!(leaks.ids().all(|id| id != of));
    let node = leaks.snapshot().find(of).unwrap();
    assert!(
        leaks
            .over_reported()
            .iter()
            .any(|one| one.node == node && one.reported == 2)
    );
}

/// Law 11: a panic of the user's code is caught and reported, and the rest is traced.
#[test]
fn a_visit_or_a_debug_that_panics_is_shown_as_such() {
    if !objgraph::ENABLED {
        return;
    }
    struct FaultyVisit(Rc<QuietLeaf>);
    impl Visit for FaultyVisit {
        fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
            visitor.field("0", &self.0);
            panic!("cannot be looked at");
        }
    }
    #[derive(Tracked)]
    struct FaultyDebug(#[allow(dead_code, reason = "the trace reads it")] Rc<FaultyVisit>);
    impl fmt::Debug for FaultyDebug {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no words")
        }
    }
    objgraph::register::<FaultyVisit>();
    let faulty = Rc::new(FaultyVisit(Rc::new(QuietLeaf)));
    let quiet = objgraph::id(&faulty.0);
    let mute = Rc::new(FaultyDebug(faulty));
    let quiet_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let saved = objgraph::show_refs(&mute, target("mute.dot"));
    let snapshot = objgraph::snapshot();
    std::panic::set_hook(quiet_hook);
    saved.unwrap();
    let text = std::fs::read_to_string(target("mute.dot")).unwrap();
    assert!(text.contains("(its Debug panicked: no words)"), "{text}");
    assert!(
        text.contains("its visit panicked") && text.contains("QuietLeaf"),
        "{text}"
    );
    assert_eq!(snapshot.edges_to(snapshot.find(quiet).unwrap()).len(), 1);
    assert!(
        snapshot
            .parts()
            .panics
            .iter()
            .any(|(_, text)| text == "cannot be looked at")
    );
}

/// Law 11: bad input gets an error that says what to do, and no half file.
#[test]
fn pictures_that_cannot_be_written_say_why() {
    let rc = Rc::new(5);
    let error = |path: &str| objgraph::show_refs(&rc, path).unwrap_err();
    let missing = target("no/such/folder/x.dot");
    assert!(matches!(
        error(missing.to_str().unwrap()),
        PictureError::Unwritable { .. }
    ));
    assert!(
        error("x")
            .to_string()
            .contains("end the file name in .svg, .dot")
    );
    assert!(error("x.").to_string().contains(".svg"));
    assert!(matches!(error("x.a b"), PictureError::UnknownFormat { .. }));
    assert!(!Path::new("x").exists() && !missing.exists());
}

#[derive(Tracked, Debug)]
struct Leaf {
    #[allow(dead_code, reason = "it is shown")]
    number: u32,
    peers: RefCell<std::collections::HashMap<u32, Rc<Leaf>>>,
}

/// The part of the test below that runs in processes of their own.
#[test]
fn in_a_child() {
    let Some(path) = std::env::var_os("OBJGRAPH_TEST_CHILD") else {
        return;
    };
    let leaves: Vec<_> = (0..40)
        .map(|number| {
            Rc::new(Leaf {
                number,
                peers: RefCell::default(),
            })
        })
        .collect();
    for (number, leaf) in leaves.iter().enumerate() {
        let peers = [1, 7, 13].map(|step| (step, leaves[(number + step as usize) % 40].clone()));
        leaf.peers.borrow_mut().extend(peers);
    }
    drop(leaves);
    let leaks = objgraph::show_leaks(path).unwrap();
    assert_eq!(leaks.len(), if objgraph::ENABLED { 40 } else { 0 });
}

/// Law 10: the same graph gives the same bytes in every process.
#[test]
fn the_same_graph_gives_the_same_bytes() {
    let run = |name: &str| {
        let _ = std::fs::remove_file(target(name));
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "in_a_child", "--nocapture", "--test-threads=1"])
            .env("OBJGRAPH_TEST_CHILD", target(name))
            .output()
            .unwrap();
        assert!(child.status.success());
        let text = String::from_utf8(child.stdout).unwrap().replace(name, "it");
        let text: Vec<_> = text
            .lines()
            .filter(|line| !line.starts_with("test "))
            .map(str::to_owned)
            .collect();
        (text, std::fs::read(target(name)).ok())
    };
    let first = run("same-a.dot");
    for name in ["same-b.dot", "same-c.dot"] {
        assert_eq!(first, run(name));
    }
    assert_eq!(first.1.is_some(), objgraph::ENABLED);
}

thread_local! {
    static KEPT: RefCell<Option<Rc<SmallObject>>> = const { RefCell::new(None) };
}

#[derive(Tracked)]
struct SmallObject {
    number: u64,
}

/// A leaked object that, at each visit, drops an object that was already visited, and makes
/// another.
struct Hostile {
    slot: RefCell<Option<Rc<SmallObject>>>,
    me: RefCell<Option<Rc<Hostile>>>,
}

impl Visit for Hostile {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let _ = KEPT.try_with(RefCell::take);
        *self.slot.borrow_mut() = Some(Rc::new(SmallObject { number: 2 }));
        visitor.field("slot", &self.slot);
        visitor.field("me", &self.me);
    }
}

/// Law 5: an object made during the trace may have the address of a dropped one, but references to
/// the new object do not make the dropped one leak.
#[test]
fn a_reused_address_invents_no_leak() {
    objgraph::register::<Hostile>();
    let small = Rc::new(SmallObject { number: 1 });
    assert_eq!(small.number, 1);
    let id = objgraph::id(&small);
    KEPT.set(Some(small));
    let hostile = Rc::new(Hostile {
        slot: RefCell::default(),
        me: RefCell::default(),
    });
    let hostile_id = objgraph::id(&hostile);
    *hostile.me.borrow_mut() = Some(hostile.clone());
    drop(hostile);
    let snapshot = std::sync::Arc::new(objgraph::snapshot());
    let leaks = objgraph::leaks::find_leaks_in(&snapshot);
    let leaked: Vec<_> = leaks.ids().collect();
    if objgraph::ENABLED {
        assert!(leaked.contains(&hostile_id) && !leaked.contains(&id));
        let node = snapshot.node(snapshot.find(id).expect("it was listed"));
        assert_eq!(node.state(), State::InFlight);
    }
}
