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

use crate::questions::{Subject, ask_all};
use crate::{MEANT, alone, processes};

thread_local! {
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Calls every query, and records that it did.
fn ask() {
    if ask_all() {
        let _ = ASKED.try_with(|asked| asked.set(asked.get() + 1));
    }
}

/// Calls every query, unless that happened since [`asked`].
fn ask_once() {
    if ASKED.get() == 0 {
        ask();
    }
}

fn asked() -> u32 {
    ASKED.take()
}

/// Calls every query when it is dropped.
#[derive(Tracked, Default)]
struct Dropped(Option<Arc<u8>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        ask();
    }
}

#[test]
fn in_a_drop() {
    let _alone = alone();
    let enabled = u32::from(objgraph::ENABLED);
    drop(Rc::new(Dropped::default()));
    assert_eq!(asked(), enabled, "of an `Rc`");
    drop(Arc::new(Dropped::default()));
    assert_eq!(asked(), enabled, "of an `Arc`");
    drop(Rc::try_unwrap(Rc::new(Dropped::default())));
    assert_eq!(asked(), enabled, "of what was unwrapped");
    drop(Rc::new(vec![Dropped::default(), Dropped::default()]));
    assert_eq!(asked(), 2 * enabled, "of what is in another");
    let _ = catch_unwind(|| {
        let _dropped = (Rc::new(Dropped::default()), Arc::new(Dropped::default()));
        panic!("{MEANT}");
    });
    assert_eq!(asked(), 2 * enabled, "during unwinding");
}

#[derive(Default)]
struct Visited(RefCell<Option<Rc<Subject>>>);

impl Visit for Visited {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        ask();
        visitor.field("0", &self.0);
        visitor.guarded(|_| ask());
        ask();
    }
}

impl fmt::Debug for Visited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ask();
        f.write_str("visited")
    }
}

#[test]
fn in_a_visit() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<Visited>();
    let visited = Rc::new(Visited::default());
    visited.0.replace(Some(Rc::new(Subject::default())));
    asked();
    let snapshot = objgraph::snapshot();
    assert_eq!(asked(), 3);
    let node = snapshot.find(objgraph::id(&visited)).unwrap();
    assert_eq!(snapshot.edges(node).len(), 1);
    assert_eq!(snapshot.node(node).strong(), Some(1));
    // The same for a value behind a borrow.
    let _ = objgraph::refs(&*visited).to_dot().unwrap();
    assert!(asked() >= 3);
}

#[test]
fn in_a_visit_at_the_end_of_a_thread() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<Visited>();
    let before = objgraph::count_of::<Visited>();
    let id = thread::spawn(|| {
        let visited = Rc::new(Visited::default());
        let id = objgraph::id(&visited);
        std::mem::forget(visited);
        id
    });
    let id = id.join().unwrap();
    let snapshot = objgraph::snapshot();
    assert!(snapshot.node(snapshot.find(id).unwrap()).is_left_behind());
    assert_eq!(objgraph::count_of::<Visited>(), before + 1);
}

#[derive(Tracked)]
struct Shown(Rc<Subject>);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ask();
        f.write_str("shown")
    }
}

#[derive(Tracked, Default)]
struct Ring(RefCell<Option<Rc<Ring>>>);

/// Other threads print while objgraph prints a value of the program.
impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thread::spawn(|| drop(io::stdout().lock())).join().unwrap();
        ask();
        f.write_str("ring")
    }
}

#[test]
fn in_a_debug() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let shown = Rc::new(Shown(Rc::new(Subject::default())));
    asked();
    let dot = objgraph::refs(&shown).to_dot().unwrap();
    assert!(asked() >= 1 && dot.contains("shown"), "{dot}");
    assert_eq!(
        objgraph::at(objgraph::id(&shown))
            .unwrap()
            .label()
            .as_deref(),
        Some("shown")
    );
    assert_eq!(asked(), 1);

    let ring = Rc::new(Ring::default());
    ring.0.replace(Some(ring.clone()));
    let weak = Rc::downgrade(&ring);
    drop(ring);
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("trust-ring.dot");
    let leaks = objgraph::show_leaks(path).unwrap();
    assert!(asked() >= 1 && leaks.to_string().contains("Ring"));
    let ring = weak.upgrade().expect("it leaked");
    ring.0.take();
}

mod functions {
    use super::*;

    pub fn with<'a>(value: &'a Option<Rc<Subject>>, visitor: &mut Visitor<'a>) {
        ask();
        visitor.value(value);
    }

    pub fn label(_: &With, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ask();
        f.write_str("labelled")
    }
}

#[derive(Tracked)]
#[tracked(label = functions::label)]
struct With {
    #[tracked(with = functions::with)]
    field: Option<Rc<Subject>>,
}

#[test]
fn in_functions_that_a_derive_names() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let with = Rc::new(With {
        field: Some(Rc::new(Subject::default())),
    });
    asked();
    let dot = objgraph::refs(&with).to_dot().unwrap();
    assert!(asked() >= 2, "in `with` and in `label`");
    assert!(dot.contains("labelled") && dot.contains("Subject"), "{dot}");
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ask_once();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        ask_once();
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
                ask_once();
                true
            })
        }),
        ("filter_edges", |picture| {
            picture.filter_edges(|_| {
                ask_once();
                true
            })
        }),
        ("stop_at", |picture| {
            picture.stop_at(|_| {
                ask_once();
                false
            })
        }),
        ("highlight", |picture| {
            picture.highlight(|_| {
                ask_once();
                true
            })
        }),
        ("extra_info", |picture| {
            picture.extra_info(|_| {
                ask_once();
                "more".to_owned()
            })
        }),
        ("node_attrs", |picture| {
            picture.node_attrs(|_| {
                ask_once();
                [("tooltip", "more")]
            })
        }),
    ];
    for (name, set) in callbacks {
        asked();
        let picture = set(objgraph::refs(&subject));
        picture.write(&mut io::sink()).unwrap();
        assert!(asked() > 0, "{name}");
    }
    asked();
    objgraph::refs(&subject).write(&mut Writer).unwrap();
    assert!(asked() > 0, "a writer of a picture");
    let meant = |_: objgraph::snapshot::Node<'_>| {
        ask_once();
        false
    };
    assert!(objgraph::find_ref_chain(&subject, meant).is_none());
    assert!(asked() > 0, "the predicate of a chain");
    let stats = objgraph::alive::stats().filter(|_| {
        ask_once();
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
        asked();
        table();
        assert!(asked() > 0, "{name}");
    }
    let ask_at_root = ask;
    objgraph::snapshot::with_root("app", &subject, ask_at_root);
    assert_eq!(asked(), 1, "with_root");
}

#[derive(Tracked)]
struct Cloned(u8);

impl Clone for Cloned {
    fn clone(&self) -> Self {
        ask();
        Self(self.0 + 1)
    }
}

#[test]
fn in_a_clone_and_in_a_closure_that_creates_a_value() {
    let _alone = alone();
    let enabled = u32::from(objgraph::ENABLED);
    asked();
    let mut rc = Rc::new(Cloned(1));
    let other = rc.clone();
    Rc::make_mut(&mut rc).0 += 10;
    assert_eq!((rc.0, other.0, asked()), (12, 1, enabled));
    let mut arc = Arc::new(Cloned(1));
    let other = arc.clone();
    Arc::make_mut(&mut arc).0 += 10;
    assert_eq!((arc.0, other.0, asked()), (12, 1, enabled));
    assert_eq!((Rc::unwrap_or_clone(rc).0, asked()), (12, 0));
    let shared = Arc::unwrap_or_clone(other.clone());
    assert_eq!((shared.0, asked()), (2, enabled));

    struct Cyclic<W>(W);
    struct ByRc(Cyclic<objgraph::rc::Weak<ByRc>>);
    let cyclic = Rc::new_cyclic(|weak| {
        ask();
        assert!(weak.upgrade().is_none());
        ByRc(Cyclic(weak.clone()))
    });
    assert!(Rc::ptr_eq(&cyclic.0.0.upgrade().unwrap(), &cyclic));
    struct ByArc(Cyclic<objgraph::sync::Weak<ByArc>>);
    let cyclic = Arc::new_cyclic(|weak| {
        ask();
        assert!(weak.upgrade().is_none());
        ByArc(Cyclic(weak.clone()))
    });
    assert!(Arc::ptr_eq(&cyclic.0.0.upgrade().unwrap(), &cyclic));
    assert_eq!(asked(), 2 * enabled);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        Rc::new_cyclic(|_: &objgraph::rc::Weak<u8>| panic!("{MEANT}"))
    }));
    assert!(panicked.is_err());
}

/// Calls every query when it is dropped, and prints that it did, since it can return nothing then.
struct QueriesWhenDropped(&'static str, Option<Rc<u8>>);

impl Drop for QueriesWhenDropped {
    fn drop(&mut self) {
        // Created early in the thread: its counts are only those of the program.
        if let Some(old) = &mut self.1 {
            let weak = Rc::downgrade(old);
            assert_eq!((Rc::strong_count(old), Rc::weak_count(old)), (1, 1));
            drop(weak);
            assert_eq!(Rc::get_mut(old).copied(), Some(5));
            assert_eq!(Rc::weak_count(old), 0);
        }
        if ask_all() || !objgraph::ENABLED {
            println!("asked {}", self.0);
        }
    }
}

thread_local! {
    /// Used before objgraph, so it is dropped after objgraph's own thread-locals.
    static BEFORE: RefCell<Vec<Rc<QueriesWhenDropped>>> = const { RefCell::new(Vec::new()) };
    static AFTER: RefCell<Vec<Rc<QueriesWhenDropped>>> = const { RefCell::new(Vec::new()) };
}

fn keep_until_the_end() {
    BEFORE.with(|_| ());
    BEFORE
        .with_borrow_mut(|kept| kept.push(Rc::new(QueriesWhenDropped("before", Some(Rc::new(5))))));
    AFTER.with_borrow_mut(|kept| kept.push(Rc::new(QueriesWhenDropped("after", None))));
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
        text.contains("asked before") && text.contains("asked after"),
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
        text.contains("asked before") && text.contains("asked after"),
        "{text}"
    );
}

#[test]
fn a_process_that_exits_from_inside_of_a_visit() {
    struct Exits;
    impl Visit for Exits {
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
        let exits = Arc::new(Exits);
        objgraph::snapshot::with_root("exits", &*exits, || drop(objgraph::snapshot()));
        return;
    }
    let text = processes::run("reentrancy::a_process_that_exits_from_inside_of_a_visit");
    assert!(
        text.contains("asked before") && text.contains("asked after"),
        "{text}"
    );
}
