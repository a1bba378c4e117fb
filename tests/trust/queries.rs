//! Every query of objgraph, in one list.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, Once, PoisonError};
use std::task::{Context, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;
use objgraph::{
    Instance, Tracked,
    growth::{Growth, NewIds},
    leaks::LeakCheck,
    scope::Scope,
};

/// The subjects of the queries.
#[derive(Tracked, Clone, Debug, Default)]
pub struct Subject {
    pub next: RefCell<Option<Rc<Subject>>>,
    pub shared: Option<Arc<SharedNumber>>,
    instance: Instance<Subject>,
}

#[derive(Tracked, Clone, Debug, Default)]
pub struct SharedNumber {
    pub number: u32,
}

/// A cycle that leaks on purpose.
#[derive(Tracked, Default)]
pub struct LostNode {
    other: Mutex<Option<Arc<LostNode>>>,
}

/// Leaks a cycle of two objects, which every search for leaks has to find.
fn lose() {
    let one = Arc::new(LostNode::default());
    let two = Arc::new(LostNode {
        other: Mutex::new(Some(one.clone())),
    });
    *one.other.lock().unwrap() = Some(two);
}

/// A function of objgraph, with assertions about its result.
type Query = (&'static str, fn(&Rc<Subject>));

fn picture_path(name: &str) -> std::path::PathBuf {
    let thread = format!("{:?}", thread::current().id());
    let number = thread.trim_matches(|c: char| !c.is_ascii_digit());
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trust-{number}-{name}.dot"))
}

fn leaked_subjects(leaks: &objgraph::leaks::Leaks) -> usize {
    let all = leaks.iter().chain(leaks.possibly_leaked());
    all.filter(|object| object.type_name().ends_with("::Subject"))
        .count()
}

/// All queries; a new function of objgraph belongs here. Each is called alone, not inside another.
pub const ALL: &[Query] = &[
    ("id", |rc| {
        assert_ne!(objgraph::id(rc), objgraph::ObjectId::NONE)
    }),
    ("at", |rc| assert!(objgraph::at(objgraph::id(rc)).is_some())),
    ("at_addrs", |rc| {
        assert_eq!(objgraph::at_addrs([objgraph::id(rc)]).len(), 1)
    }),
    ("objects", |rc| {
        let id = objgraph::id(rc);
        let object = objgraph::alive::objects()
            .into_iter()
            .find(|object| object.id() == id);
        let object = object.expect("it is alive");
        assert!(object.is::<Subject>() && object.is_alive());
        let before = Rc::strong_count(rc);
        let strong = object.upgrade::<Subject>();
        if let Some(strong) = strong {
            assert_eq!(Rc::strong_count(rc), before + 1);
            assert!(Rc::ptr_eq(&strong.rc().unwrap(), rc));
        }
        let _ = object.label();
    }),
    ("counts", |_| {
        let counts = objgraph::alive::counts();
        assert!(
            counts
                .iter()
                .any(|count| count.alive > 0 && count.type_name.ends_with("Subject"))
        );
    }),
    ("count", |_| assert!(objgraph::count("Subject") > 0)),
    ("count_in", |_| {
        assert!(objgraph::alive::count_in("Subject", objgraph::alive::objects()) > 0)
    }),
    ("count_of", |_| {
        let before = objgraph::count_of::<SharedNumber>();
        let made = Arc::new(SharedNumber::default());
        assert_eq!(objgraph::count_of::<SharedNumber>(), before + 1);
        drop(made);
        assert_eq!(objgraph::count_of::<SharedNumber>(), before);
    }),
    ("tracking", |_| {
        // Leaves out nothing that the other queries need.
        objgraph::tracking::only(["*"]).unwrap();
        objgraph::tracking::except(["no::type::of::this::Name"]).unwrap();
        assert!(objgraph::tracking::left_out().is_empty());
        objgraph::tracking::all();
    }),
    ("types", |_| {
        assert!(
            objgraph::alive::types()
                .iter()
                .any(|info| info.name.ends_with("Subject"))
        )
    }),
    ("typestats", |_| {
        assert!(objgraph::typestats()["Subject"] > 0)
    }),
    ("most_common_types", |_| {
        assert!(!objgraph::most_common_types().is_empty())
    }),
    ("show_most_common_types", |_| {
        objgraph::show_most_common_types()
    }),
    ("stats", |_| {
        let stats = objgraph::alive::stats().filter(|object| object.is::<Subject>());
        assert_eq!(stats.typestats().len(), 1);
        let _ = stats.growth();
    }),
    ("stats_of", |_| {
        drop(objgraph::alive::stats_of(objgraph::alive::objects()).typestats())
    }),
    ("growth", |_| drop(objgraph::growth())),
    ("show_growth", |_| objgraph::show_growth()),
    ("Growth", |_| assert!(!Growth::default().grown().is_empty())),
    ("watch_growth", |_| {
        let hour = Duration::from_secs(3600);
        let watch = objgraph::watch_growth(hour).on_report(|_| {});
        drop(watch.start().unwrap());
        let mut watcher = objgraph::growth::Watcher::new(hour);
        drop(watcher.tick(hour, &objgraph::find_leaks()));
    }),
    ("new_ids", |_| drop(objgraph::growth::new_ids())),
    ("show_new_ids", |_| objgraph::growth::show_new_ids()),
    ("get_new_ids", |_| drop(objgraph::get_new_ids())),
    ("query_new_ids", |_| {
        drop(objgraph::growth::query_new_ids().write(&mut io::sink()))
    }),
    ("NewIds", |_| {
        let mut ids = NewIds::default();
        ids.update();
        let made = Rc::new(Subject::default());
        ids.update();
        assert!(ids["Subject"].contains(&objgraph::id(&made)));
    }),
    ("by_type", |_| {
        assert!(!objgraph::by_type("Subject").is_empty())
    }),
    ("by_type_in", |_| {
        drop(objgraph::alive::by_type_in(
            "Subject",
            objgraph::alive::objects(),
        ))
    }),
    ("by_type_of", |_| {
        assert!(!objgraph::alive::by_type_of::<Subject>().is_empty())
    }),
    ("snapshot", |rc| {
        let snapshot = objgraph::snapshot();
        assert!(snapshot.find(objgraph::id(rc)).is_some());
    }),
    ("snapshot_of", |rc| {
        assert!(!objgraph::core::snapshot_of([objgraph::id(rc)]).is_empty());
    }),
    ("diff", |_| {
        let before = objgraph::snapshot();
        let made = Rc::new(Subject::default());
        let after = objgraph::snapshot();
        assert!(after.find(objgraph::id(&made)).is_some());
        let _ = objgraph::snapshot::diff(&before, &after);
    }),
    ("find_leaks", |_| {
        let leaks = objgraph::find_leaks();
        assert_eq!(leaked_subjects(&leaks), 0, "{leaks}");
        let lost = leaks
            .iter()
            .filter(|object| object.type_name().ends_with("::LostNode"));
        assert!(lost.count() >= 2, "{leaks}");
    }),
    ("with_labels", |_| {
        drop(objgraph::leaks::with_labels(objgraph::find_leaks()))
    }),
    ("show_leaks", |_| {
        let leaks = objgraph::show_leaks(picture_path("leaks")).unwrap();
        assert_eq!(leaked_subjects(&leaks), 0, "{leaks}");
    }),
    ("get_leaking_objects", |_| {
        // The objects that no other object refers to.
        let made = Arc::new(SharedNumber::default());
        let leaking = objgraph::get_leaking_objects();
        assert!(
            leaking
                .iter()
                .any(|object| object.id() == objgraph::id(&made))
        );
    }),
    ("get_leaking_objects_of", |_| {
        let made = Arc::new(SharedNumber::default());
        let objects = objgraph::at_addrs([objgraph::id(&made)]);
        assert_eq!(objgraph::leaks::get_leaking_objects_of(objects).len(), 1);
    }),
    ("get_leaking_objects_in", |_| {
        drop(objgraph::leaks::get_leaking_objects_in(
            &objgraph::snapshot(),
        ))
    }),
    ("find_leaks_in", |_| {
        let leaks = objgraph::leaks::find_leaks_in(&std::sync::Arc::new(objgraph::snapshot()));
        let _ = (leaks.kinds().all().len(), leaks.to_string());
    }),
    ("leaked", |_| {
        let picture = objgraph::picture::leaked(&objgraph::find_leaks());
        if let Some(picture) = &picture {
            let _ = objgraph::picture::to_svg_without_dot(&picture.drawing().unwrap());
        }
        drop(picture.map(|picture| picture.to_dot().unwrap()))
    }),
    ("find_cycles", |rc| {
        assert!(objgraph::find_cycles(rc).is_empty())
    }),
    ("blind_spots", |_| drop(objgraph::blind_spots().to_string())),
    ("why_alive", |rc| {
        drop(objgraph::why_alive(objgraph::id(rc)).unwrap().to_string())
    }),
    ("what_if_dropped", |rc| {
        let _ = objgraph::what_if::what_if_dropped(objgraph::id(rc)).map(|what| what.to_string());
    }),
    ("what_if_weak", |_| {
        let _ = objgraph::what_if::what_if_weak("LostNode.other").map(|what| what.to_string());
    }),
    ("show_refs", |rc| {
        objgraph::show_refs(rc, picture_path("refs")).unwrap()
    }),
    ("show_backrefs", |rc| {
        objgraph::show_backrefs(rc, picture_path("backrefs")).unwrap()
    }),
    ("refs", |rc| {
        let picture = objgraph::refs(rc)
            .filter(|_| true)
            .highlight(|_| true)
            .extra_info(|node| node.id().to_string())
            .refcounts(true)
            .fold(true);
        let dot = picture.to_dot().unwrap();
        assert!(dot.contains("Subject"), "{dot}");
        picture.write(&mut io::sink()).unwrap();
    }),
    ("backrefs", |rc| {
        drop(objgraph::backrefs(rc).drawing().unwrap())
    }),
    ("chains", |rc| {
        let chain = objgraph::find_backref_chain(rc, objgraph::is_root);
        let forth = objgraph::find_ref_chain(rc, |_| true);
        for chain in chain.iter().chain(&forth) {
            objgraph::show_chain(chain, picture_path("chain")).unwrap();
            let _ = objgraph::picture::chain_refs([chain]).to_dot().unwrap();
        }
    }),
    ("register", |_| {
        objgraph::register::<HashMap<u32, Option<Rc<Subject>>>>()
    }),
    ("with_root", |rc| {
        let snapshot = objgraph::snapshot::with_root("it", rc, objgraph::snapshot);
        assert!(snapshot.nodes().any(|node| node.root() == Some("it")));
    }),
    ("watch", |_| {
        let watched = std::rc::Rc::new(Subject::default());
        let id = objgraph::watch(&watched);
        drop(watched);
        assert!(objgraph::at(id).is_none());
        let watched = std::sync::Arc::new(SharedNumber::default());
        let id = objgraph::watch(&watched);
        assert_eq!(objgraph::watch(&watched), id);
        drop(watched);
        assert!(objgraph::at(id).is_none());
    }),
    ("Scope", |_| {
        let scope = Scope::new("inside");
        let entered = scope.enter();
        let made = Arc::new(SharedNumber::default());
        let _ = Scope::current();
        assert!(scope.alive() <= 1 && scope.objects().len() <= 1);
        drop(entered);
        drop(made);
        assert_eq!(scope.alive(), 0);
    }),
    ("alive_in", |_| {
        let query = objgraph::scope::alive_in("inside").older_than(Duration::ZERO);
        let _ = (query.objects(), query.counts(), query.to_string());
    }),
    ("labels", |_| objgraph::alive::labels(true)),
    ("label_of", |rc| {
        drop(objgraph::core::label_of(objgraph::id(rc)))
    }),
    ("rc", |rc| {
        let count = Rc::strong_count(rc);
        let clone = rc.clone();
        let weak = Rc::downgrade(rc);
        assert_eq!(
            (Rc::strong_count(rc), weak.strong_count()),
            (count + 1, count + 1)
        );
        assert!(Rc::ptr_eq(&weak.upgrade().unwrap(), &clone));
        let mut one = Rc::new(Subject::default());
        assert!(Rc::get_mut(&mut one).is_some());
        let mut two = one.clone();
        Rc::make_mut(&mut two).shared = None;
        assert!(!Rc::ptr_eq(&one, &two));
        assert!(Rc::try_unwrap(one).is_ok());
        let cyclic = Rc::new_cyclic(|weak: &Weak<RefCell<Weak<()>>>| {
            assert!(weak.upgrade().is_none());
            RefCell::new(Weak::new())
        });
        assert_eq!(Rc::strong_count(&cyclic), 1);
    }),
    ("arc", |_| {
        let mut one = Arc::new(SharedNumber::default());
        assert!(Arc::get_mut(&mut one).is_some());
        let mut two = one.clone();
        Arc::make_mut(&mut two).number += 1;
        assert_eq!((one.number, two.number), (0, 1));
        let weak = Arc::downgrade(&one);
        assert_eq!((Arc::strong_count(&one), Arc::weak_count(&one)), (1, 1));
        assert_eq!(Arc::into_inner(one).unwrap().number, 0);
        assert!(weak.upgrade().is_none());
        assert_eq!(Arc::unwrap_or_clone(two).number, 1);
    }),
    ("formats", |rc| {
        let picture = objgraph::refs(rc).refcounts(true).sites(true).legend(true);
        let texts = [
            picture.to_text().unwrap(),
            picture.to_json().unwrap(),
            picture.to_graphml().unwrap(),
            picture.to_mermaid().unwrap(),
        ];
        assert!(texts.iter().all(|text| text.contains("Subject")));
        for extension in ["txt", "json", "graphml", "mmd"] {
            picture
                .save(picture_path("formats").with_extension(extension))
                .unwrap();
        }
        picture.print().unwrap();
    }),
    ("write_json, write_graphml", |_| {
        let snapshot = objgraph::snapshot();
        objgraph::picture::write_json(&snapshot, &mut io::sink()).unwrap();
        objgraph::picture::write_graphml(&snapshot, &mut io::sink()).unwrap();
    }),
    #[cfg(feature = "html")]
    ("write_page, write_comparison_page", |_| {
        let snapshot = std::sync::Arc::new(objgraph::snapshot());
        objgraph::picture::write_page(&snapshot, &mut io::sink()).unwrap();
        let [before, after] = [&snapshot; 2];
        objgraph::picture::write_comparison_page(before, after, &mut io::sink()).unwrap();
    }),
    ("write_heapsnapshot", |rc| {
        let path = picture_path("heap").with_extension("heapsnapshot");
        objgraph::write_heapsnapshot(&path).unwrap();
        objgraph::refs(rc).save(path).unwrap();
        let snapshot = std::sync::Arc::new(objgraph::snapshot());
        objgraph::snapshot::write_heapsnapshot_in(&snapshot, &mut io::sink()).unwrap();
    }),
    #[cfg(feature = "metrics")]
    ("metrics_text", |_| {
        assert!(objgraph::metrics_text().ends_with("# EOF\n"));
        assert!(objgraph::metrics::traced_metrics_text().ends_with("# EOF\n"));
        let leaks = objgraph::find_leaks();
        assert!(objgraph::metrics::metrics_text_with(&leaks).ends_with("# EOF\n"));
    }),
    #[cfg(feature = "pprof")]
    ("pprof, pprof_by_chain", |rc| {
        assert!(!objgraph::pprof().is_empty());
        assert!(!objgraph::pprof_by_chain().is_empty());
        objgraph::refs(rc)
            .save(picture_path("profile").with_extension("pb.gz"))
            .unwrap();
        let snapshot = std::sync::Arc::new(objgraph::snapshot());
        assert!(!objgraph::snapshot::pprof_in(&snapshot).is_empty());
        assert!(!objgraph::snapshot::pprof_by_chain_in(&snapshot).is_empty());
    }),
    ("pictures of a snapshot", |rc| {
        let snapshot = std::sync::Arc::new(objgraph::snapshot());
        let node = snapshot.find(objgraph::id(rc)).unwrap();
        let forth = objgraph::picture::refs_in(&snapshot, [node])
            .drawing()
            .unwrap();
        let back = objgraph::picture::backrefs_in(&snapshot, [node])
            .drawing()
            .unwrap();
        assert!(forth.nodes[0].is_start && back.nodes[0].is_start);
        let chain = objgraph::picture::ref_chain_in(&snapshot, [node]).find(|_| true);
        assert_eq!(chain.unwrap().len(), 1);
        let chain = objgraph::picture::backref_chain_in(&snapshot, [node]).max_depth(3);
        drop(chain.find(|_| false));
    }),
    ("each_object", |rc| {
        let (id, mut met) = (objgraph::id(rc), false);
        objgraph::core::each_object(&mut |object| met |= object.id() == id);
        assert!(met);
    }),
    ("pictures of chains", |rc| {
        let chain = objgraph::picture::ref_chain(rc)
            .max_depth(1)
            .find(|_| true)
            .unwrap();
        drop(
            objgraph::picture::chain_backrefs([&chain])
                .to_dot()
                .unwrap(),
        );
        drop(objgraph::picture::backref_chain(rc).find(objgraph::is_root));
    }),
    ("retained", |rc| {
        let retained = objgraph::bytes::retained();
        let node = retained.snapshot().find(objgraph::id(rc)).unwrap();
        assert!(retained.retained_bytes(node) > 0);
        drop(retained.to_string());
    }),
    ("show_retained", |_| objgraph::bytes::show_retained()),
    ("typesizes", |_| {
        assert!(objgraph::bytes::typesizes().total().count > 0)
    }),
    ("show_typesizes", |_| objgraph::bytes::show_typesizes()),
    ("type_cycles", |_| drop(objgraph::type_cycles().to_string())),
    ("Trend", |_| {
        let mut trend = objgraph::growth::Trend::new();
        trend.observe(&objgraph::snapshot());
        assert!(trend.steady_growth().is_empty());
    }),
    ("queries of a snapshot", |rc| {
        let snapshot = std::sync::Arc::new(objgraph::snapshot());
        let id = objgraph::id(rc);
        assert!(objgraph::alive::why_alive_in(&snapshot, id).is_some());
        drop(objgraph::what_if::what_if_dropped_in(&snapshot, id));
        drop(objgraph::what_if::what_if_weak_in(
            &snapshot,
            "LostNode.other",
        ));
        drop(objgraph::owners::owners_in(&snapshot, id));
        drop(objgraph::owners::zombies_in(&snapshot));
    }),
    ("owners", |rc| {
        objgraph::owners::follow::<Subject>();
        drop(objgraph::owners::owners(objgraph::id(rc)));
        let snapshot = objgraph::snapshot();
        let node = snapshot.find(objgraph::id(rc));
        drop(objgraph::owners::external_handles(&snapshot, node));
        drop(objgraph::owners::zombies().to_string());
        drop(objgraph::owners::last_drop(objgraph::id(rc)));
        drop(objgraph::owners::leak_birth(objgraph::id(rc)));
    }),
    ("LeakCheck", |_| {
        let scope = Scope::new("checked");
        let entered = scope.enter();
        let made = Arc::new(SharedNumber::default());
        assert!(LeakCheck::of(&scope).wait(Duration::ZERO).run().is_ok());
        // At its end, a thread is not in a scope.
        let alive = LeakCheck::of(&scope)
            .deny_survivors()
            .wait(Duration::ZERO)
            .run();
        let result = alive.map_err(|failure| failure.to_string());
        assert_eq!(
            scope.alive() == 1,
            result.is_err_and(|text| text.contains("SharedNumber"))
        );
        drop((entered, made));
        objgraph::assert_no_leaks!(&scope);
        // It does not search for leaks of other tests, nor wait for them.
        let lost = LeakCheck::everywhere()
            .allow("LostNode")
            .wait(Duration::ZERO);
        drop(lost.run());
    }),
    ("assert_drops", |_| {
        let shared = Some(Arc::new(SharedNumber::default()));
        objgraph::assert_drops!(Rc::new(Subject {
            shared,
            ..Subject::default()
        }));
    }),
    ("assert_count", |_| {
        objgraph::assert_count!(Subject >= 1);
        objgraph::assert_count!("SharedNumber" > 0);
    }),
    ("assert_no_growth", |_| {
        objgraph::assert_no_growth!(repeat = 2, || Arc::new(SharedNumber::default()));
    }),
    ("in_current_scope", |_| {
        let scope = Scope::new("future");
        let make = async || Arc::new(SharedNumber::default());
        let task = scope.in_future(objgraph::scope::in_current_scope(make()));
        let mut task = std::pin::pin!(task);
        let mut context = Context::from_waker(Waker::noop());
        assert!(task.as_mut().poll(&mut context).is_ready());
    }),
    ("spawn_in_current_scope", |_| {
        let scope = Scope::new("thread");
        let entered = scope.enter();
        let is_inside = scope.alive() == 0 && Scope::current().is_some();
        let made = || Arc::new(SharedNumber::default());
        let made = objgraph::scope::spawn_in_current_scope(made)
            .join()
            .unwrap();
        // At its end, a thread is not in a scope.
        assert_eq!(scope.alive(), usize::from(is_inside));
        let too = scope
            .spawn(|| Arc::new(SharedNumber::default()))
            .join()
            .unwrap();
        assert_eq!(scope.alive(), 1 + usize::from(is_inside));
        drop((entered, made, too));
    }),
    ("future", |_| {
        let shared = Arc::new(SharedNumber::default());
        let task = objgraph::future!([shared] async move { shared.number });
        let mut task = std::pin::pin!(task);
        let mut context = Context::from_waker(Waker::noop());
        assert!(task.as_mut().poll(&mut context).is_ready());
    }),
    ("capture", |rc| {
        let rc = rc.clone();
        let captured = Rc::new(objgraph::capture!([rc] move |()| drop(rc.clone())));
        drop(objgraph::refs(&captured).to_dot().unwrap());
    }),
    ("unsize", |_| {
        let any = objgraph::unsize!(Rc::new(5_u8) => dyn std::any::Any);
        assert!(objgraph::at(objgraph::id(&any)).is_some());
    }),
    ("Instance", |_| {
        let (one, two) = (Subject::default(), Subject::default());
        assert_ne!(objgraph::id(&one.instance), objgraph::id(&two.instance));
    }),
];

/// The threads that call all queries, so that code that a query calls does not call them again. It
/// is not a thread-local, because threads query while those are being dropped.
static QUERYING_THREADS: Mutex<Vec<ThreadId>> = Mutex::new(Vec::new());

fn with_querying_threads<R>(run: impl FnOnce(&mut Vec<ThreadId>) -> R) -> R {
    run(&mut QUERYING_THREADS
        .lock()
        .unwrap_or_else(PoisonError::into_inner))
}

struct QueryingThread(ThreadId);

impl Drop for QueryingThread {
    fn drop(&mut self) {
        with_querying_threads(|threads| threads.retain(|thread| *thread != self.0));
    }
}

/// Calls every query unless this thread already does, and returns whether it did.
pub fn query_all() -> bool {
    let this = thread::current().id();
    let is_first = with_querying_threads(|threads| {
        let is_first = !threads.contains(&this);
        threads.push(this);
        is_first
    });
    if !objgraph::ENABLED || !is_first {
        if is_first {
            with_querying_threads(|threads| threads.retain(|thread| *thread != this));
        }
        return false;
    }
    let _querying = QueryingThread(this);
    static LOST: Once = Once::new();
    LOST.call_once(lose);
    let shared = Some(Arc::new(SharedNumber::default()));
    let subject = Rc::new(Subject {
        shared,
        ..Subject::default()
    });
    for (name, query) in ALL {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| query(&subject)));
        if result.is_err() {
            // Abort, since a panic may be caught here and the law not proven.
            eprintln!("`{name}`, called from inside, failed");
            std::process::abort();
        }
    }
    true
}

/// Every public function and macro is called.
#[test]
fn every_public_function_is_called() {
    macro_rules! modules {
        ($($name:literal),*) => {
            [("", include_str!("../../src/lib.rs"))
             $(, (concat!($name, "::"), include_str!(concat!("../../src/", $name, ".rs"))))*]
        };
    }
    let modules = modules![
        "alive", "bytes", "closures", "growth", "leaks", "metrics", "owners", "picture", "scope",
        "snapshot", "tracking", "what_if"
    ];
    let queries = include_str!("queries.rs");
    // Used by the attribute macros, or not a query.
    let others = ["core", "rc", "sync", "root", "test"];
    let mut missing = Vec::new();
    for (module, text) in modules {
        for exported in text.split("pub use ").skip(1) {
            let exported = exported.split_once(';').unwrap().0;
            let (_, names) = exported.rsplit_once("::").unwrap_or(("", exported));
            for name in names.trim_matches(['{', '}', '\n']).split(',') {
                let name = name.rsplit(" as ").next().unwrap_or(name).trim();
                let is_function = name.starts_with(char::is_lowercase) && !others.contains(&name);
                if is_function && !queries.contains(&format!("objgraph::{module}{name}")) {
                    missing.push(format!("{module}{name}"));
                }
            }
        }
    }
    assert_eq!(missing, [""; 0]);
    for name in [
        "assert_no_leaks",
        "assert_drops",
        "assert_no_growth",
        "assert_count",
    ] {
        assert!(queries.contains(&format!("objgraph::{name}!")), "{name}");
    }
}
