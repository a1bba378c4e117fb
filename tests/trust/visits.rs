//! Visits that report what they should not, or when they should not.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use objgraph::core::PlaceKind;
use objgraph::rc::{Rc, Weak};
use objgraph::sync::{self, Arc};
use objgraph::{ObjectId, Tracked, Visit, Visitor, snapshot::State};

use crate::{MEANT, alone, assert_no_leaf_leaked, processes};

#[derive(Tracked, Debug, Default)]
struct Leaf(u32);

/// Reports a reference to itself.
struct SelfReference {
    me: RefCell<Option<Rc<SelfReference>>>,
    times: u32,
}

impl Visit for SelfReference {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        for _ in 0..self.times {
            visitor.shared(self);
        }
        visitor.field("me", &self.me);
    }
}

#[test]
fn a_visit_that_refers_to_itself() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<SelfReference>();
    for times in [1, 3] {
        let me = RefCell::default();
        let circular = Rc::new(SelfReference { me, times });
        circular.me.replace(Some(circular.clone()));
        let id = objgraph::id(&circular);
        let is_lost = || objgraph::find_leaks().ids().any(|lost| lost == id);
        assert!(!is_lost());
        let _ = objgraph::refs(&circular).to_dot().unwrap();
        let weak = Rc::downgrade(&circular);
        drop(circular);
        // Whether it is found depends on what it reports, and is not promised.
        let _ = is_lost();
        weak.upgrade().unwrap().me.take();
    }
}

/// Reports that it owns itself, or a value that owns it, without end.
struct Bottomless {
    leaf: RefCell<Rc<Leaf>>,
    inner: Inner,
}

struct Inner(Cell<bool>, Cell<Option<&'static Bottomless>>, Rc<Leaf>);

impl Visit for Bottomless {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("leaf", &self.leaf);
        visitor.field("inner", &self.inner);
        if !self.inner.0.get() {
            visitor.field("again", self);
        }
    }
}

impl Visit for Inner {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if let Some(outer) = self.1.get() {
            visitor.value(outer);
        }
    }
}

#[test]
fn a_visit_that_owns_itself() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<&'static Bottomless>();
    let bottomless = |by_two| Bottomless {
        leaf: RefCell::new(Rc::new(Leaf(1))),
        inner: Inner(Cell::new(by_two), Cell::new(None), Rc::default()),
    };
    for by_two in [false, true] {
        let value: &'static Bottomless = Box::leak(Box::new(bottomless(by_two)));
        if by_two {
            value.inner.1.set(Some(value));
        }
        let snapshot = objgraph::snapshot::with_root("bottomless", value, objgraph::snapshot);
        let root = snapshot
            .nodes()
            .find(|node| node.root() == Some("bottomless"));
        let root = root.unwrap();
        assert_eq!(root.state(), State::Visited);
        let deep = snapshot.places_of(root.node_id()).iter();
        let deep = deep.filter(|place| place.kind == PlaceKind::TooDeep);
        assert_eq!(deep.count(), 1);
        // The references were reported again and again, so they do not count.
        let leaf = objgraph::id(&*value.leaf.borrow());
        let leaks = objgraph::find_leaks();
        assert!(!leaks.ids().any(|lost| lost == leaf), "{leaks}");
    }
}

/// Reports the references of an object that it does not own.
struct Thief(Mutex<Vec<Arc<Leaf>>>, &'static Mutex<Option<Arc<Leaf>>>);

static OTHERS: Mutex<Option<Arc<Leaf>>> = Mutex::new(None);

impl Visit for Thief {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("0", &self.0);
        visitor.field("1", self.1);
    }
}

/// Two objects report one reference as their own: that is listed, and is not a leak.
#[test]
fn a_reference_that_two_report() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<Thief>();
    let leaf = Arc::new(Leaf(1));
    let id = objgraph::id(&leaf);
    *OTHERS.lock().unwrap() = Some(leaf.clone());
    let thieves = [(); 2].map(|()| Rc::new(Thief(Mutex::default(), &OTHERS)));
    let kept = thieves.clone();
    drop(leaf);
    let leaks = objgraph::find_leaks();
    assert!(!leaks.ids().any(|lost| lost == id), "{leaks}");
    let over_reported = leaks.over_reported().iter();
    let mut over_reported = over_reported.filter(|one| leaks.snapshot().node(one.node).id() == id);
    assert!(over_reported.next().is_some(), "{leaks}");
    OTHERS.lock().unwrap().take();
    drop((thieves, kept));
}

/// Reports a reference that it holds only during its own visit.
struct Local(u32);

impl Visit for Local {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        // Objects that live only as long as the visit.
        let made = Arc::new(Leaf(self.0));
        let cell = RefCell::new(Rc::new(Leaf(self.0)));
        visitor.guarded(|guarded| {
            guarded.lend(&made);
            guarded.lend(&cell);
            guarded.lend(&vec![made.clone(), made.clone()]);
        });
    }
}

#[test]
fn a_visit_that_lends_an_object_that_it_created() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<Local>();
    let before = objgraph::count_of::<Leaf>();
    let local: Vec<_> = (0..100).map(|number| Rc::new(Local(number))).collect();
    for _ in 0..3 {
        assert_no_leaf_leaked();
        for local in &local {
            assert_eq!(Rc::strong_count(local), 1);
            let _ = objgraph::refs(local).to_dot().unwrap();
        }
    }
    assert_eq!(objgraph::count_of::<Leaf>(), before);
}

/// Uses, in the closure of `new_cyclic`, the reference to the value that does not exist yet.
macro_rules! unfinished {
    ($name:ident, $Strong:ident, $Weak:ty, $Node:ident) => {
        #[test]
        fn $name() {
            #[derive(Tracked)]
            struct $Node(RefCellOrMutex<$Weak>, Option<$Strong<Leaf>>);
            type WeakCell = RefCellOrMutex<$Weak>;
            if !objgraph::ENABLED {
                return;
            }
            let _alone = alone();
            let look = |kept: &$Strong<WeakCell>, is_there: bool| {
                let id = objgraph::id(kept);
                let snapshot = objgraph::snapshot();
                let node = snapshot.find(id).unwrap();
                let weak = snapshot.edges(node).filter(|edge| !edge.is_strong());
                assert_eq!(weak.count(), usize::from(is_there));
                let leaks = objgraph::find_leaks();
                assert!(!leaks.ids().any(|lost| lost == id), "{leaks}");
                let _ = objgraph::backrefs(id).to_dot().unwrap();
                let _ = (
                    objgraph::owners::owners(id),
                    objgraph::owners::zombies().to_string(),
                );
            };
            objgraph::register::<WeakCell>();
            let kept = $Strong::new(WeakCell::default());
            let made = $Strong::new_cyclic(|weak| {
                kept.set(weak.clone());
                look(&kept, false);
                kept.set(weak.clone());
                thread::spawn(|| drop(objgraph::find_leaks()))
                    .join()
                    .unwrap();
                look(&kept, false);
                $Node(WeakCell::from(weak.clone()), Some($Strong::default()))
            });
            look(&kept, true);
            drop(made);
            look(&kept, false);
            // A value that was never finished only leaves its memory behind.
            let before = objgraph::count_of::<$Node>();
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                $Strong::<$Node>::new_cyclic(|weak| {
                    kept.set(weak.clone());
                    look(&kept, false);
                    panic!("{MEANT}")
                })
            }));
            assert!(panicked.is_err());
            look(&kept, false);
            assert_eq!(objgraph::count_of::<$Node>(), before);
        }
    };
}

/// A cell that both kinds of pointers may hold.
#[derive(Tracked, Default)]
struct RefCellOrMutex<W>(Mutex<Option<W>>);

impl<W> RefCellOrMutex<W> {
    fn set(&self, value: W) {
        *self.0.lock().unwrap() = Some(value);
    }
}

impl<W> From<W> for RefCellOrMutex<W> {
    fn from(value: W) -> Self {
        Self(Mutex::new(Some(value)))
    }
}

unfinished!(
    an_rc_that_is_looked_at_while_it_is_made,
    Rc,
    Weak<RcNode>,
    RcNode
);
unfinished!(
    an_arc_that_is_looked_at_while_it_is_made,
    Arc,
    sync::Weak<ArcNode>,
    ArcNode
);

/// Drops, in its visit, what the visit has already reported, and what it is going to report.
struct FickleVisit(Cell<Option<Rc<Leaf>>>, RefCell<Vec<Rc<Leaf>>>);

impl Visit for FickleVisit {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("1", &self.1);
        self.1.take();
        visitor.field("1", &self.1);
        self.1.replace((0..20).map(Leaf).map(Rc::new).collect());
        self.0.take();
    }
}

#[test]
fn a_visit_that_drops_what_it_reported() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<FickleVisit>();
    let fickle: Vec<_> = (0..50)
        .map(|number| {
            Rc::new(FickleVisit(
                Cell::new(Some(Rc::new(Leaf(number)))),
                RefCell::default(),
            ))
        })
        .collect();
    for _ in 0..3 {
        assert_no_leaf_leaked();
    }
    let ids: Vec<ObjectId> = fickle.iter().map(objgraph::id).collect();
    let snapshot = objgraph::snapshot();
    for id in ids {
        let node = snapshot.node(snapshot.find(id).unwrap());
        assert_eq!(node.state(), State::Visited);
    }
}

/// The process ends while one thread visits a value, and others are anywhere.
#[test]
fn a_process_that_exits_from_a_visit_on_another_thread() {
    const CHILD: &str = "visits::a_process_that_exits_from_a_visit_on_another_thread";
    struct ExitingVisit;
    impl Visit for ExitingVisit {
        fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
            static EXITS: AtomicBool = AtomicBool::new(false);
            if !EXITS.swap(true, Ordering::Relaxed) {
                std::process::exit(0);
            }
        }
    }
    if !objgraph::ENABLED {
        return;
    }
    if processes::is_child(CHILD) {
        let _watched = crate::watchdog::watch();
        objgraph::register::<ExitingVisit>();
        for _ in 0..3 {
            thread::spawn(|| {
                loop {
                    let kept: Vec<_> = (0..50)
                        .map(|n| (Rc::new(Leaf(n)), Arc::new(Leaf(n))))
                        .collect();
                    let _ = objgraph::find_leaks();
                    drop(kept);
                }
            });
        }
        let exits = Arc::new(ExitingVisit);
        thread::spawn(|| drop(objgraph::snapshot())).join().unwrap();
        drop(exits);
        panic!("it did not exit");
    }
    for _ in 0..5 {
        processes::run(CHILD);
    }
}
