//! Roots: statics, thread-locals and scoped values that the user named.

use std::cell::{Cell, RefCell};
use std::rc::Rc as StdRc;
use std::sync::{LazyLock, Mutex};

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Snapshot, Tracked, snapshot::with_root};

#[derive(Tracked)]
struct Session {
    number: u32,
}

#[objgraph::root]
static CACHE: Mutex<Vec<Arc<Session>>> = Mutex::new(Vec::new());

#[objgraph::root]
#[allow(dead_code, reason = "only the trace looks at it")]
static LAZY: LazyLock<Vec<Arc<Session>>> =
    LazyLock::new(|| unreachable!("to look does not make it"));

thread_local!(static MADE: Cell<u32> = const { Cell::new(0) });

fn made() -> RefCell<Option<Rc<Session>>> {
    MADE.set(MADE.get() + 1);
    RefCell::default()
}

#[objgraph::root]
thread_local! {
    static CURRENT: RefCell<Option<Rc<Session>>> = made();
    static PLAIN: RefCell<Vec<Rc<Session>>> = const { RefCell::new(Vec::new()) };
}

/// Returns the names of the roots that refer to an object.
fn holders(snapshot: &Snapshot, id: objgraph::ObjectId) -> Vec<(String, String)> {
    let node = snapshot.find(id).unwrap();
    let edges = snapshot.edges_to(node);
    edges
        .map(|edge| {
            (
                snapshot.node(edge.source()).root().unwrap().to_owned(),
                edge.path(),
            )
        })
        .collect()
}

fn pair(name: &str, path: &str) -> (String, String) {
    (name.to_owned(), path.to_owned())
}

/// Lets one test run at a time: while one snapshot visits a lock, another finds it held.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[test]
fn statics_and_thread_locals_are_roots_and_snapshots_do_not_initialise_them() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = ONE_AT_A_TIME.lock();
    let session = Arc::new(Session { number: 1 });
    CACHE.lock().unwrap().push(session.clone());
    let snapshot = objgraph::snapshot();
    assert_eq!(
        holders(&snapshot, objgraph::id(&session)),
        [pair("static CACHE", "[0]")]
    );
    assert_eq!(MADE.get(), 0);

    let local = Rc::new(Session { number: 2 });
    CURRENT.with_borrow_mut(|current| *current = Some(local.clone()));
    PLAIN.with_borrow_mut(|plain| plain.push(local.clone()));
    assert_eq!(MADE.get(), 1);
    let snapshot = objgraph::snapshot();
    let expected = [
        pair("thread-local CURRENT", ""),
        pair("thread-local PLAIN", "[0]"),
    ];
    assert_eq!(holders(&snapshot, objgraph::id(&local)), expected);
    let node = snapshot.find(objgraph::id(&local)).unwrap();
    assert_eq!(snapshot.external(node), Some(1));
    assert_eq!(session.number + local.number, 3);
}

#[test]
fn scoped_roots_are_roots_as_long_as_the_scope_lasts() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = ONE_AT_A_TIME.lock();
    let inner = Rc::new(Session { number: 1 });
    let app = (7, vec![inner.clone()]);
    let both = vec![inner.clone()];
    let snapshot = with_root("app", &app, || with_root("both", &both, objgraph::snapshot));
    let expected = [pair("both", "[0]"), pair("app", "1[0]")];
    assert_eq!(holders(&snapshot, objgraph::id(&inner)), expected);
    assert!(holders(&objgraph::snapshot(), objgraph::id(&inner)).is_empty());
}

#[test]
fn a_root_may_have_many_references() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = ONE_AT_A_TIME.lock();
    let sessions: Vec<Rc<Session>> = (0..10_000)
        .map(|number| Rc::new(Session { number }))
        .collect();
    // Out of order, and some more than once.
    let held: Vec<(Rc<Session>, StdRc<Session>)> = (0..12_000)
        .map(|at| {
            let session = sessions[at * 7919 % 10_000].clone();
            (session, StdRc::new(Session { number: at as u32 }))
        })
        .collect();
    let snapshot = with_root("held", &held, objgraph::snapshot);
    let root = snapshot.nodes().find(|node| node.root() == Some("held"));
    let root = root.unwrap().node_id();
    let expected = held.iter().map(|pair| Some(objgraph::id(&pair.0)));
    let expected: Vec<_> = expected.collect();
    let mut found = vec![None; held.len()];
    let mut outside = vec![0; held.len()];
    for edge in snapshot.edges(root) {
        let (element, target) = (edge.element().unwrap() as usize, edge.target());
        match edge.path().ends_with("].0") {
            true => found[element] = Some(snapshot.node(target).id()),
            false => outside[element] += 1,
        }
    }
    assert_eq!(found, expected);
    assert_eq!(outside, vec![1; held.len()]);
    assert_eq!(snapshot.edges(root).len(), 2 * held.len());
    for session in &sessions {
        let node = snapshot.find(objgraph::id(session)).unwrap();
        assert_eq!(snapshot.external(node), Some(1));
    }
    // The order of nodes: the table, roots, other values.
    let of_table =
        |edge: &objgraph::snapshot::Edge<'_>| snapshot.node(edge.target()).id().is_in_table();
    let mut edges = snapshot.edges(root);
    assert!(edges.all(|edge| of_table(&edge) == (edge.target() < root)));
}
