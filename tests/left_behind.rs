//! Objects that threads leave alive when they end.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "the fields are there to hold, and nothing else reads them"
)]

use std::cell::RefCell;
use std::sync::mpsc::channel;
use std::thread;

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{ObjectId, Tracked, alive::AliveReason, leaks::Leaks};

/// Runs a function on a thread of this name, and joins it.
fn on_thread<R: Send>(name: &str, run: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        let named = thread::Builder::new().name(name.to_owned());
        named.spawn_scoped(scope, run).unwrap().join().unwrap()
    })
}

fn is_left_behind(leaks: &Leaks, id: ObjectId) -> bool {
    leaks.left_behind().any(|object| object.id() == id)
}

fn has_leaked(leaks: &Leaks, id: ObjectId) -> bool {
    leaks.ids().any(|leaked| leaked == id)
}

#[derive(Tracked)]
struct Job {
    input: Rc<Input>,
    shared: Arc<SharedByte>,
}

#[derive(Tracked)]
struct Input(u8);

#[derive(Tracked)]
struct SharedByte(u8);

#[test]
fn a_forgotten_object_is_reported_with_all_that_it_holds() {
    if !objgraph::ENABLED {
        return;
    }
    let in_use = Arc::new(SharedByte(1));
    let ids = on_thread("forgetful", || {
        let new = |shared: &Arc<SharedByte>| {
            Rc::new(Job {
                input: Rc::new(Input(1)),
                shared: shared.clone(),
            })
        };
        let (one, two) = (new(&Arc::new(SharedByte(2))), new(&in_use));
        let ids = [&one, &two].map(objgraph::id);
        let held = [objgraph::id(&one.input), objgraph::id(&one.shared)];
        std::mem::forget(one);
        std::mem::forget(two);
        (ids, held)
    });
    let leaks = objgraph::find_leaks();
    for id in ids.0.into_iter().chain(ids.1) {
        assert!(
            is_left_behind(&leaks, id) && !has_leaked(&leaks, id),
            "{id:?}: {leaks}"
        );
    }
    // An `Arc` that other threads hold is in use.
    assert!(!is_left_behind(&leaks, objgraph::id(&in_use)), "{leaks}");
    let job = leaks
        .left_behind()
        .find(|object| object.id() == ids.0[0])
        .unwrap();
    assert_eq!(job.thread(), Some("forgetful"));
    assert!(job.node().is_left_behind());
    let text = leaks.to_string();
    assert!(
        text.contains("left behind by threads that ended\n"),
        "{text}"
    );
    assert!(
        text.contains("× Job ") && text.contains("on thread forgetful"),
        "{text}"
    );

    let why = objgraph::why_alive(ids.0[0]).unwrap();
    assert_eq!(*why.reason(), AliveReason::External(1));
    let text = why.to_string();
    assert!(text.contains("thread forgetful has ended"), "{text}");
}

#[derive(Tracked, Default)]
struct Ring(RefCell<Option<Rc<Ring>>>);

/// A cycle has certainly leaked, whichever thread made it.
#[test]
fn a_leaked_cycle_is_reported_once() {
    if !objgraph::ENABLED {
        return;
    }
    let id = on_thread("circular", || {
        let ring = Rc::new(Ring::default());
        ring.0.replace(Some(ring.clone()));
        objgraph::id(&ring)
    });
    let leaks = objgraph::find_leaks();
    assert!(
        has_leaked(&leaks, id) && !is_left_behind(&leaks, id),
        "{leaks}"
    );
    let text = objgraph::why_alive(id).unwrap().to_string();
    assert!(text.contains("has leaked"), "{text}");
}

#[derive(Tracked)]
struct Work;

#[test]
fn objects_of_a_running_thread_are_not_left_behind() {
    if !objgraph::ENABLED {
        return;
    }
    let (sender, receiver) = channel();
    let (end, ended) = channel::<()>();
    let worker = thread::spawn(move || {
        let busy = Rc::new(Work);
        sender.send(objgraph::id(&busy)).unwrap();
        let _ = ended.recv();
        drop(busy);
    });
    let id = receiver.recv().unwrap();
    let leaks = objgraph::find_leaks();
    assert!(
        !is_left_behind(&leaks, id) && !has_leaked(&leaks, id),
        "{leaks}"
    );
    drop(end);
    worker.join().unwrap();
    assert!(objgraph::at(id).is_none());
}

#[derive(Tracked)]
struct CacheEntry;

thread_local! {
    /// A thread-local made before the first object of its thread, so it is dropped after the last
    /// trace.
    static CACHE: RefCell<Vec<Rc<CacheEntry>>> = const { RefCell::new(Vec::new()) };
}

#[test]
fn objects_that_a_thread_local_drops_are_not_left_behind() {
    if !objgraph::ENABLED {
        return;
    }
    let worker = thread::spawn(|| {
        CACHE.with_borrow_mut(|cache| {
            cache.push(Rc::new(CacheEntry));
            objgraph::id(&cache[0])
        })
    });
    let id = worker.join().unwrap();
    assert!(objgraph::at(id).is_none());
    assert!(!is_left_behind(&objgraph::find_leaks(), id));
}

#[derive(Tracked, Default)]
struct Callback(RefCell<Option<Box<dyn Fn()>>>);

/// An object that its own closure may hold is reported as such.
#[test]
fn a_closure_is_suspected_first() {
    if !objgraph::ENABLED {
        return;
    }
    let id = on_thread("calling", || {
        let callback = Rc::new(Callback::default());
        let own = callback.clone();
        callback
            .0
            .replace(Some(Box::new(move || drop(own.0.borrow()))));
        objgraph::id(&callback)
    });
    let leaks = objgraph::find_leaks();
    let mut suspects = match objgraph::core::SCANS {
        true => leaks.likely_leaked(),
        false => leaks.possibly_leaked(),
    };
    assert!(suspects.any(|object| object.id() == id), "{leaks}");
    assert!(!is_left_behind(&leaks, id), "{leaks}");
}

#[derive(Tracked, Default)]
struct Keeper {
    me: RefCell<Option<Rc<Keeper>>>,
    std: RefCell<Option<std::sync::Arc<SharedByte>>>,
}

/// A weak reference can be upgraded after the last trace of the thread.
#[test]
fn a_std_arc_that_others_can_get_at_has_not_leaked() {
    if !objgraph::ENABLED {
        return;
    }
    let shared = std::sync::Arc::new(SharedByte(3));
    let weak = std::sync::Arc::downgrade(&shared);
    let id = on_thread("weak", move || {
        let keeper = Rc::new(Keeper::default());
        keeper.me.replace(Some(keeper.clone()));
        keeper.std.replace(Some(shared));
        objgraph::id(&keeper)
    });
    let in_use = weak.upgrade().unwrap();
    let leaks = objgraph::leaks::find_leaks_in(&std::sync::Arc::new(objgraph::snapshot()));
    assert!(has_leaked(&leaks, id), "{leaks}");
    let snapshot = leaks.snapshot();
    let keeper = snapshot.find(id).unwrap();
    let std = snapshot
        .edges(keeper)
        .find(|edge| edge.path() == "std")
        .unwrap();
    assert!(!leaks.nodes().contains(&std.target()), "{leaks}");
    drop(in_use);
}

/// A watched value that was dropped is not listed.
#[test]
fn a_watched_value_that_died_with_its_thread_is_gone() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked)]
    struct WatchedValue;
    on_thread("watching", || {
        let watched = std::rc::Rc::new(WatchedValue);
        let _ = objgraph::watch(&watched);
        drop(watched);
    });
    assert_eq!(objgraph::count_of::<WatchedValue>(), 0);
}
