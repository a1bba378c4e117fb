//! `assert_no_growth!` fails if something grows without bound, and only then.

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

/// Returns the message of the panic of `run`; an empty text if it does not panic.
fn outcome(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).err();
    panic.map_or_else(String::new, |panic| {
        *panic.downcast::<String>().expect("it says why")
    })
}

/// Returns the first lines of the failure; an empty text if the assertion passes.
fn grown(operation: impl FnMut()) -> String {
    let report = outcome(|| assert_no_growth!(operation));
    if report.is_empty() {
        return report;
    }
    let mut lines = report.lines().filter(|line| !line.starts_with("picture: "));
    assert!(lines.all(|line| line.chars().count() < 80), "{report}");
    let rest = report.find("\nThere was more in each of 6 rounds of 8 calls, after 2 to warm up.");
    report[..rest.expect(&report)].trim().to_owned()
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
fn growth_is_reported_with_its_pace() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "assertions::growth::growth_is_reported_with_its_pace",
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
                let report = every(nth);
                assert!(report.starts_with(expected), "{report}");
                assert!(report.contains(" in `Store.objects`"), "{report}");
            }
            let report = grown(counted(|call| (0..call).for_each(push)));
            assert!(
                report.starts_with("+1272 `u64` in 48 calls, made at "),
                "{report}"
            );
            // 3 are added and 2 are removed.
            let report = grown(counted(|call| match call % 2 {
                0 => (0..3).for_each(|_| store.bytes.borrow_mut().push(1)),
                _ => {
                    let mut bytes = store.bytes.borrow_mut();
                    let len = bytes.len().saturating_sub(2);
                    bytes.truncate(len);
                }
            }));
            assert_eq!(report, "+1 item in every 2 calls in `Store.bytes`");
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
        let report = grown(|| store.text.borrow_mut().push_str("xyz"));
        assert_eq!(report, text("text", 3));
        let report = grown(|| store.os.borrow_mut().push("more"));
        assert_eq!(report, text("os", 4));
        let report = grown(|| store.path.borrow_mut().push("more"));
        assert_eq!(report, text("path", 5));
        let report = grown(|| {
            let mut boxed = store.boxed.borrow_mut();
            *boxed = format!("{boxed}ab").into();
        });
        assert_eq!(report, text("boxed", 2));
        let report = grown(|| {
            let mut last = store.last.borrow_mut();
            last.get_or_insert_default().push_str("xy");
        });
        assert_eq!(report, text("last", 2));
        let report = grown(|| {
            let mut slice = store.slice.borrow_mut();
            *slice = [&slice[..], &[1]].concat().into();
        });
        assert_eq!(report, "+1 item per call in `Store.slice`");
        let report = grown(|| store.lines.borrow_mut().push("x".into()));
        assert_eq!(report, "+1 item per call in `Store.lines`");
        let report = grown(|| {
            let mut names = store.names.borrow_mut();
            names.entry(1).or_default().push_str("xy");
        });
        assert_eq!(report, text("names[_]", 2));
        let report = grown(|| {
            let mut by_name = store.by_name.borrow_mut();
            by_name.entry("k".into()).or_default().push(1);
        });
        assert_eq!(report, "+1 item per call in `Store.by_name[*]`");
        let own = Rc::new(RefCell::new(String::new()));
        let report = grown(|| own.borrow_mut().push_str("xyz"));
        assert_eq!(report, "text in `String` grew by 3 bytes per call");
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
    struct SelfReference(#[allow(dead_code, reason = "held")] Weak<SelfReference>);

    let test = "assertions::growth::zombies_that_grow_are_named_wherever_their_weak_references_are";
    process::succeeds(test, || {
        let keep = |weak| HIDDEN.with(|hidden| hidden.borrow_mut().push(weak));
        let report = grown(|| keep(Rc::downgrade(&Rc::new(1))));
        let (first, site) = report.split_once('\n').expect(&report);
        assert_eq!(
            first,
            "+1 dropped `u64` per call that a `Weak` keeps in memory"
        );
        assert!(site.trim().starts_with("made at tests/cases/"), "{report}");
        // A weak reference may be cloned, cast and moved to another thread.
        let report = grown(counted(|call| {
            let object = Arc::new(1_u32);
            let weak = Arc::downgrade(&object).clone();
            if call % 2 == 0 {
                let weak = objgraph::unsize!(weak => dyn Send + Sync);
                let keep = || SHARED.lock().unwrap().push(weak);
                thread::spawn(keep).join().unwrap();
            }
        }));
        assert!(
            report.starts_with("+1 dropped `u32` in every 2 calls that"),
            "{report}"
        );
        // The value is moved out, or away.
        let report = grown(|| {
            let object = Rc::new(2);
            keep(Rc::downgrade(&object));
            assert_eq!(Rc::into_inner(object), Some(2));
        });
        assert!(report.starts_with("+1 dropped `u64` per call"), "{report}");
        let report = grown(|| {
            let mut object = Rc::new(2);
            keep(Rc::downgrade(&object));
            *Rc::make_mut(&mut object) = 3;
        });
        assert!(report.starts_with("+1 dropped `u64` per call"), "{report}");
        let report = grown(|| {
            let object = Rc::new_cyclic(|me| SelfReference(me.clone()));
            std::mem::forget(Rc::downgrade(&object));
        });
        assert!(
            report.starts_with("+1 dropped `SelfReference` per call"),
            "{report}"
        );

        let report = grown(|| {
            // No weak reference remains.
            let object = Rc::new_cyclic(|me| SelfReference(me.clone()));
            let weak: Weak<SelfReference> = Rc::downgrade(&object);
            drop(object);
            drop((weak.clone(), weak, Weak::<u64>::new()));
            // One remains, in place of the one before.
            let weak = Rc::downgrade(&Rc::new(7));
            HIDDEN.with(|hidden| hidden.borrow_mut().splice(..1, [weak]).for_each(drop));
        });
        assert_eq!(report, "");
    });
}

#[test]
fn bounded_quantities_pass() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("assertions::growth::bounded_quantities_pass", || {
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
        // It fills up during the rounds.
        assert_no_growth!(ring(30));
        let report = grown(ring(200));
        assert!(report.starts_with("+1 `u64` per call"), "{report}");
        assert_no_growth!(warm_up = 200, ring(300));
        assert_no_growth!(repeat = 3, warm_up = 100, ring(300));
        assert_no_growth!(warm_up = 10, repeat = 3, ring(300));
        let calls = Cell::new(0_u32);
        assert_no_growth!(repeat = 50, || {
            calls.set(calls.get() + 1);
            let mut bytes = store.bytes.borrow_mut();
            if calls.get() % 50 == 0 {
                bytes.clear();
            }
            bytes.push(1);
        });
        assert_eq!(calls.get(), 2 + 3 * 50);
    });
}

/// Number of objects that each of the neighbours has to leak.
static LEAKED_BY_NEIGHBOURS: AtomicUsize = AtomicUsize::new(0);

/// Threads that make, drop and leak objects outside of every scope, until this is dropped.
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
fn other_threads_do_not_change_the_result() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "assertions::growth::other_threads_do_not_change_the_result";
    let Some(printed) = process::run_side_by_side(test, &[("OBJGRAPH_STRICT", "1")], || {
        let _neighbours = Neighbours::new();
        let store = Rc::new(Store::default());
        let mut kept = Vec::new();
        for round in 0..2 {
            let report = grown(|| {
                LEAKED_BY_NEIGHBOURS.fetch_add(round, Ordering::Relaxed);
                drop(Rc::new(round));
            });
            assert_eq!(report, "");
            let report = grown(|| {
                LEAKED_BY_NEIGHBOURS.fetch_add(round, Ordering::Relaxed);
                kept.push(Rc::new(round));
            });
            assert!(
                report.starts_with("+1 `usize` per call, made at "),
                "{report}"
            );
            let report = grown(|| store.bytes.borrow_mut().push(1));
            assert_eq!(report, "+1 item per call in `Store.bytes`");
        }
        // A thread that belongs to the operation.
        let report = grown(|| {
            let leak = || std::mem::forget(Arc::new(1_u16));
            objgraph::scope::spawn_in_current_scope(leak)
                .join()
                .unwrap();
        });
        assert!(
            report.starts_with("+1 `u16` per call, made at "),
            "{report}"
        );
    }) else {
        return;
    };
    assert!(printed.succeeded, "{printed:?}");
}

#[test]
fn untraced_values_are_named_and_fail_if_strict() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(PartialEq, Eq, Hash)]
    struct Key(u32);
    // The derive cannot resolve an alias.
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
    let test = "assertions::growth::untraced_values_are_named_and_fail_if_strict";
    let Some([plain, strict]) = plain_and_strict(test, || {
        #[objgraph::test(growth = 2)]
        fn counts() {
            count();
        }
        let report = outcome(|| assert_no_growth!(count));
        println!("\nreport: {report}\nby attribute: {}", outcome(counts));
    }) else {
        return;
    };
    let all = notes(&plain);
    let wanted = "passed, but growth may hide in what could not be traced: \
                  1 value of HashMap<Key, Vec<u8>> in Counters.all: derive `Tracked` on ";
    let found = all.iter().filter(|note| note.contains(wanted));
    assert_eq!(found.count(), 2, "{plain:?}");
    let wanted = "report: growth may hide in what could not be traced\n\n\
                  Strict checks fail where they cannot prove what they assert.\n\n\
                  1 object was traced; 1 value in it could not:\n  \
                  1 value of HashMap<Key, Vec<u8>> in Counters.all: ";
    assert!(strict.stdout.contains(wanted), "{strict:?}");
    let wanted = "by attribute: growth may hide in what could not be traced\n";
    assert!(strict.stdout.contains(wanted), "{strict:?}");
}

#[test]
fn growth_outside_of_every_scope_is_mentioned() {
    if !objgraph::ENABLED {
        return;
    }
    fn case() {
        let report = outcome(|| {
            assert_no_growth!(|| {
                let leak = || std::mem::forget(Arc::new(1_u16));
                thread::spawn(leak).join().unwrap();
            });
        });
        println!("\nreport: {report}");
    }
    let test = "assertions::growth::growth_outside_of_every_scope_is_mentioned";
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
    assert!(beside.stdout.contains("report: \n"), "{beside:?}");
    // If one test runs at a time, only that test can make them.
    let Some(alone) = process::run(test, case) else {
        return;
    };
    let wanted = "report: +1 `u16` per call, made at ";
    assert!(alone.stdout.contains(wanted), "{alone:?}");
    assert!(notes(&alone).is_empty(), "{alone:?}");
}

#[derive(Tracked)]
struct Texture {
    views: RefCell<Vec<Weak<View>>>,
}

#[derive(Tracked)]
struct View([u8; 64]);

/// wgpu#5707: the list of weak views of a texture is never swept.
#[test]
fn a_list_of_dead_views_grows() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("assertions::growth::a_list_of_dead_views_grows", || {
        let texture = Rc::new(Texture {
            views: RefCell::default(),
        });
        let frame = || {
            let view = Rc::new(View([0; 64]));
            texture.views.borrow_mut().push(Rc::downgrade(&view));
        };
        let message = outcome(|| {
            assert_no_growth!(frame);
        });
        assert!(
            message.contains("+1 item per call in `Texture.views`"),
            "{message}"
        );
        assert_eq!(objgraph::count_of::<View>(), 0);
        assert_eq!(objgraph::find_leaks().len(), 0);
    });
}
