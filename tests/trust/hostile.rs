//! Hostile code of the user: it panics, makes and drops objects, drops what is visited, starts
//! threads, takes snapshots without end, and reports false references.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Instance, ObjectId, Snapshot, Tracked, Visit, Visitor, snapshot::State};

use crate::queries::Subject;
use crate::{MEANT, alone};

#[derive(Tracked, Clone, Debug, Default)]
struct Leaf(u32);

fn state(snapshot: &Snapshot, id: ObjectId) -> State {
    snapshot.node(snapshot.find(id).unwrap()).state()
}

fn has_leaked(id: ObjectId) -> bool {
    let leaks = objgraph::find_leaks();
    leaks.ids().any(|leaked| leaked == id)
}

/// Panics at a step of its visit, holding guards.
struct PanickingVisit {
    at: u32,
    leaf: RefCell<Rc<Leaf>>,
    lock: Mutex<Arc<Leaf>>,
    inner: InnerPanic,
}

impl Visit for PanickingVisit {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let panic_at = |step| assert!(self.at != step, "{MEANT}");
        panic_at(0);
        visitor.field("leaf", &self.leaf);
        panic_at(1);
        visitor.guarded(|guarded| {
            guarded.lend(&*self.lock.lock().unwrap());
            panic_at(2);
        });
        visitor.shared(&self.inner);
    }
}

struct InnerPanic(Box<bool>);

impl Visit for InnerPanic {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        assert!(!*self.0, "{MEANT}");
    }
}

#[test]
fn a_visit_that_panics_anywhere() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<PanickingVisit>();
    let make = |at| {
        Rc::new(PanickingVisit {
            at,
            leaf: RefCell::new(Rc::new(Leaf(1))),
            lock: Mutex::new(Arc::new(Leaf(2))),
            inner: InnerPanic(Box::new(at == 3)),
        })
    };
    let all: Vec<_> = (0..5).map(make).collect();
    for _ in 0..3 {
        let snapshot = objgraph::snapshot();
        for (at, panics) in (0_usize..).zip(&all) {
            let id = objgraph::id(panics);
            let node = snapshot.find(id).unwrap();
            let expected = if at < 4 {
                State::Panicked
            } else {
                State::Visited
            };
            assert_eq!(state(&snapshot, id), expected, "at {at}");
            let strong = snapshot.edges(node).filter(|edge| edge.is_strong()).count();
            assert_eq!(strong, at.min(2), "at {at}");
            assert!(!has_leaked(objgraph::id(&*panics.leaf.borrow())));
            // No lock is held any more, and only the visit itself poisoned one.
            assert!(panics.leaf.try_borrow_mut().is_ok());
            panics.lock.clear_poison();
            assert!(panics.lock.try_lock().is_ok());
            assert_eq!(Rc::strong_count(panics), 1);
        }
    }
}

/// The payload of a panic may itself panic when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        panic!("{MEANT}");
    }
}

#[test]
fn a_panic_whose_payload_panics() {
    struct PayloadThrower;
    impl Visit for PayloadThrower {
        fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
            std::panic::resume_unwind(Box::new(Payload));
        }
    }
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<PayloadThrower>();
    let throws = Rc::new(PayloadThrower);
    let snapshot = objgraph::snapshot();
    assert_eq!(state(&snapshot, objgraph::id(&throws)), State::Panicked);
}

/// Drops the only handle to itself while it is visited, and then its drop panics.
struct SelfDropper<H: 'static> {
    handle: Mutex<Option<H>>,
    panics: bool,
}

impl<H: Send> Visit for SelfDropper<H> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let handle = self.handle.lock().unwrap().take();
        drop(handle);
        visitor.value(&Leaf(1));
    }
}

static DROPPED: AtomicU32 = AtomicU32::new(0);

impl<H> Drop for SelfDropper<H> {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
        assert!(!self.panics, "{MEANT}");
    }
}

struct ByArc(SelfDropper<Arc<ByArc>>);
struct ByRc {
    handle: RefCell<Option<Rc<ByRc>>>,
    dropped: DropPanic,
}
struct DropPanic(bool);

impl Drop for DropPanic {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
        assert!(!self.0, "{MEANT}");
    }
}

impl Visit for ByArc {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.0.visit(visitor);
    }
}

impl Visit for ByRc {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        let handle = self.handle.borrow_mut().take();
        drop(handle);
    }
}

#[test]
fn a_visit_that_drops_what_is_visited() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<ByArc>();
    objgraph::register::<ByRc>();
    for panics in [false, true, true] {
        DROPPED.store(0, Ordering::Relaxed);
        let by_arc = Arc::new(ByArc(SelfDropper {
            handle: Mutex::new(None),
            panics,
        }));
        let by_rc = Rc::new(ByRc {
            handle: RefCell::new(None),
            dropped: DropPanic(panics),
        });
        let ids = [objgraph::id(&by_arc), objgraph::id(&by_rc)];
        *by_arc.0.handle.lock().unwrap() = Some(by_arc.clone());
        by_rc.handle.replace(Some(by_rc.clone()));
        drop((by_arc, by_rc));
        assert_eq!(DROPPED.load(Ordering::Relaxed), 0);
        let snapshot = objgraph::snapshot();
        assert_eq!(DROPPED.load(Ordering::Relaxed), 2);
        for id in ids {
            assert!(objgraph::at(id).is_none());
            assert_eq!(state(&snapshot, id), State::InFlight);
        }
        // No pin remains: the counts of the next object at this address are read at once.
        let mut many: Vec<_> = (0..5000)
            .map(|_| {
                Arc::new(ByArc(SelfDropper {
                    handle: Mutex::new(None),
                    panics: false,
                }))
            })
            .collect();
        for one in &mut many {
            assert_eq!(Arc::strong_count(one), 1);
            assert!(Arc::get_mut(one).is_some());
        }
        drop(many);
        // Taking a label visits the value too.
        let _ = objgraph::leaks::with_labels(objgraph::find_leaks());
    }
}

/// Creates in its first visit what it reports.
#[derive(Default)]
struct LateCreator {
    made: RefCell<Option<Rc<Leaf>>>,
    known: Rc<Leaf>,
}

impl Visit for LateCreator {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let mut made = self.made.borrow_mut();
        made.get_or_insert_with(Rc::default);
        drop(made);
        visitor.field("made", &self.made);
        visitor.field("known", &self.known);
    }
}

/// Objects that a visit creates may be missing in the current snapshot. References beside them are
/// present, and none leads to a wrong object.
#[test]
fn a_visit_that_creates_what_it_reports() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<LateCreator>();
    let known = Rc::new(Leaf(1));
    let some: Vec<_> = (0..500).map(|_| Rc::new(Leaf(2))).collect();
    // New objects get slots of others, among those that are listed.
    let _some: Vec<_> = some.into_iter().step_by(2).collect();
    let late = || {
        let made = RefCell::default();
        let known = known.clone();
        Rc::new(LateCreator { made, known })
    };
    let late: Vec<_> = (0..300).map(|_| late()).collect();
    let edges_to = |snapshot: &Snapshot, rc: &Rc<Leaf>| {
        let node = snapshot.find(objgraph::id(rc))?;
        Some(
            snapshot
                .edges_to(node)
                .filter(|edge| edge.is_strong())
                .count(),
        )
    };
    for is_first in [true, false] {
        let leaks = objgraph::find_leaks();
        let ids = || leaks.ids();
        assert!(
            late.iter()
                .all(|late| !ids().any(|id| id == objgraph::id(late)))
        );
        assert!(leaks.over_reported().is_empty(), "{leaks}");
        let snapshot = leaks.snapshot();
        assert_eq!(edges_to(snapshot, &known), Some(late.len()));
        for late in &late {
            let made = late.made.borrow();
            let made = made.as_ref().unwrap();
            assert!(!ids().any(|id| id == objgraph::id(made)));
            match edges_to(snapshot, made) {
                Some(edges) => assert_eq!(edges, 1),
                None => assert!(is_first),
            }
        }
    }
}

/// Creates and drops thousands of objects in each visit, and in each `Debug`.
struct Churner(RefCell<Vec<Rc<Leaf>>>);

impl Churner {
    fn churn(&self) {
        let old = self.0.take();
        let new: Vec<_> = (0..5000).map(|n| Rc::new(Leaf(n))).collect();
        drop(old);
        let arcs: Vec<_> = (0..1000).map(|n| Arc::new(Leaf(n))).collect();
        let instances: Vec<Instance<Leaf>> = (0..1000).map(|_| Instance::new()).collect();
        drop((arcs, instances));
        self.0.replace(new);
    }
}

impl Visit for Churner {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.churn();
        visitor.field("0", &self.0);
    }
}

#[test]
fn a_visit_that_creates_and_drops_thousands() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<Churner>();
    let before = objgraph::count_of::<Leaf>();
    let busy: Vec<_> = (0..3)
        .map(|_| Rc::new(Churner(RefCell::default())))
        .collect();
    for _ in 0..5 {
        let leaks = objgraph::find_leaks();
        for object in leaks.iter().chain(leaks.possibly_leaked()) {
            assert!(!object.type_name().ends_with("::Leaf"), "{leaks}");
        }
        assert_eq!(objgraph::count_of::<Leaf>(), before + 3 * 5000);
    }
    drop(busy);
    assert_eq!(objgraph::count_of::<Leaf>(), before);
}

/// Starts a thread that takes a snapshot, and waits for it.
#[derive(Default)]
struct SnapshotSpawner {
    inner: Mutex<Option<Arc<Leaf>>>,
}

thread_local! {
    static HAS_STARTED: Cell<bool> = const { Cell::new(false) };
}

impl SnapshotSpawner {
    fn snapshot_elsewhere() {
        if HAS_STARTED.get() {
            return;
        }
        let seen = thread::spawn(|| {
            HAS_STARTED.set(true);
            (objgraph::snapshot().len(), objgraph::find_leaks().len())
        });
        assert!(seen.join().unwrap().0 > 0);
    }
}

impl Visit for SnapshotSpawner {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        Self::snapshot_elsewhere();
        visitor.field("inner", &self.inner);
        visitor.guarded(|_| Self::snapshot_elsewhere());
    }
}

#[derive(Tracked)]
struct LabelledObject(Arc<SnapshotSpawner>);

impl fmt::Debug for LabelledObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SnapshotSpawner::snapshot_elsewhere();
        f.write_str("labelled")
    }
}

#[test]
fn a_visit_that_waits_for_a_thread_that_takes_a_snapshot() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<SnapshotSpawner>();
    let spawns = Arc::new(SnapshotSpawner::default());
    *spawns.inner.lock().unwrap() = Some(Arc::new(Leaf(1)));
    let labelled = Arc::new(LabelledObject(spawns.clone()));
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&spawns)).unwrap();
    assert_eq!(
        (snapshot.edges(node).len(), snapshot.node(node).strong()),
        (1, Some(2))
    );
    let dot = objgraph::refs(&labelled).to_dot().unwrap();
    assert!(dot.contains("labelled"), "{dot}");
    assert!(!has_leaked(objgraph::id(&spawns)));
}

/// Takes a snapshot in each visit, without end.
struct EndlessVisit;

impl Visit for EndlessVisit {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        assert!(!objgraph::snapshot().is_empty());
        assert_eq!(objgraph::find_leaks().len(), 0);
    }
}

#[test]
fn a_visit_that_takes_snapshots_without_end() {
    if !objgraph::ENABLED {
        return;
    }
    // It has a process of its own, so that it does not find leaks of other tests.
    if crate::processes::is_child("hostile::a_visit_that_takes_snapshots_without_end") {
        let _watched = crate::watchdog::watch();
        objgraph::register::<EndlessVisit>();
        let (rc, arc) = (Rc::new(EndlessVisit), Arc::new(EndlessVisit));
        let snapshot = objgraph::snapshot::with_root("endless", &*arc, objgraph::snapshot);
        for id in [objgraph::id(&rc), objgraph::id(&arc)] {
            assert_eq!(state(&snapshot, id), State::Visited);
        }
        let _ = objgraph::refs(&rc).to_dot().unwrap();
        return;
    }
    crate::processes::run("hostile::a_visit_that_takes_snapshots_without_end");
}

/// A predicate or a writer that panics: the caller gets the panic, and nothing remains.
#[test]
fn a_predicate_that_panics() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let leaf = Rc::new(Subject::default());
    leaf.next.replace(Some(Rc::new(Subject::default())));
    let panics = |run: &dyn Fn()| assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    for _ in 0..2 {
        panics(&|| {
            drop(
                objgraph::alive::stats()
                    .filter(|_| panic!("{MEANT}"))
                    .growth(),
            )
        });
        panics(&|| {
            objgraph::alive::stats()
                .filter(|_| panic!("{MEANT}"))
                .show_growth()
        });
        panics(&|| drop(objgraph::refs(&leaf).filter(|_| panic!("{MEANT}")).to_dot()));
        panics(&|| {
            drop(
                objgraph::refs(&leaf)
                    .highlight(|_| panic!("{MEANT}"))
                    .to_dot(),
            )
        });
        panics(&|| {
            let picture = objgraph::refs(&leaf).extra_info(|_| -> String { panic!("{MEANT}") });
            let _ = picture.to_dot();
        });
        panics(&|| drop(objgraph::find_ref_chain(&leaf, |_| panic!("{MEANT}"))));
        panics(&|| objgraph::snapshot::with_root("leaf", &leaf, || panic!("{MEANT}")));
    }
    let snapshot = objgraph::snapshot();
    assert!(snapshot.nodes().all(|node| node.root() != Some("leaf")));
    assert_eq!(Rc::strong_count(&leaf), 1);
    let _ = (objgraph::growth(), objgraph::growth::new_ids());
}

/// Ids in any order, repeated ids, and ids of dropped objects.
#[test]
fn ids_in_any_order() {
    #[derive(Tracked)]
    struct Link(Option<Arc<Link>>);
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let mut links = vec![Arc::new(Link(None))];
    for _ in 0..600 {
        let last = links.last().cloned();
        links.push(Arc::new(Link(last)));
    }
    let gone = objgraph::id(&Arc::new(Leaf(1)));
    let ids: Vec<ObjectId> = links.iter().map(objgraph::id).collect();
    let shuffled = (0..ids.len()).map(|at| ids[at * 7 % ids.len()]);
    let twice = ids.iter().rev().copied().chain(shuffled);
    let snapshot = objgraph::core::snapshot_of(twice.chain([gone, ObjectId::NONE]));
    assert_eq!(snapshot.len(), ids.len());
    for pair in ids.windows(2) {
        let (to, from) = (
            snapshot.find(pair[0]).unwrap(),
            snapshot.find(pair[1]).unwrap(),
        );
        let targets: Vec<_> = snapshot.edges(from).map(|edge| edge.target()).collect();
        assert_eq!(targets, [to]);
    }
}

/// Reports each edge never, or many times.
struct Liar {
    times: usize,
    leaf: Rc<Leaf>,
    me: RefCell<Option<Rc<Liar>>>,
}

impl Visit for Liar {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        for _ in 0..self.times {
            visitor.field("leaf", &self.leaf);
            visitor.field("me", &self.me);
        }
    }
}

#[test]
fn edges_that_are_reported_never_or_too_often() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<Liar>();
    for times in [0, 1, 2, 100] {
        // In use: this test holds it.
        let leaf = Rc::new(Leaf(1));
        let liar = Rc::new(Liar {
            times,
            leaf: leaf.clone(),
            me: RefCell::default(),
        });
        liar.me.replace(Some(liar.clone()));
        let ids = [objgraph::id(&leaf), objgraph::id(&liar)];
        assert!(!ids.iter().any(|&id| has_leaked(id)), "{times} times");
        let leaks = objgraph::find_leaks();
        let over_reported = leaks.over_reported().iter();
        let over_reported =
            over_reported.filter(|one| ids.contains(&leaks.snapshot().node(one.node).id()));
        assert_eq!(
            over_reported.count(),
            if times > 1 { 2 } else { 0 },
            "{times} times: {leaks}"
        );
        assert_eq!(
            leaks.to_string().contains("reported than exist"),
            times > 1,
            "{leaks}"
        );
        // Lost: found if the edges are reported correctly, and never invented.
        drop(leaf);
        let weak = Rc::downgrade(&liar);
        drop(liar);
        assert_eq!(has_leaked(ids[1]), times == 1, "{times} times");
        weak.upgrade().unwrap().me.take();
    }
}
