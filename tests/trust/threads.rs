//! Threads that end, outlive `main`, start and end at a high rate, and query at the same time.
//!
//! `OBJGRAPH_STRESS_SECONDS` is the duration of the last test, three seconds by default.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Instance, ObjectId, Snapshot, Tracked, snapshot::State};

use crate::{alone, drift, processes};

#[derive(Tracked, Debug, Default)]
struct Job(u32);

#[derive(Tracked, Default)]
struct SharedNode {
    next: Mutex<Option<Arc<SharedNode>>>,
    instance: Instance<SharedNode>,
}

/// Objects in a thread-local that is older than objgraph's own: they are dropped after those.
#[derive(Default)]
struct LateJobs(RefCell<Vec<Rc<Job>>>);

thread_local! {
    static LATE: LateJobs = LateJobs::default();
}

/// Returns the slot of an object in the table, which shows how large the table is.
fn place(id: ObjectId) -> u32 {
    id.to_raw() as u32
}

fn short_thread() {
    LATE.with(|_| ());
    let (rc, arc, by_value) = (Rc::new(Job(1)), Arc::new(Job(2)), Instance::<Job>::new());
    let watched = std::rc::Rc::new(Job(3));
    objgraph::watch(&watched);
    LATE.with(|late| late.0.borrow_mut().push(Rc::new(Job(4))));
    drop((rc, arc, by_value, watched));
}

#[test]
fn ten_thousand_short_threads() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let before = objgraph::count_of::<Job>();
    thread::spawn(short_thread).join().unwrap();
    let all_kept = |wanted: u32| {
        let mut kept = (0..wanted).map(Job);
        let rc: Vec<_> = kept.by_ref().take(wanted as usize).map(Rc::new).collect();
        let arc: Vec<_> = (0..wanted).map(|_| Arc::new(Job(1))).collect();
        let ids = rc
            .iter()
            .map(objgraph::id)
            .chain(arc.iter().map(objgraph::id));
        ids.map(place).max().unwrap()
    };
    let first = thread::spawn(move || all_kept(1000)).join().unwrap();
    for _ in 0..2500 {
        // A scope waits for its threads, but not for the drops of their thread-locals.
        for thread in [(); 4].map(|()| thread::spawn(short_thread)) {
            thread.join().unwrap();
        }
    }
    assert_eq!(objgraph::count_of::<Job>(), before);
    let last = thread::spawn(move || all_kept(1000)).join().unwrap();
    assert!(
        last < first + 64 * 256,
        "the table grew from {first} to {last} places"
    );
}

#[derive(Tracked, Default)]
struct LostRing(
    RefCell<Option<Rc<LostRing>>>,
    RefCell<Option<Arc<LostArcRing>>>,
);

#[derive(Tracked, Default)]
struct LostArcRing(Mutex<Option<Arc<LostArcRing>>>);

/// Leaks a cycle of `Rc` that owns an `Arc`, and a cycle of `Arc`.
fn lose() -> [ObjectId; 3] {
    let (ring, hangs, shared): (Rc<LostRing>, Arc<LostArcRing>, Arc<LostArcRing>) =
        Default::default();
    ring.0.replace(Some(ring.clone()));
    ring.1.replace(Some(hangs.clone()));
    *shared.0.lock().unwrap() = Some(shared.clone());
    [
        objgraph::id(&ring),
        objgraph::id(&hangs),
        objgraph::id(&shared),
    ]
}

#[test]
fn ten_thousand_short_threads_that_leak() {
    const CHILD: &str = "threads::ten_thousand_short_threads_that_leak";
    // A recount at the end of each thread takes time.
    const THREADS: usize = if cfg!(objgraph_recount) { 500 } else { 10_000 };
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    if !processes::is_child(CHILD) {
        return drop(processes::run(CHILD));
    }
    let in_a_thread = |_| thread::spawn(lose).join().unwrap();
    let mut lost: Vec<ObjectId> = (0..THREADS).flat_map(in_a_thread).collect();
    lost.sort();
    assert_eq!(objgraph::count_of::<LostRing>(), THREADS);
    assert_eq!(objgraph::count_of::<LostArcRing>(), 2 * THREADS);
    let places = lost.iter().copied().map(place).max().unwrap();
    assert!(
        (places as usize) < 2 * 3 * THREADS,
        "there are {places} places"
    );
    let leaks = objgraph::find_leaks();
    let mut leaked: Vec<ObjectId> = leaks.iter().map(|object| object.id()).collect();
    leaked.sort();
    assert_eq!(leaked, lost);
}

#[test]
fn slots_beside_what_a_thread_left_are_reused() {
    const CHILD: &str = "threads::slots_beside_what_a_thread_left_are_reused";
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    // In a process of its own, since other tests would leave free chunks in the table.
    if !processes::is_child(CHILD) {
        return drop(processes::run(CHILD));
    }
    let is_alive = |id| objgraph::at(id).is_some();
    let left = thread::spawn(lose).join().unwrap();
    let thread_of = move |snapshot: &Snapshot| {
        let node = snapshot.node(snapshot.find(left[0]).unwrap());
        node.thread().map(str::to_owned)
    };
    let before = thread_of(&objgraph::snapshot());
    thread::spawn(move || {
        let own: Vec<Rc<Job>> = (0..200).map(|number| Rc::new(Job(number))).collect();
        let near = |id| place(id) / 256;
        assert!(
            own.iter()
                .any(|own| near(objgraph::id(own)) == near(left[0]))
        );
        // Only the thread that made it reports and visits it.
        let snapshot = objgraph::snapshot();
        for own in &own {
            let node = snapshot.node(snapshot.find(objgraph::id(own)).unwrap());
            assert_eq!(node.state(), State::Visited);
            assert!(!objgraph::at(node.id()).unwrap().is_of_other_thread());
        }
        assert!(objgraph::at(left[0]).unwrap().is_of_other_thread());
        assert_eq!(thread_of(&snapshot), before);
        assert_eq!(
            snapshot.edges(snapshot.find(left[0]).unwrap()).len(),
            2,
            "as it was left"
        );
        let ids: Vec<ObjectId> = own.iter().map(objgraph::id).collect();
        drop(own);
        assert!(!ids.into_iter().any(is_alive));
    })
    .join()
    .unwrap();
    assert!(left.into_iter().all(is_alive));
}

#[test]
fn a_thread_that_ends_while_its_objects_leak() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked, Default)]
    struct Ring(RefCell<Option<Rc<Ring>>>, RefCell<Option<Arc<Job>>>);
    let _alone = alone();
    let before = objgraph::count_of::<Ring>();
    let mut lost: Vec<ObjectId> = (0..20)
        .map(|number| {
            let made = thread::spawn(move || {
                let ring = Rc::new(Ring::default());
                ring.0.replace(Some(ring.clone()));
                ring.1.replace(Some(Arc::new(Job(number))));
                objgraph::id(&ring)
            });
            made.join().unwrap()
        })
        .collect();
    lost.sort();
    for _ in 0..3 {
        let leaks = objgraph::find_leaks();
        let rings = leaks
            .iter()
            .filter(|object| object.type_name().ends_with("::Ring"));
        let mut rings: Vec<ObjectId> = rings.map(|object| object.id()).collect();
        rings.sort();
        assert_eq!(rings, lost, "{leaks}");
        let jobs = leaks
            .iter()
            .filter(|object| object.type_name().ends_with("::Job"));
        assert_eq!(jobs.count(), 20, "what hangs on them: {leaks}");
    }
    assert_eq!(objgraph::count_of::<Ring>(), before + 20);
}

#[test]
fn objects_that_another_thread_drops() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let counts = || {
        (
            objgraph::count_of::<SharedNode>(),
            objgraph::count_of::<Job>(),
        )
    };
    let before = counts();
    let (sender, receiver) = mpsc::channel::<(Arc<SharedNode>, Instance<Job>, Arc<Job>)>();
    let dropper = thread::spawn(move || receiver.into_iter().count());
    let makers: Vec<_> = (0..4)
        .map(|_| {
            let sender = sender.clone();
            thread::spawn(move || {
                for number in 0..5000 {
                    let made = (Arc::default(), Instance::new(), Arc::new(Job(number)));
                    sender.send(made).unwrap();
                }
            })
        })
        .collect();
    drop(sender);
    for maker in makers {
        maker.join().unwrap();
    }
    let _ = objgraph::snapshot();
    assert_eq!(dropper.join().unwrap(), 20_000);
    assert_eq!(counts(), before);
}

#[test]
fn several_threads_query_at_once() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let kept: Vec<Arc<SharedNode>> = (0..200).map(|_| Arc::default()).collect();
    for pair in kept.windows(2) {
        *pair[0].next.lock().unwrap() = Some(pair[1].clone());
    }
    let lost: [Arc<SharedNode>; 2] = Default::default();
    *lost[0].next.lock().unwrap() = Some(lost[1].clone());
    *lost[1].next.lock().unwrap() = Some(lost[0].clone());
    let mut ids = [objgraph::id(&lost[0]), objgraph::id(&lost[1])];
    ids.sort();
    let weak = Arc::downgrade(&lost[0]);
    drop(lost);
    let barrier = Barrier::new(6);
    thread::scope(|scope| {
        for thread in 0..6 {
            let (barrier, kept) = (&barrier, &kept);
            scope.spawn(move || {
                let own = Rc::new(Job(thread));
                barrier.wait();
                for _ in 0..20 {
                    let leaks = objgraph::find_leaks();
                    let of_type = leaks.iter().filter(|object| {
                        object.type_name().ends_with("::SharedNode")
                            && object.node().pointer_kind().counts()
                    });
                    let mut found: Vec<_> = of_type.map(|object| object.id()).collect();
                    found.sort();
                    assert_eq!(found, ids, "{leaks}");
                    let snapshot = objgraph::snapshot();
                    let node = snapshot.find(objgraph::id(&own)).unwrap();
                    assert_eq!(snapshot.node(node).strong(), Some(1));
                    let node = snapshot.find(objgraph::id(&kept[7])).unwrap();
                    assert_eq!(snapshot.node(node).strong(), Some(2));
                    let owners = objgraph::owners::owners(objgraph::id(&kept[7])).unwrap();
                    assert_eq!(owners.strong(), Some(2));
                    assert!(
                        !owners.are_known() || owners.counts(true) == (1, 1),
                        "{owners}"
                    );
                    drop(objgraph::growth());
                    drop(objgraph::growth::new_ids());
                }
            });
        }
    });
    for one in &kept[1..] {
        assert_eq!((Arc::strong_count(one), Arc::weak_count(one)), (2, 0));
    }
    weak.upgrade().unwrap().next.lock().unwrap().take();
}

#[test]
fn threads_that_outlive_main() {
    if !objgraph::ENABLED {
        return;
    }
    if processes::is_child("threads::threads_that_outlive_main") {
        let _watched = crate::watchdog::watch();
        let (sender, receiver) = mpsc::channel();
        for number in 0..4_u32 {
            let sender = sender.clone();
            thread::spawn(move || {
                let ring: Arc<SharedNode> = Arc::default();
                loop {
                    let made: Vec<_> = (0..100)
                        .map(|n| (Rc::new(Job(n)), Arc::new(Job(n))))
                        .collect();
                    *ring.next.lock().unwrap() = Some(Arc::default());
                    if number % 2 == 0 {
                        let _ = objgraph::find_leaks();
                    }
                    drop(made);
                    let _ = sender.send(());
                }
            });
        }
        for _ in 0..8 {
            receiver.recv().unwrap();
        }
        // The main thread has thread-locals with objects, which are dropped while the others still
        // run.
        LATE.with(|late| late.0.borrow_mut().push(Rc::new(Job(0))));
        std::process::exit(0);
    }
    for _ in 0..10 {
        processes::run("threads::threads_that_outlive_main");
    }
}

/// Objects are made and dropped at full speed on all cores during searches for leaks.
#[test]
fn a_storm() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let seconds = std::env::var("OBJGRAPH_STRESS_SECONDS");
    let seconds: f64 = seconds.map_or(3.0, |text| text.parse().expect("a number of seconds"));
    let end = Instant::now() + Duration::from_secs_f64(seconds.min(90.0));
    let counts = || {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for count in objgraph::alive::counts() {
            *counts.entry(count.type_name).or_default() += count.alive;
        }
        counts.retain(|_, alive| *alive > 0);
        counts
    };
    let before = counts();
    let lost = objgraph::find_leaks().len();
    let stop = AtomicBool::new(false);
    struct Stop<'s>(&'s AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let cores = thread::available_parallelism()
        .map_or(2, usize::from)
        .max(2);
    let handed: Mutex<Vec<Arc<SharedNode>>> = Mutex::default();
    thread::scope(|scope| {
        let _stop = Stop(&stop);
        for _ in 0..cores {
            let (stop, handed) = (&stop, &handed);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let mut list: Option<Arc<SharedNode>> = None;
                    for _ in 0..50 {
                        let head: Arc<SharedNode> = Arc::default();
                        *head.next.lock().unwrap() = list.replace(head.clone());
                        let _ = (Rc::new(Job(1)), Arc::new(Job(2)));
                    }
                    // Every other list is dropped by another thread.
                    let mut handed = handed.lock().unwrap();
                    let theirs = handed.pop();
                    handed.extend(list);
                    drop(handed);
                    drop(theirs);
                }
            });
        }
        let mut looks = 0;
        while Instant::now() < end || looks < 5 {
            let leaks = objgraph::find_leaks();
            assert_eq!(leaks.len(), lost, "look {looks}: {leaks}");
            assert_eq!(leaks.over_reported(), [], "look {looks}: {leaks}");
            looks += 1;
        }
    });
    handed.lock().unwrap().clear();
    assert_eq!(counts(), before);
    drift::assert_none();
}
