//! A report that found nothing says what it could not trace.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Display;
use std::pin::Pin;
use std::sync::{self, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};

use objgraph::Tracked;
use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;

use crate::process;

/// Asserts that a report has each of these texts, and no line that is too wide for a terminal.
#[track_caller]
fn assert_says(report: impl Display, texts: &[&str]) {
    let report = report.to_string();
    // A line may be broken at any space.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in texts {
        assert!(
            words(&report).contains(&words(text)),
            "no {text:?} in:\n{report}"
        );
    }
    for line in report.lines() {
        assert!(
            line.chars().count() < 80,
            "too wide: {line:?} in:\n{report}"
        );
    }
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
    process::succeeds("reports::a_list_of_dead_views_grows", || {
        let texture = Rc::new(Texture {
            views: RefCell::default(),
        });
        let frame = || {
            let view = Rc::new(View([0; 64]));
            texture.views.borrow_mut().push(Rc::downgrade(&view));
        };
        let failure = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            objgraph::assert_no_growth!(frame);
        }));
        let message = failure.unwrap_err().downcast::<String>().unwrap();
        assert!(
            message.contains("+1 item per call in `Texture.views`"),
            "{message}"
        );
        assert_eq!(objgraph::count_of::<View>(), 0);
        assert_eq!(objgraph::find_leaks().len(), 0);
    });
}

/// A key without the derive: no map around it can be traced.
#[derive(PartialEq, Eq, Hash)]
struct Key(u32);

type Counters = HashMap<u8, HashMap<Key, HashMap<u32, u64>>>;

#[derive(Tracked)]
struct Storage {
    counters: Mutex<Counters>,
}

/// limitador: a map that only grows, with a key that nothing registers.
#[test]
fn untraced_growth_is_not_denied() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("reports::untraced_growth_is_not_denied", || {
        let storage = Arc::new(Storage {
            counters: Mutex::default(),
        });
        let mut number = 0;
        let mut request = || {
            number += 1;
            let mut counters = storage.counters.lock().unwrap();
            let of_key = counters.entry(0).or_default().entry(Key(0)).or_default();
            of_key.insert(number, 1);
        };
        request();
        let before = objgraph::snapshot();
        let mut trend = objgraph::growth::Trend::new();
        for _ in 0..10 {
            request();
            trend.observe(&objgraph::snapshot());
        }
        let untraced = "1 value of HashMap<Key, HashMap<u32, u64>> in Storage.counters";
        let diff = objgraph::snapshot::diff(&before, &objgraph::snapshot());
        assert_says(
            &diff,
            &[
                "Nothing was born, nothing died, and no collection that could be traced changed.",
                "Not traced, so growth may hide there",
                untraced,
            ],
        );
        assert_says(
            &trend,
            &[
                "Nothing grows steadily over 10 snapshots.",
                "Not traced, so growth may hide there",
                untraced,
            ],
        );
        assert_says(
            objgraph::find_cycles(&storage),
            &[
                "No cycle of strong references among the 1 object that could be traced; \
                 1 value in it could not:",
                untraced,
            ],
        );
        let leaks = objgraph::find_leaks();
        assert_says(
            &leaks,
            &[
                "No leak found for certain among the 1 object that could be traced; \
                 1 value in it could not:",
                untraced,
            ],
        );
        assert!(!leaks.coverage().is_complete());
        assert_says(
            objgraph::blind_spots(),
            &["HashMap<Key, HashMap<u32, u64>>"],
        );
    });
}

/// Other reasons: an object without the derive, a cell in use, another thread.
#[test]
fn untraced_leaks_are_not_denied() {
    if !objgraph::ENABLED {
        return;
    }
    struct Foreign {
        _name: String,
    }
    #[derive(Tracked)]
    struct Known {
        me: RefCell<Option<Rc<Known>>>,
    }
    let known = || {
        Rc::new(Known {
            me: RefCell::default(),
        })
    };
    process::succeeds("reports::untraced_leaks_are_not_denied", || {
        let seen = known();
        assert_says(
            objgraph::find_leaks(),
            &["Nothing leaked: 1 object is alive, and held from outside."],
        );
        assert_says(objgraph::blind_spots(), &["The only object was traced."]);
        assert_says(
            objgraph::find_cycles(&seen),
            &["No cycle of strong references."],
        );
        let foreign = Rc::new(Foreign {
            _name: String::new(),
        });
        assert_says(
            objgraph::find_leaks(),
            &[
                "No leak found among the 1 object that could be traced; 1 could not:",
                "1 object of Foreign",
            ],
        );
        // An object that the value does not lead to cannot hide a cycle of it.
        assert_says(
            objgraph::find_cycles(&seen),
            &["No cycle of strong references."],
        );
        drop(foreign);
        let guard = seen.me.borrow_mut();
        assert_says(
            objgraph::find_leaks(),
            &[
                "No leak found for certain among the 1 object that could be traced; 1 value in \
                 it could not:",
                "1 cell or lock that was in use: try again",
            ],
        );
        drop(guard);
        std::thread::scope(|scope| {
            let (ready, is_ready) = std::sync::mpsc::channel();
            let (done, is_done) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || {
                let kept = known();
                ready.send(()).unwrap();
                let _ = is_done.recv();
                drop(kept);
            });
            is_ready.recv().unwrap();
            assert_says(
                objgraph::find_leaks(),
                &[
                    "No leak found among the 1 object that could be traced; 1 could not:",
                    "1 Rc object of another thread",
                ],
            );
            drop(done);
        });
        *seen.me.borrow_mut() = Some(seen.clone());
        drop(seen);
        let _foreign = Rc::new(Foreign {
            _name: String::new(),
        });
        assert_says(
            objgraph::find_leaks(),
            &[
                "1 object leaked",
                "Not traced, so more may have leaked",
                "1 object of Foreign",
            ],
        );
    });
}

mod a {
    #[derive(objgraph::Tracked)]
    pub(super) struct Widget(pub(super) u8);
}

mod b {
    #[derive(objgraph::Tracked)]
    pub(super) struct Widget(pub(super) u8);
}

/// One type has one name, which every query understands.
#[test]
fn a_type_has_the_same_name_in_every_report() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("reports::a_type_has_the_same_name_in_every_report", || {
        let before = objgraph::snapshot();
        let first = Rc::new(a::Widget(1));
        let second = Rc::new(RefCell::new(b::Widget(2)));
        let snapshot = objgraph::snapshot();
        let diff = objgraph::snapshot::diff(&before, &snapshot).to_string();
        let sizes = objgraph::bytes::typesizes().to_string();
        let why = objgraph::why_alive(objgraph::id(&first))
            .unwrap()
            .to_string();
        let picture = objgraph::refs(&first).to_dot().unwrap();
        for text in [&diff, &sizes, &why, &picture] {
            assert!(text.contains("a::Widget"), "{text}");
            assert!(!text.contains("reports::a::Widget"), "{text}");
        }
        for text in [&diff, &sizes] {
            assert!(text.contains("RefCell<b::Widget>"), "{text}");
        }
        assert_eq!(objgraph::count("a::Widget"), 1);
        assert_eq!(objgraph::count("RefCell<b::Widget>"), 1);
        drop(second);
    });
}

/// An associated function keeps its type: `<i32 as PartialEq>::eq`.
#[test]
fn functions_have_readable_names() {
    if !objgraph::ENABLED {
        return;
    }
    struct Maker<T>(T);
    impl<T: Copy + 'static> Maker<T> {
        fn closure(&self) -> impl Fn() -> T + use<T> {
            let value = self.0;
            move || value
        }
    }
    process::succeeds("reports::functions_have_readable_names", || {
        let _functions = (
            Rc::new(<i32 as PartialEq>::eq),
            Rc::new(Maker(1_u8).closure()),
            Rc::new(u8::to_be_bytes as fn(u8) -> [u8; 1]),
            Rc::new(Vec::<Key>::len),
        );
        let names: Vec<String> = objgraph::typestats().into_keys().collect();
        assert_eq!(
            names,
            [
                "<i32 as PartialEq>::eq",
                "Maker<u8>::closure::{{closure}}",
                "Vec<Key>::len",
                "fn(u8) -> [u8; 1]",
            ]
        );
    });
}

/// A constructor passed to std by name has no line of the program.
#[test]
fn places_inside_std_have_no_path_of_a_machine() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "reports::places_inside_std_have_no_path_of_a_machine",
        || {
            #[derive(Tracked)]
            struct Ring {
                me: RefCell<Option<Rc<Ring>>>,
            }
            let ring = [RefCell::default()].map(|me| Ring { me }).map(Rc::new);
            *ring[0].me.borrow_mut() = Some(ring[0].clone());
            drop(ring);
            assert_says(
                objgraph::find_leaks(),
                &["made at core: ops/function.rs:", "write a closure"],
            );
        },
    );
}

/// The `Debug` text of a finding is a summary, not the whole graph.
#[test]
fn the_debug_text_of_a_finding_is_a_summary() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("reports::the_debug_text_of_a_finding_is_a_summary", || {
        let all: Vec<_> = (0..1000_u32).map(|n| Rc::new(Some(n))).collect();
        let id = objgraph::id(&all[0]);
        for text in [
            format!("{:?}", objgraph::find_leaks()),
            format!("{:?}", objgraph::snapshot()),
            format!("{:?}", objgraph::blind_spots()),
            format!("{:?}", objgraph::find_cycles(&all)),
            format!("{:?}", objgraph::why_alive(id)),
            format!("{:?}", objgraph::what_if::what_if_dropped(id)),
            format!("{:?}", objgraph::bytes::retained()),
        ] {
            assert!(text.len() < 1000, "{} bytes: {text:.1000}", text.len());
        }
    });
}

/// An object is not suspected only because it holds wakers.
#[test]
fn a_waker_is_not_a_suspect() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked)]
    struct Queue {
        tasks: Mutex<Vec<Waker>>,
    }
    struct Unknown;
    impl Wake for Unknown {
        fn wake(self: sync::Arc<Self>) {}
    }
    process::succeeds("reports::a_waker_is_not_a_suspect", || {
        let queue = Arc::new(Queue {
            tasks: Mutex::new(vec![Waker::noop().clone()]),
        });
        assert_says(
            objgraph::find_leaks(),
            &["Nothing leaked: 1 object is alive, and held from outside."],
        );
        queue
            .tasks
            .lock()
            .unwrap()
            .push(Waker::from(sync::Arc::new(Unknown)));
        let leaks = objgraph::find_leaks();
        assert_eq!(leaks.possibly_leaked().len(), 0, "{leaks}");
        assert_says(
            leaks,
            &[
                "No leak found among the 1 object that could be traced; 1 value in it could not:",
                "1 value of Waker in Queue.tasks: call `objgraph::watch(&task)`",
            ],
        );
        drop(queue);
        assert_says(
            objgraph::find_leaks(),
            &["Nothing leaked: no object is alive."],
        );
    });
}

/// A waker leads to the task that it owns, if that is watched.
#[test]
fn a_task_that_keeps_its_own_waker_has_leaked() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked, Default)]
    struct Task {
        waker: Mutex<Option<Waker>>,
    }
    impl Wake for Task {
        fn wake(self: sync::Arc<Self>) {}
    }
    process::succeeds(
        "reports::a_task_that_keeps_its_own_waker_has_leaked",
        || {
            let task = sync::Arc::new(Task::default());
            objgraph::watch(&task);
            *task.waker.lock().unwrap() = Some(Waker::from(task.clone()));
            assert_says(
                objgraph::find_leaks(),
                &["Nothing leaked: 1 object is alive, and held from outside."],
            );
            assert_eq!(sync::Arc::strong_count(&task), 2);
            drop(task);
            assert_says(
                objgraph::find_leaks(),
                &["1 object leaked", "Task.waker → (the first)"],
            );
        },
    );
}

/// redbadger/crux#268: a task whose future keeps the waker of this task.
#[test]
fn a_future_that_keeps_its_waker_may_have_leaked() {
    if !objgraph::ENABLED {
        return;
    }
    type Work = Pin<Box<dyn Future<Output = ()> + Send>>;
    #[derive(Tracked)]
    struct Job {
        work: Mutex<Option<Work>>,
        ready: mpsc::SyncSender<sync::Arc<Job>>,
    }
    impl Wake for Job {
        fn wake(self: sync::Arc<Self>) {
            let _ = self.ready.send(sync::Arc::clone(&self));
        }
    }
    struct Forever(sync::Arc<Mutex<Option<Waker>>>);
    impl Future for Forever {
        type Output = ();
        fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
            *self.0.lock().unwrap() = Some(context.waker().clone());
            Poll::Pending
        }
    }
    process::succeeds(
        "reports::a_future_that_keeps_its_waker_may_have_leaked",
        || {
            let (ready, _) = mpsc::sync_channel(1);
            let job = sync::Arc::new(Job {
                work: Mutex::new(Some(Box::pin(Forever(sync::Arc::default())))),
                ready,
            });
            objgraph::watch(&job);
            let waker = Waker::from(job.clone());
            if let Some(work) = &mut *job.work.lock().unwrap() {
                let poll = work.as_mut().poll(&mut Context::from_waker(&waker));
                assert_eq!(poll, Poll::Pending);
            }
            drop(waker);
            let failure = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                objgraph::assert_drops!(job);
            }));
            let message = *failure.unwrap_err().downcast::<String>().unwrap();
            assert!(
                message.contains("1 object that it kept is still alive")
                    && message.contains("Job.work"),
                "{message}"
            );
            let leaks = objgraph::find_leaks();
            assert_eq!(
                (leaks.len(), leaks.possibly_leaked().len()),
                (0, 1),
                "{leaks}"
            );
            assert_says(
                leaks,
                &[
                    "No leak found for certain",
                    "1 object may have leaked",
                    "Job.work of #0",
                ],
            );
        },
    );
}

/// m4b/scroll#75: types that a macro puts in invisible groups.
#[test]
fn types_from_macros_are_traced() {
    if !objgraph::ENABLED {
        return;
    }
    macro_rules! link {
        ($to:ty) => { Option<Rc<$to>> };
    }
    macro_rules! shelf {
        ($name:ident<$life:lifetime, $of:ident> { $field:ident: $item:ty = $length:expr }) => {
            #[derive(Tracked)]
            struct $name<$life, $of: 'static> {
                $field: RefCell<[Option<$item>; $length]>,
                label: &$life str,
                other: RefCell<Option<$of>>,
            }
        };
    }
    shelf!(Shelf<'x, T> { bottles: Rc<Bottle> = 1 + 1 });
    #[derive(Tracked, Default)]
    struct Bottle {
        one: RefCell<link!(Bottle)>,
        many: RefCell<std::vec::Vec<link!(Bottle)>>,
        shelf: RefCell<Option<Rc<Shelf<'static, Rc<Bottle>>>>>,
    }
    process::succeeds("reports::types_from_macros_are_traced", || {
        let bottle = Rc::new(Bottle::default());
        *bottle.one.borrow_mut() = Some(bottle.clone());
        drop(bottle);
        let bottle = Rc::new(Bottle::default());
        bottle.many.borrow_mut().push(Some(bottle.clone()));
        drop(bottle);
        let bottle = Rc::new(Bottle::default());
        let shelf = Rc::new(Shelf {
            bottles: RefCell::new([None, Some(bottle.clone())]),
            label: "red",
            other: RefCell::default(),
        });
        *bottle.shelf.borrow_mut() = Some(shelf);
        drop(bottle);
        let leaks = objgraph::find_leaks();
        assert_eq!(leaks.len(), 4, "{leaks}");
        assert!(leaks.coverage().is_complete(), "{leaks}");
        assert_says(
            leaks,
            &["Bottle.one →", "Bottle.many[0] →", "Shelf.bottles[1]"],
        );
    });
}

/// tokio#5490: an actor owns the receiver of a channel in which a handle to itself is queued.
#[test]
fn an_actor_in_its_own_channel_may_have_leaked() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked)]
    struct Actor {
        inbox: Mutex<mpsc::Receiver<Arc<Actor>>>,
    }
    process::succeeds(
        "reports::an_actor_in_its_own_channel_may_have_leaked",
        || {
            let (outbox, inbox) = mpsc::channel();
            let actor = Arc::new(Actor {
                inbox: Mutex::new(inbox),
            });
            outbox.send(actor.clone()).unwrap();
            drop((outbox, actor));
            let leaks = objgraph::find_leaks();
            assert_eq!(
                (leaks.len(), leaks.possibly_leaked().len()),
                (0, 1),
                "{leaks}"
            );
            assert_says(
                leaks,
                &[
                    "No leak found for certain",
                    "1 object may have leaked",
                    "Actor.inbox of #0: Receiver<Arc<Actor>>",
                ],
            );
        },
    );
}

/// Types whose names fill a line.
mod of_a_name_that_is_long_for_a_module {
    use super::*;

    #[derive(Tracked)]
    pub(super) struct AConnectionOfAClientToTheServer<State: 'static> {
        pub(super) state: RefCell<Option<State>>,
        pub(super) connections_that_were_opened_by_it: RefCell<Vec<Rc<Self>>>,
        pub(super) what_was_sent_but_not_acknowledged: RefCell<HashMap<String, Vec<String>>>,
        pub(super) called_when_the_connection_is_closed:
            RefCell<Option<Box<dyn Fn(&str) -> String>>>,
    }

    #[derive(Tracked)]
    pub(super) struct TheStateOfAConnectionThatIsEstablished;

    pub(super) struct ABufferOfAForeignLibrary<Contents>(pub(super) Vec<Contents>);
}

/// Every report fits a terminal, except words that are too wide themselves.
#[test]
fn no_report_is_too_wide() {
    use of_a_name_that_is_long_for_a_module::{
        ABufferOfAForeignLibrary, AConnectionOfAClientToTheServer,
        TheStateOfAConnectionThatIsEstablished,
    };
    type Connection = AConnectionOfAClientToTheServer<TheStateOfAConnectionThatIsEstablished>;

    if !objgraph::ENABLED {
        return;
    }
    let connection = || {
        Rc::new(Connection {
            state: RefCell::default(),
            connections_that_were_opened_by_it: RefCell::default(),
            what_was_sent_but_not_acknowledged: RefCell::default(),
            called_when_the_connection_is_closed: RefCell::default(),
        })
    };
    let assert_fits = |report: &dyn Display| {
        let report = report.to_string();
        for line in report.lines() {
            let is_one_word = !line.trim().contains(' ');
            let fits = line.chars().count() < 80 || is_one_word;
            if !fits {
                panic!("too wide: {line:?} in:\n{report}");
            }
        }
        print!("{report}\n\n");
    };
    process::succeeds("reports::no_report_is_too_wide", || {
        objgraph::register::<Connection>();
        let before = objgraph::snapshot();
        let mut trend = objgraph::growth::Trend::new();
        let kept = connection();
        let mut all = Vec::new();
        for number in 0..8 {
            all.push(connection());
            let mut sent = kept.what_was_sent_but_not_acknowledged.borrow_mut();
            sent.insert(number.to_string(), Vec::new());
            drop(sent);
            trend.observe(&objgraph::snapshot());
        }
        let ring: Vec<_> = (0..3).map(|_| connection()).collect();
        for (at, one) in ring.iter().enumerate() {
            let next = ring[(at + 1) % 3].clone();
            one.connections_that_were_opened_by_it
                .borrow_mut()
                .push(next);
        }
        let cycles = objgraph::find_cycles(&ring[0]).to_string();
        let (id, next) = (objgraph::id(&ring[0]), objgraph::id(&ring[1]));
        drop(ring);
        let closed = connection();
        let own = closed.clone();
        *closed.called_when_the_connection_is_closed.borrow_mut() = Some(Box::new(move |text| {
            format!("{text}{}", Rc::strong_count(&own))
        }));
        drop(closed);
        let _buffers = [
            Rc::new(ABufferOfAForeignLibrary(vec![connection()])),
            Rc::new(ABufferOfAForeignLibrary(vec![connection()])),
        ];
        let _busy = kept.what_was_sent_but_not_acknowledged.borrow_mut();
        let _forgotten = std::thread::spawn(move || std::mem::forget(connection())).join();
        let leaks = objgraph::find_leaks();
        assert_eq!(leaks.len(), 3);
        assert_fits(&leaks);
        assert_fits(&leaks.coverage());
        assert_fits(&cycles);
        assert_fits(&objgraph::why_alive(id).unwrap());
        assert_fits(&objgraph::why_alive(next).unwrap());
        assert_fits(&objgraph::why_alive(objgraph::id(&kept)).unwrap());
        assert_fits(&objgraph::what_if::what_if_dropped(objgraph::id(&kept)).unwrap());
        let field = "AConnectionOfAClientToTheServer.connections_that_were_opened_by_it";
        assert_fits(&objgraph::what_if::what_if_weak(field).unwrap());
        assert_fits(&objgraph::blind_spots());
        assert_fits(&objgraph::snapshot::diff(&before, &objgraph::snapshot()));
        assert_fits(&trend);
        assert_fits(&objgraph::type_cycles());
        assert_fits(&objgraph::bytes::typesizes());
        assert_fits(&objgraph::bytes::retained());
        assert_fits(&objgraph::owners::owners(id).unwrap());
        let chain = objgraph::find_backref_chain(&kept, |_| true);
        assert_fits(&chain.unwrap());
    });
}

/// Code in a report can be pasted: no text has a path that is private to std or to objgraph.
#[test]
fn no_text_has_a_private_path() {
    if !objgraph::ENABLED {
        return;
    }
    struct Page<Of>(Vec<Of>);
    #[derive(Tracked)]
    struct Book {
        pages: RefCell<Vec<Page<Rc<Book>>>>,
        index: RefCell<HashMap<String, sync::Weak<Page<Arc<u8>>>>>,
    }
    process::succeeds("reports::no_text_has_a_private_path", || {
        let before = objgraph::snapshot();
        let book = Rc::new(RefCell::new(Book {
            pages: RefCell::new(vec![Page(Vec::new())]),
            index: RefCell::default(),
        }));
        let page = Rc::new(Page(vec![Rc::new(1_u8)]));
        let wide = Arc::new(Page(vec![Arc::new(2_u8)]));
        let alike = Rc::new(Page(vec![std::rc::Rc::new(1_u8)]));
        let snapshot = std::sync::Arc::new(objgraph::snapshot());
        let (mut json, mut graphml) = (Vec::new(), Vec::new());
        objgraph::picture::write_json(&snapshot, &mut json).unwrap();
        objgraph::picture::write_graphml(&snapshot, &mut graphml).unwrap();
        let nodes = || snapshot.nodes().map(|node| node.node_id());
        let picture = || objgraph::picture::refs_in(&snapshot, nodes());
        let full = objgraph::alive::stats()
            .shortnames(false)
            .most_common_types();
        for text in [
            String::from_utf8(json).unwrap(),
            String::from_utf8(graphml).unwrap(),
            picture().to_dot().unwrap(),
            picture().shortnames(false).to_dot().unwrap(),
            picture().to_json().unwrap(),
            picture().to_text().unwrap(),
            format!("{full:?} {:?}", objgraph::alive::objects()),
            objgraph::find_leaks().to_string(),
            objgraph::blind_spots().to_string(),
            objgraph::snapshot::diff(&before, &snapshot).to_string(),
            objgraph::bytes::typesizes().to_string(),
            objgraph::bytes::retained().to_string(),
            objgraph::why_alive(objgraph::id(&book))
                .unwrap()
                .to_string(),
        ] {
            for private in [
                "objgraph_core",
                "capture::",
                "alloc::",
                "core::",
                "hash::map",
            ] {
                assert!(!text.contains(private), "{private} in:\n{text}");
            }
        }
        assert!(
            full.iter()
                .any(|row| row.0.ends_with("Page<objgraph::rc::Rc<u8>>")),
            "{full:?}"
        );
        drop((page, wide, alike));
    });
}

/// A name that no object has means values in a cell, a lock or an option.
#[test]
fn a_name_finds_values_in_cells() {
    if !objgraph::ENABLED {
        return;
    }
    struct Widget;
    struct Gadget;
    process::succeeds("reports::a_name_finds_values_in_cells", || {
        let _widgets = (Rc::new(RefCell::new(Widget)), Rc::new(RefCell::new(Widget)));
        let _shared = Arc::new(Mutex::new(Some(Widget)));
        assert_eq!(objgraph::count("Widget"), 3);
        assert_eq!(objgraph::count("RefCell"), 2);
        assert_eq!(objgraph::by_type("Widget").len(), 3);
        let snapshot = objgraph::snapshot();
        assert_eq!(objgraph::alive::count_in("Widget", snapshot.nodes()), 3);
        let bare = Rc::new(Gadget);
        let _wrapped = Rc::new(RefCell::new(Gadget));
        assert_eq!(objgraph::count("Gadget"), 1);
        drop(bare);
        // The name does not change its meaning.
        assert_eq!(objgraph::count("Gadget"), 0);
        assert_eq!(objgraph::count("Wodget"), 0);
    });
}

/// A number agrees with its word: `1 more reference`.
#[test]
fn one_is_singular() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked)]
    struct Shelf {
        books: Vec<Rc<u32>>,
    }
    process::succeeds("reports::one_is_singular", || {
        let book = Rc::new(1_u32);
        let shelf = Rc::new(Shelf {
            books: [2, 3, 4].map(Rc::new).to_vec(),
        });
        let all = objgraph::refs(&shelf).too_many(2).to_dot().unwrap();
        assert!(all.contains("1 more reference\""), "{all}");
        let shelves = [1, 2, 3].map(|_| {
            Rc::new(Shelf {
                books: vec![book.clone()],
            })
        });
        let all = objgraph::backrefs(&book).too_many(2).to_dot().unwrap();
        assert!(all.contains("1 more backreference\""), "{all}");
        drop(shelves);
    });
}
