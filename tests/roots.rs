//! Roots: statics, thread-locals and scoped values that the user named.

use std::cell::{Cell, RefCell};
use std::sync::{LazyLock, Mutex};

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Snapshot, Tracked, with_root};

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

/// The names of the roots that refer to an object.
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

/// One test at a time: while one snapshot looks into a lock, another finds it held.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[test]
fn statics_and_thread_locals_are_roots_and_are_not_made_by_looking() {
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
