//! A value that is borrowed, locked, poisoned or being initialised is never waited for, causes no
//! panic, and is reported.

use std::cell::{LazyCell, OnceCell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, Mutex, OnceLock, RwLock, mpsc};
use std::thread;

use objgraph::core::PlaceKind;
use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{ObjectId, Snapshot, Tracked, snapshot::State};

use crate::{MEANT, alone, assert_no_leaf_leaked, outputs};

#[derive(Tracked, Debug, Default)]
struct Leaf(u32);

#[derive(Tracked, Debug, Default)]
struct Owner {
    cell: RefCell<Option<Rc<Leaf>>>,
    once: OnceCell<Rc<Leaf>>,
}

#[derive(Tracked, Debug, Default)]
struct Locks {
    mutex: Mutex<Option<Arc<Leaf>>>,
    rw: RwLock<Option<Arc<Leaf>>>,
    once: OnceLock<Arc<Leaf>>,
}

/// Returns the number of strong edges of the object, and of its busy places.
fn seen(snapshot: &Snapshot, id: ObjectId) -> (usize, usize) {
    let node = snapshot.find(id).unwrap();
    assert_eq!(snapshot.node(node).state(), State::Visited);
    let busy = snapshot.places_of(node).iter();
    (
        snapshot.edges(node).filter(|edge| edge.is_strong()).count(),
        busy.filter(|place| place.kind == PlaceKind::Busy).count(),
    )
}

fn assert_seen(id: ObjectId, expected: (usize, usize)) {
    assert_eq!(seen(&objgraph::snapshot(), id), expected);
    let blind = objgraph::blind_spots().to_string();
    assert_eq!(blind.contains("Leaf"), expected.1 > 0, "{blind}");
    assert_no_leaf_leaked();
    // A picture shows it too, and its label does not panic.
    let dot = objgraph::refs(id).to_dot().unwrap();
    assert_eq!(dot.contains("busy"), expected.1 > 0, "{dot}");
}

#[test]
fn cells() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let owner = Rc::new(Owner::default());
    owner.cell.replace(Some(Rc::new(Leaf(1))));
    let id = objgraph::id(&owner);
    assert_seen(id, (1, 0));
    let borrowed = owner.cell.borrow();
    assert_seen(id, (1, 0));
    drop(borrowed);
    let borrowed = owner.cell.borrow_mut();
    assert_seen(id, (0, 1));
    drop(borrowed);
    assert_seen(id, (1, 0));

    let leaf = owner.once.get_or_init(|| {
        assert_seen(id, (1, 0));
        Rc::new(Leaf(2))
    });
    assert_eq!(leaf.0, 2);
    assert_seen(id, (2, 0));
    // A borrow that a panic leaves behind forever.
    std::mem::forget(owner.cell.borrow_mut());
    assert_seen(id, (1, 1));
}

#[test]
fn locks_of_this_thread() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let locks = Arc::new(Locks::default());
    *locks.mutex.lock().unwrap() = Some(Arc::new(Leaf(1)));
    *locks.rw.write().unwrap() = Some(Arc::new(Leaf(2)));
    let id = objgraph::id(&locks);
    assert_seen(id, (2, 0));
    let held = locks.mutex.lock().unwrap();
    assert_seen(id, (1, 1));
    let read = locks.rw.read().unwrap();
    assert_seen(id, (1, 1));
    drop(read);
    let written = locks.rw.write().unwrap();
    assert_seen(id, (0, 2));
    drop((held, written));
    locks.once.get_or_init(|| {
        assert_seen(id, (2, 0));
        Arc::new(Leaf(3))
    });
    assert_seen(id, (3, 0));
}

#[test]
fn locks_of_another_thread() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let locks = Arc::new(Locks::default());
    *locks.mutex.lock().unwrap() = Some(Arc::new(Leaf(1)));
    *locks.rw.write().unwrap() = Some(Arc::new(Leaf(2)));
    let id = objgraph::id(&locks);
    let (held, is_held) = mpsc::channel();
    let (release, is_released) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let locks = &locks;
        scope.spawn(move || {
            let guards = (locks.mutex.lock().unwrap(), locks.rw.write().unwrap());
            locks.once.get_or_init(|| {
                held.send(()).unwrap();
                is_released.recv().unwrap();
                Arc::new(Leaf(3))
            });
            drop(guards);
        });
        is_held.recv().unwrap();
        assert_seen(id, (0, 2));
        // The value's own `Debug` and that of an owner do not wait either.
        let label = objgraph::at(id).unwrap().label().unwrap();
        assert!(label.contains("Locks"), "{label}");
        release.send(()).unwrap();
    });
    assert_seen(id, (3, 0));
}

#[test]
fn poisoned_locks_are_traced() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let locks = Arc::new(Locks::default());
    *locks.mutex.lock().unwrap() = Some(Arc::new(Leaf(1)));
    *locks.rw.write().unwrap() = Some(Arc::new(Leaf(2)));
    let poisoned = catch_unwind(AssertUnwindSafe(|| {
        let _guards = (locks.mutex.lock(), locks.rw.write());
        panic!("{MEANT}");
    }));
    assert!(poisoned.is_err() && locks.mutex.is_poisoned() && locks.rw.is_poisoned());
    let id = objgraph::id(&locks);
    assert_seen(id, (2, 0));
    assert!(locks.mutex.is_poisoned() && locks.rw.is_poisoned(), "still");
    // Every format marks it as poisoned, and shows what it holds.
    let mut formats = outputs::formats(&objgraph::refs(id));
    formats.retain(|(format, _)| *format != "picture");
    for (format, text) in formats {
        assert!(text.contains("poisoned"), "{format}: {text}");
        assert!(text.contains("Leaf"), "{format}: {text}");
    }
    let dot = objgraph::refs(id).to_dot().unwrap();
    assert_eq!(dot.matches("poisoned").count(), 2, "{dot}");
    let snapshot = std::sync::Arc::new(objgraph::snapshot());
    let json = outputs::written(|out| objgraph::picture::write_json(&snapshot, out));
    assert!(json.contains("poisoned"), "{json}");
    let spots = objgraph::blind_spots().to_string();
    assert!(!spots.contains("poisoned"), "it hides nothing: {spots}");
    locks.mutex.clear_poison();
    locks.rw.clear_poison();
    let dot = objgraph::refs(id).to_dot().unwrap();
    assert!(!dot.contains("poisoned"), "{dot}");
    // So is a lock that is itself the target of a pointer.
    let lock = Arc::new(Mutex::new(Arc::new(Leaf(4))));
    objgraph::register::<Mutex<Arc<Leaf>>>();
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let _guard = lock.lock();
        panic!("{MEANT}");
    }));
    let dot = objgraph::refs(&lock).to_dot().unwrap();
    assert!(dot.contains("poisoned"), "{dot}");
}

type Lazy = LazyLock<Arc<Leaf>, Box<dyn FnOnce() -> Arc<Leaf> + Send>>;

#[test]
fn lazily_created_values() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<LazyCell<Rc<Leaf>>>();
    objgraph::register::<Lazy>();
    let cell: Rc<LazyCell<Rc<Leaf>>> = Rc::new(LazyCell::new(|| {
        let _ = (objgraph::snapshot(), objgraph::find_leaks());
        Rc::new(Leaf(1))
    }));
    let edges = |id| {
        let snapshot = objgraph::snapshot();
        let node = snapshot.find(id).unwrap();
        (snapshot.edges(node).len(), snapshot.places_of(node).len())
    };
    assert_eq!(edges(objgraph::id(&cell)), (0, 0), "not made by a look");
    assert_eq!(cell.0, 1);
    assert_eq!(edges(objgraph::id(&cell)), (1, 0));

    let (begun, is_begun) = mpsc::channel();
    let (release, is_released) = mpsc::channel::<()>();
    let lazy: Arc<Mutex<()>> = Arc::new(Mutex::new(()));
    let kept = lazy.clone();
    let lazy: Arc<Lazy> = Arc::new(LazyLock::new(Box::new(move || {
        let _kept = kept;
        begun.send(()).unwrap();
        is_released.recv().unwrap();
        Arc::new(Leaf(2))
    })));
    let id = objgraph::id(&lazy);
    assert_eq!(edges(id), (0, 1), "what its function holds cannot be seen");
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(lazy.0, 2));
        is_begun.recv().unwrap();
        assert_eq!(edges(id), (0, 1), "while it is made");
        release.send(()).unwrap();
    });
    assert_eq!(edges(id), (1, 0));
}

/// Nested cells, so that a visit holds one while it finds the next busy.
#[test]
fn a_borrow_inside_of_a_borrow() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    #[derive(Tracked, Default)]
    struct NestedCells(RefCell<Vec<RefCell<Option<Rc<Leaf>>>>>);
    let nested = Rc::new(NestedCells::default());
    let leaf = || RefCell::new(Some(Rc::new(Leaf(1))));
    nested.0.borrow_mut().extend([leaf(), leaf(), leaf()]);
    let id = objgraph::id(&nested);
    let outer = nested.0.borrow();
    let inner = outer[1].borrow_mut();
    assert_eq!(seen(&objgraph::snapshot(), id), (2, 1));
    drop(inner);
    drop(outer);
    assert_eq!(seen(&objgraph::snapshot(), id), (3, 0));
}
