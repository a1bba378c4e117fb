//! `assert_no_growth!` fails on what grows without bound, and on nothing else.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use objgraph::rc::{Rc, Weak};
use objgraph::sync::{Arc, Weak as ArcWeak};
use objgraph::{Tracked, assert_no_growth};

use super::{notes, plain_and_strict};
use crate::process;

#[derive(Tracked, Default)]
struct Store {
    bytes: RefCell<Vec<u8>>,
    names: RefCell<BTreeMap<u32, String>>,
    recent: RefCell<VecDeque<u8>>,
    objects: RefCell<Vec<Rc<u64>>>,
    lines: RefCell<Vec<String>>,
    last: RefCell<Option<String>>,
    text: RefCell<String>,
    os: RefCell<OsString>,
    path: RefCell<PathBuf>,
    boxed: RefCell<Box<str>>,
    slice: RefCell<Box<[u8]>>,
    by_name: RefCell<HashMap<String, Vec<u8>>>,
}

/// The message of the panic of `run`; nothing if there is none.
fn outcome(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).err();
    panic.map_or_else(String::new, |panic| {
        *panic.downcast::<String>().expect("it says why")
    })
}

/// The first lines of the failure; nothing if the assertion passes.
fn grown(operation: impl FnMut()) -> String {
    let told = outcome(|| assert_no_growth!(operation));
    if told.is_empty() {
        return told;
    }
    let mut lines = told.lines().filter(|line| !line.starts_with("picture: "));
    assert!(lines.all(|line| line.chars().count() < 80), "{told}");
    let rest = told.find("\nThere was more in each of 6 rounds of 8 calls, after 2 to warm up.");
    told[..rest.expect(&told)].trim().to_owned()
}

/// Calls the operation with the number of the call, from 1.
fn counted(mut operation: impl FnMut(u32)) -> impl FnMut() {
    let mut call = 0;
    move || {
        call += 1;
        operation(call);
    }
}

#[test]
fn what_grows_is_named_with_its_pace() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "assertions::growth::what_grows_is_named_with_its_pace",
        || {
            let store = Rc::new(Store::default());
            let push = |_| store.objects.borrow_mut().push(Rc::new(1));
            let every = |nth| {
                grown(counted(move |call| {
                    if call % nth == 0 {
                        push(0);
                    }
                }))
            };
            for (nth, expected) in [
                (1, "+1 `u64` per call, made at "),
                (2, "+1 `u64` in every 2 calls, made at "),
                (3, "+1 `u64` in every 3 calls, made at "),
                (8, "+1 `u64` in every 8 calls, made at "),
            ] {
                let told = every(nth);
                assert!(told.starts_with(expected), "{told}");
                assert!(told.contains(" in `Store.objects`"), "{told}");
            }
            let told = grown(counted(|call| (0..call).for_each(push)));
            assert!(
                told.starts_with("+1272 `u64` in 48 calls, made at "),
                "{told}"
            );
            // 3 are added and 2 are removed.
            let told = grown(counted(|call| match call % 2 {
                0 => (0..3).for_each(|_| store.bytes.borrow_mut().push(1)),
                _ => {
                    let mut bytes = store.bytes.borrow_mut();
                    let len = bytes.len().saturating_sub(2);
                    bytes.truncate(len);
                }
            }));
            assert_eq!(told, "+1 item in every 2 calls in `Store.bytes`");
        },
    );
}

#[test]
fn text_that_grows_is_named() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("assertions::growth::text_that_grows_is_named", || {
        let store = Rc::new(Store::default());
        let text =
            |field: &str, bytes| format!("text in `Store.{field}` grew by {bytes} bytes per call");
        let told = grown(|| store.text.borrow_mut().push_str("xyz"));
        assert_eq!(told, text("text", 3));
        let told = grown(|| store.os.borrow_mut().push("more"));
        assert_eq!(told, text("os", 4));
        let told = grown(|| store.path.borrow_mut().push("more"));
        assert_eq!(told, text("path", 5));
        let told = grown(|| {
            let mut boxed = store.boxed.borrow_mut();
            *boxed = format!("{boxed}ab").into();
        });
        assert_eq!(told, text("boxed", 2));
        let told = grown(|| {
            let mut last = store.last.borrow_mut();
            last.get_or_insert_default().push_str("xy");
        });
        assert_eq!(told, text("last", 2));
        let told = grown(|| {
            let mut slice = store.slice.borrow_mut();
            *slice = [&slice[..], &[1]].concat().into();
        });
        assert_eq!(told, "+1 item per call in `Store.slice`");
        let told = grown(|| store.lines.borrow_mut().push("x".into()));
        assert_eq!(told, "+1 item per call in `Store.lines`");
        let told = grown(|| {
            let mut names = store.names.borrow_mut();
            names.entry(1).or_default().push_str("xy");
        });
        assert_eq!(told, text("names[_]", 2));
        let told = grown(|| {
            let mut by_name = store.by_name.borrow_mut();
            by_name.entry("k".into()).or_default().push(1);
        });
        assert_eq!(told, "+1 item per call in `Store.by_name[*]`");
        let own = Rc::new(RefCell::new(String::new()));
        let told = grown(|| own.borrow_mut().push_str("xyz"));
        assert_eq!(told, "text in `String` grew by 3 bytes per call");
    });
}

#[test]
fn zombies_that_grow_are_named_wherever_their_weak_references_are() {
    if !objgraph::ENABLED {
        return;
    }
    thread_local! {
        static HIDDEN: RefCell<Vec<Weak<u64>>> = const { RefCell::new(Vec::new()) };
    }
    static SHARED: Mutex<Vec<ArcWeak<dyn Send + Sync>>> = Mutex::new(Vec::new());
    struct Myself(#[allow(dead_code, reason = "held")] Weak<Myself>);

    let test = "assertions::growth::zombies_that_grow_are_named_wherever_their_weak_references_are";
    process::succeeds(test, || {
        let keep = |weak| HIDDEN.with(|hidden| hidden.borrow_mut().push(weak));
        let told = grown(|| keep(Rc::downgrade(&Rc::new(1))));
        let (first, site) = told.split_once('\n').expect(&told);
        assert_eq!(
            first,
            "+1 dropped `u64` per call that a `Weak` keeps in memory"
        );
        assert!(site.trim().starts_with("made at tests/cases/"), "{told}");
        // A weak reference that is cloned, cast and moved to another thread is the same.
        let told = grown(counted(|call| {
            let object = Arc::new(1_u32);
            let weak = Arc::downgrade(&object).clone();
            if call % 2 == 0 {
                let weak = objgraph::unsize!(weak => dyn Send + Sync);
                let keep = || SHARED.lock().unwrap().push(weak);
                thread::spawn(keep).join().unwrap();
            }
        }));
        assert!(
            told.starts_with("+1 dropped `u32` in every 2 calls that"),
            "{told}"
        );
        // The value is moved out, or away.
        let told = grown(|| {
            let object = Rc::new(2);
            keep(Rc::downgrade(&object));
            assert_eq!(Rc::into_inner(object), Some(2));
        });
        assert!(told.starts_with("+1 dropped `u64` per call"), "{told}");
        let told = grown(|| {
            let mut object = Rc::new(2);
            keep(Rc::downgrade(&object));
            *Rc::make_mut(&mut object) = 3;
        });
        assert!(told.starts_with("+1 dropped `u64` per call"), "{told}");
        let told = grown(|| {
            let object = Rc::new_cyclic(|me| Myself(me.clone()));
            std::mem::forget(Rc::downgrade(&object));
        });
        assert!(told.starts_with("+1 dropped `Myself` per call"), "{told}");

        let told = grown(|| {
            // None is left.
            let object = Rc::new_cyclic(|me| Myself(me.clone()));
            let weak: Weak<Myself> = Rc::downgrade(&object);
            drop(object);
            drop((weak.clone(), weak, Weak::<u64>::new()));
            // One is, in place of the one before.
            let weak = Rc::downgrade(&Rc::new(7));
            HIDDEN.with(|hidden| hidden.borrow_mut().splice(..1, [weak]).for_each(drop));
        });
        assert_eq!(told, "");
    });
}

#[test]
fn what_is_bounded_passes() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("assertions::growth::what_is_bounded_passes", || {
        let store = Rc::new(Store::default());
        assert_no_growth!(|| {
            let own = Rc::new(Store::default());
            own.bytes.borrow_mut().push(1);
        });
        assert_no_growth!(|| *store.last.borrow_mut() = Some("same size".into()));
        assert_no_growth!(|| store.names.borrow_mut().insert(1, "x".into()));
        assert_no_growth!(|| {
            let mut recent = store.recent.borrow_mut();
            if recent.len() > 3 {
                recent.clear();
            } else {
                recent.push_back(1);
            }
        });
        let ring = |of: usize| {
            let recent = RefCell::new(Vec::new());
            let store = store.clone();
            move || {
                recent.borrow_mut().push(());
                let mut objects = store.objects.borrow_mut();
                objects.push(Rc::new(1));
                if objects.len() > of {
                    objects.remove(0);
                }
            }
        };
        // It fills within the rounds.
        assert_no_growth!(ring(30));
        let told = grown(ring(200));
        assert!(told.starts_with("+1 `u64` per call"), "{told}");
        assert_no_growth!(warm_up = 200, ring(300));
        assert_no_growth!(repeat = 3, warm_up = 100, ring(300));
        assert_no_growth!(warm_up = 10, repeat = 3, ring(300));
        let calls = Cell::new(0_u32);
        assert_no_growth!(repeat = 50, || {
            calls.set(calls.get() + 1);
            let mut bytes = store.bytes.borrow_mut();
            if calls.get().is_multiple_of(50) {
                bytes.clear();
            }
            bytes.push(1);
        });
        assert_eq!(calls.get(), 2 + 3 * 50);
    });
}

/// How many objects each of the neighbours is to leak.
static LEAKED_BY_NEIGHBOURS: AtomicUsize = AtomicUsize::new(0);

/// Threads that make, drop and leak objects in no scope, until this is dropped.
struct Neighbours {
    threads: Vec<thread::JoinHandle<()>>,
    are_done: std::sync::Arc<AtomicBool>,
}

impl Neighbours {
    fn new() -> Self {
        let are_done = std::sync::Arc::new(AtomicBool::new(false));
        let threads = (0..1).map(|_| {
            let are_done = are_done.clone();
            thread::spawn(move || {
                let (mut kept, mut leaked) = (Vec::new(), 0);
                while !are_done.load(Ordering::Relaxed) {
                    kept.push(Arc::new(Mutex::new(vec![kept.len()])));
                    if kept.len() == 100 {
                        kept.clear();
                    }
                    while leaked < LEAKED_BY_NEIGHBOURS.load(Ordering::Relaxed) {
                        std::mem::forget(Rc::new(String::from("neighbour")));
                        leaked += 1;
                    }
                    thread::yield_now();
                }
            })
        });
        Self {
            threads: threads.collect(),
            are_done,
        }
    }
}

impl Drop for Neighbours {
    fn drop(&mut self) {
        self.are_done.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().expect("it does not fail");
        }
    }
}

#[test]
fn other_threads_decide_nothing() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "assertions::growth::other_threads_decide_nothing";
    let Some(printed) = process::run_side_by_side(test, &[("OBJGRAPH_STRICT", "1")], || {
        let _neighbours = Neighbours::new();
        let store = Rc::new(Store::default());
        let mut kept = Vec::new();
        for round in 0..2 {
            let told = grown(|| {
                LEAKED_BY_NEIGHBOURS.fetch_add(round, Ordering::Relaxed);
                drop(Rc::new(round));
            });
            assert_eq!(told, "");
            let told = grown(|| {
                LEAKED_BY_NEIGHBOURS.fetch_add(round, Ordering::Relaxed);
                kept.push(Rc::new(round));
            });
            assert!(told.starts_with("+1 `usize` per call, made at "), "{told}");
            let told = grown(|| store.bytes.borrow_mut().push(1));
            assert_eq!(told, "+1 item per call in `Store.bytes`");
        }
        // A thread that belongs to the operation.
        let told = grown(|| {
            let leak = || std::mem::forget(Arc::new(1_u16));
            objgraph::scope::spawn_in_current_scope(leak)
                .join()
                .unwrap();
        });
        assert!(told.starts_with("+1 `u16` per call, made at "), "{told}");
    }) else {
        return;
    };
    assert!(printed.succeeded, "{printed:?}");
}

#[test]
fn what_was_not_traced_is_named_and_fails_if_strict() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(PartialEq, Eq, Hash)]
    struct Key(u32);
    // The derive cannot see into an alias.
    type All = HashMap<u8, HashMap<Key, Vec<u8>>>;
    #[derive(Tracked, Default)]
    struct Counters {
        all: RefCell<All>,
    }
    fn count() {
        thread_local! {
            static COUNTERS: Rc<Counters> = Rc::default();
        }
        COUNTERS.with(|counters| {
            let mut all = counters.all.borrow_mut();
            all.entry(0).or_default().entry(Key(0)).or_default().push(1);
        });
    }
    let test = "assertions::growth::what_was_not_traced_is_named_and_fails_if_strict";
    let Some([plain, strict]) = plain_and_strict(test, || {
        #[objgraph::test(growth = 2)]
        fn counts() {
            count();
        }
        let told = outcome(|| assert_no_growth!(count));
        println!("\ntold: {told}\nby attribute: {}", outcome(counts));
    }) else {
        return;
    };
    let all = notes(&plain);
    let wanted = "passed, but growth may hide in what could not be traced: \
                  1 value of HashMap<Key, Vec<u8>> in Counters.all: derive `Tracked` on ";
    let found = all.iter().filter(|note| note.contains(wanted));
    assert_eq!(found.count(), 2, "{plain:?}");
    let wanted = "told: growth may hide in what could not be traced\n\n\
                  Strict checks fail where they cannot prove what they assert.\n\n\
                  1 object was traced; 1 value in it could not:\n  \
                  1 value of HashMap<Key, Vec<u8>> in Counters.all: ";
    assert!(strict.stdout.contains(wanted), "{strict:?}");
    let wanted = "by attribute: growth may hide in what could not be traced\n";
    assert!(strict.stdout.contains(wanted), "{strict:?}");
}

#[test]
fn growth_by_threads_in_no_scope_is_mentioned() {
    if !objgraph::ENABLED {
        return;
    }
    fn case() {
        let told = outcome(|| {
            assert_no_growth!(|| {
                let leak = || std::mem::forget(Arc::new(1_u16));
                thread::spawn(leak).join().unwrap();
            });
        });
        println!("\ntold: {told}");
    }
    let test = "assertions::growth::growth_by_threads_in_no_scope_is_mentioned";
    let strict = [("OBJGRAPH_STRICT", "1")];
    let Some(beside) = process::run_side_by_side(test, &strict, case) else {
        return;
    };
    let [note] = &notes(&beside)[..] else {
        panic!("{beside:?}")
    };
    let wanted = "passed, but other threads made objects outside of every scope meanwhile \
                  (+1 `u16` per call, made at ";
    assert!(note.contains(wanted), "{note}");
    assert!(beside.stdout.contains("told: \n"), "{beside:?}");
    // Where one test runs at a time, nothing else makes them.
    let Some(alone) = process::run(test, case) else {
        return;
    };
    let wanted = "told: +1 `u16` per call, made at ";
    assert!(alone.stdout.contains(wanted), "{alone:?}");
    assert!(notes(&alone).is_empty(), "{alone:?}");
}
