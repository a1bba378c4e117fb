//! Every query can be called from everything that objgraph calls, and from every drop.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Tracked, Visit, Visitor};

use crate::queries::{Subject, query_all};
use crate::{MEANT, alone, processes};

thread_local! {
    static QUERIES: Cell<u32> = const { Cell::new(0) };
}

/// Calls every query, and records that it did.
fn query() {
    if query_all() {
        let _ = QUERIES.try_with(|queries| queries.set(queries.get() + 1));
    }
}

/// Calls every query, unless it did since [`take_queries`].
fn query_once() {
    if QUERIES.get() == 0 {
        query();
    }
}

/// Returns the number of calls of [`query`] since the last one of this.
fn take_queries() -> u32 {
    QUERIES.take()
}

/// Calls every query when it is dropped.
#[derive(Tracked, Default)]
struct QueryInDrop(Option<Arc<u8>>);

impl Drop for QueryInDrop {
    fn drop(&mut self) {
        query();
    }
}

#[test]
fn in_a_drop() {
    let _alone = alone();
    let enabled = u32::from(objgraph::ENABLED);
    drop(Rc::new(QueryInDrop::default()));
    assert_eq!(take_queries(), enabled, "of an `Rc`");
    drop(Arc::new(QueryInDrop::default()));
    assert_eq!(take_queries(), enabled, "of an `Arc`");
    drop(Rc::try_unwrap(Rc::new(QueryInDrop::default())));
    assert_eq!(take_queries(), enabled, "of what was unwrapped");
    drop(Rc::new(vec![
        QueryInDrop::default(),
        QueryInDrop::default(),
    ]));
    assert_eq!(take_queries(), 2 * enabled, "of what is in another");
    let _ = catch_unwind(|| {
        let _dropped = (
            Rc::new(QueryInDrop::default()),
            Arc::new(QueryInDrop::default()),
        );
        panic!("{MEANT}");
    });
    assert_eq!(take_queries(), 2 * enabled, "during unwinding");
}

#[derive(Default)]
struct QueryInVisit(RefCell<Option<Rc<Subject>>>);

impl Visit for QueryInVisit {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        query();
        visitor.field("0", &self.0);
        visitor.guarded(|_| query());
        query();
    }
}

impl fmt::Debug for QueryInVisit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        query();
        f.write_str("visited")
    }
}

#[test]
fn in_a_visit() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<QueryInVisit>();
    let visited = Rc::new(QueryInVisit::default());
    visited.0.replace(Some(Rc::new(Subject::default())));
    take_queries();
    let snapshot = objgraph::snapshot();
    assert_eq!(take_queries(), 3);
    let node = snapshot.find(objgraph::id(&visited)).unwrap();
    assert_eq!(snapshot.edges(node).len(), 1);
    assert_eq!(snapshot.node(node).strong(), Some(1));
    // The same for a value behind a borrow.
    let _ = objgraph::refs(&*visited).to_dot().unwrap();
    assert!(take_queries() >= 3);
}

#[test]
fn in_a_visit_at_the_end_of_a_thread() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<QueryInVisit>();
    let before = objgraph::count_of::<QueryInVisit>();
    let id = thread::spawn(|| {
        let visited = Rc::new(QueryInVisit::default());
        let id = objgraph::id(&visited);
        std::mem::forget(visited);
        id
    });
    let id = id.join().unwrap();
    let snapshot = objgraph::snapshot();
    assert!(snapshot.node(snapshot.find(id).unwrap()).is_left_behind());
    assert_eq!(objgraph::count_of::<QueryInVisit>(), before + 1);
}

#[derive(Tracked)]
struct QueryInDebug(Rc<Subject>);

impl fmt::Debug for QueryInDebug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        query();
        f.write_str("shown")
    }
}

#[derive(Tracked, Default)]
struct Ring(RefCell<Option<Rc<Ring>>>);

/// Other threads print while objgraph prints a value of the program.
impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thread::spawn(|| drop(io::stdout().lock())).join().unwrap();
        query();
        f.write_str("ring")
    }
}

#[test]
fn in_a_debug() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let shown = Rc::new(QueryInDebug(Rc::new(Subject::default())));
    take_queries();
    let dot = objgraph::refs(&shown).to_dot().unwrap();
    assert!(take_queries() >= 1 && dot.contains("shown"), "{dot}");
    assert_eq!(
        objgraph::at(objgraph::id(&shown))
            .unwrap()
            .label()
            .as_deref(),
        Some("shown")
    );
    assert_eq!(take_queries(), 1);

    let ring = Rc::new(Ring::default());
    ring.0.replace(Some(ring.clone()));
    let weak = Rc::downgrade(&ring);
    drop(ring);
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("trust-ring.dot");
    let leaks = objgraph::show_leaks(path).unwrap();
    assert!(take_queries() >= 1 && leaks.to_string().contains("Ring"));
    let ring = weak.upgrade().expect("it leaked");
    ring.0.take();
}

mod functions {
    use super::*;

    pub fn with<'a>(value: &'a Option<Rc<Subject>>, visitor: &mut Visitor<'a>) {
        query();
        visitor.value(value);
    }

    pub fn label(_: &QueryInFunction, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        query();
        f.write_str("labelled")
    }
}

#[derive(Tracked)]
#[tracked(label = functions::label)]
struct QueryInFunction {
    #[tracked(with = functions::with)]
    field: Option<Rc<Subject>>,
}

#[test]
fn in_functions_that_a_derive_names() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let with = Rc::new(QueryInFunction {
        field: Some(Rc::new(Subject::default())),
    });
    take_queries();
    let dot = objgraph::refs(&with).to_dot().unwrap();
    assert!(take_queries() >= 2, "in `with` and in `label`");
    assert!(dot.contains("labelled") && dot.contains("Subject"), "{dot}");
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        query_once();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        query_once();
        Ok(())
    }
}

#[test]
fn in_predicates_and_writers() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let subject = Rc::new(Subject::default());
    subject.next.replace(Some(Rc::new(Subject::default())));
    type Picture = objgraph::picture::Picture<'static>;
    let callbacks: [(&str, fn(Picture) -> Picture); 6] = [
        ("filter", |picture| {
            picture.filter(|_| {
                query_once();
                true
            })
        }),
        ("filter_edges", |picture| {
            picture.filter_edges(|_| {
                query_once();
                true
            })
        }),
        ("stop_at", |picture| {
            picture.stop_at(|_| {
                query_once();
                false
            })
        }),
        ("highlight", |picture| {
            picture.highlight(|_| {
                query_once();
                true
            })
        }),
        ("extra_info", |picture| {
            picture.extra_info(|_| {
                query_once();
                "more".to_owned()
            })
        }),
        ("node_attrs", |picture| {
            picture.node_attrs(|_| {
                query_once();
                [("tooltip", "more")]
            })
        }),
    ];
    for (name, set) in callbacks {
        take_queries();
        let picture = set(objgraph::refs(&subject));
        picture.write(&mut io::sink()).unwrap();
        assert!(take_queries() > 0, "{name}");
    }
    take_queries();
    objgraph::refs(&subject).write(&mut Writer).unwrap();
    assert!(take_queries() > 0, "a writer of a picture");
    let meant = |_: objgraph::snapshot::Node<'_>| {
        query_once();
        false
    };
    assert!(objgraph::find_ref_chain(&subject, meant).is_none());
    assert!(take_queries() > 0, "the predicate of a chain");
    let stats = objgraph::alive::stats().filter(|_| {
        query_once();
        true
    });
    let tables: [(&str, &dyn Fn()); 6] = [
        ("typestats", &|| drop(stats.typestats())),
        ("growth", &|| drop(stats.growth())),
        ("show_growth", &|| stats.show_growth()),
        ("show_most_common_types", &|| stats.show_most_common_types()),
        ("write_most_common_types", &|| {
            stats.write_most_common_types(&mut Writer).unwrap()
        }),
        ("write_new_ids", &|| {
            drop(
                objgraph::growth::query_new_ids()
                    .write(&mut Writer)
                    .unwrap(),
            )
        }),
    ];
    for (name, table) in tables {
        take_queries();
        table();
        assert!(take_queries() > 0, "{name}");
    }
    let query_at_root = query;
    objgraph::snapshot::with_root("app", &subject, query_at_root);
    assert_eq!(take_queries(), 1, "with_root");
}

#[derive(Tracked)]
struct QueryInClone(u8);

impl Clone for QueryInClone {
    fn clone(&self) -> Self {
        query();
        Self(self.0 + 1)
    }
}

#[test]
fn in_a_clone_and_in_a_closure_that_creates_a_value() {
    let _alone = alone();
    let enabled = u32::from(objgraph::ENABLED);
    take_queries();
    let mut rc = Rc::new(QueryInClone(1));
    let other = rc.clone();
    Rc::make_mut(&mut rc).0 += 10;
    assert_eq!((rc.0, other.0, take_queries()), (12, 1, enabled));
    let mut arc = Arc::new(QueryInClone(1));
    let other = arc.clone();
    Arc::make_mut(&mut arc).0 += 10;
    assert_eq!((arc.0, other.0, take_queries()), (12, 1, enabled));
    assert_eq!((Rc::unwrap_or_clone(rc).0, take_queries()), (12, 0));
    let shared = Arc::unwrap_or_clone(other.clone());
    assert_eq!((shared.0, take_queries()), (2, enabled));

    struct CyclicValue<W>(W);
    struct ByRc(CyclicValue<objgraph::rc::Weak<ByRc>>);
    let cyclic = Rc::new_cyclic(|weak| {
        query();
        assert!(weak.upgrade().is_none());
        ByRc(CyclicValue(weak.clone()))
    });
    assert!(Rc::ptr_eq(&cyclic.0.0.upgrade().unwrap(), &cyclic));
    struct ByArc(CyclicValue<objgraph::sync::Weak<ByArc>>);
    let cyclic = Arc::new_cyclic(|weak| {
        query();
        assert!(weak.upgrade().is_none());
        ByArc(CyclicValue(weak.clone()))
    });
    assert!(Arc::ptr_eq(&cyclic.0.0.upgrade().unwrap(), &cyclic));
    assert_eq!(take_queries(), 2 * enabled);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        Rc::new_cyclic(|_: &objgraph::rc::Weak<u8>| panic!("{MEANT}"))
    }));
    assert!(panicked.is_err());
}

/// Calls every query when it is dropped, and prints that it did, since it can return nothing then.
struct QueryAtEnd(&'static str, Option<Rc<u8>>);

impl Drop for QueryAtEnd {
    fn drop(&mut self) {
        // Created early in the thread: its counts are only those of the program.
        if let Some(old) = &mut self.1 {
            let weak = Rc::downgrade(old);
            assert_eq!((Rc::strong_count(old), Rc::weak_count(old)), (1, 1));
            drop(weak);
            assert_eq!(Rc::get_mut(old).copied(), Some(5));
            assert_eq!(Rc::weak_count(old), 0);
        }
        if query_all() || !objgraph::ENABLED {
            println!("queried {}", self.0);
        }
    }
}

thread_local! {
    /// Used before objgraph, so it is dropped after objgraph's own thread-locals.
    static BEFORE: RefCell<Vec<Rc<QueryAtEnd>>> = const { RefCell::new(Vec::new()) };
    static AFTER: RefCell<Vec<Rc<QueryAtEnd>>> = const { RefCell::new(Vec::new()) };
}

fn keep_until_the_end() {
    BEFORE.with(|_| ());
    BEFORE.with_borrow_mut(|kept| kept.push(Rc::new(QueryAtEnd("before", Some(Rc::new(5))))));
    AFTER.with_borrow_mut(|kept| kept.push(Rc::new(QueryAtEnd("after", None))));
}

#[test]
fn a_thread_that_ends() {
    if processes::is_child("reentrancy::a_thread_that_ends") {
        let _watched = crate::watchdog::watch();
        thread::spawn(keep_until_the_end).join().unwrap();
        // Objects dropped late are counted like the others.
        crate::drift::assert_none();
        return;
    }
    let text = processes::run("reentrancy::a_thread_that_ends");
    assert!(
        text.contains("queried before") && text.contains("queried after"),
        "{text}"
    );
}

#[test]
fn a_process_that_exits() {
    if processes::is_child("reentrancy::a_process_that_exits") {
        let _watched = crate::watchdog::watch();
        keep_until_the_end();
        std::process::exit(0);
    }
    let text = processes::run("reentrancy::a_process_that_exits");
    assert!(
        text.contains("queried before") && text.contains("queried after"),
        "{text}"
    );
}

#[test]
fn a_process_that_exits_from_inside_of_a_visit() {
    struct ExitingVisit;
    impl Visit for ExitingVisit {
        fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
            // Not while the process is already exiting: std forbids it.
            static EXITS: AtomicBool = AtomicBool::new(false);
            if !EXITS.swap(true, Ordering::Relaxed) {
                std::process::exit(0);
            }
        }
    }
    if processes::is_child("reentrancy::a_process_that_exits_from_inside_of_a_visit") {
        let _watched = crate::watchdog::watch();
        keep_until_the_end();
        let exits = Arc::new(ExitingVisit);
        objgraph::snapshot::with_root("exits", &*exits, || drop(objgraph::snapshot()));
        return;
    }
    let text = processes::run("reentrancy::a_process_that_exits_from_inside_of_a_visit");
    assert!(
        text.contains("queried before") && text.contains("queried after"),
        "{text}"
    );
}
