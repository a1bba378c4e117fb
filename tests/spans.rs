//! With the feature `tracing`, spans are scopes, and a watched service reports in events.
// recount: no, the feature `tracing` is off there

use std::fmt;
use std::pin::pin;
use std::sync::{Mutex, mpsc};
use std::task::{Context as TaskContext, Poll, Waker};
use std::thread;
use std::time::Duration;

use objgraph::scope::{Scope, SpanScopes, alive_in};
use objgraph::sync::Arc;
use objgraph::{Tracked, core, watch_growth};
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Instrument as _, Level, Subscriber, debug_span, info_span};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::{Layer, registry};

/// The expected number where tracking is on; otherwise 0.
fn on(count: usize) -> usize {
    if objgraph::ENABLED { count } else { 0 }
}

fn with_spans<R>(layer: SpanScopes, run: impl FnOnce() -> R) -> R {
    tracing::subscriber::with_default(registry().with(layer), run)
}

/// Returns the number of objects in scopes of this name.
fn alive(name: &str) -> usize {
    alive_in(name).objects().len()
}

fn number_of_scopes(name: &str) -> usize {
    Scope::named(name).len()
}

#[test]
fn objects_belong_to_the_span_they_are_made_in() {
    let (before, in_outer, in_inner, after) = with_spans(SpanScopes::new(), || {
        let before = Arc::new(1);
        let outer = info_span!("a-outer").entered();
        let in_outer = Arc::new(2);
        let in_inner = info_span!("a-inner").in_scope(|| Arc::new(3));
        drop(outer);
        (before, in_outer, in_inner, Arc::new(4))
    });
    assert_eq!((alive("a-outer"), alive("a-inner")), (on(2), on(1)));
    drop(in_outer);
    assert_eq!((alive("a-outer"), alive("a-inner")), (on(1), on(1)));
    drop((before, in_inner, after));
    assert_eq!(alive("a-outer"), 0);
}

#[test]
fn the_number_of_scopes_does_not_grow_with_the_number_of_spans() {
    let kept: Vec<Arc<usize>> = with_spans(SpanScopes::new(), || {
        let requests = (0..500).map(|number| {
            info_span!("b-request", number).in_scope(|| {
                // A span inside of one with the same name, at a distance too.
                info_span!("b-query").in_scope(|| {
                    info_span!("b-request").in_scope(|| info_span!("b-query").in_scope(|| number))
                });
                info_span!("b-request").in_scope(|| Arc::new(number))
            })
        });
        requests.collect()
    });
    assert_eq!(alive("b-request"), on(500));
    assert_eq!(number_of_scopes("b-request"), on(1));
    assert!(number_of_scopes("b-query") <= 1);
    drop(kept);
}

#[test]
fn a_span_inside_of_one_with_its_name_has_the_scope_around_it() {
    let made = with_spans(SpanScopes::new(), || {
        let _request = info_span!("c-request").entered();
        let _query = info_span!("c-query").entered();
        let _request = info_span!("c-request").entered();
        Arc::new(1)
    });
    // It belongs to all of them.
    assert_eq!((alive("c-request"), alive("c-query")), (on(1), on(1)));
    drop(made);
}

#[test]
fn a_span_may_be_entered_on_several_threads_and_in_any_order() {
    let dispatch = Dispatch::new(registry().with(SpanScopes::new()));
    let made = tracing::dispatcher::with_default(&dispatch, || {
        let (one, two) = (info_span!("d-one"), info_span!("d-two"));
        let in_one = one.enter();
        let in_two = two.enter();
        let again = two.enter();
        let of_two = Arc::new(1);
        drop(in_one);
        drop(in_two);
        let still_of_two = Arc::new(2);
        drop(again);
        let of_none = Arc::new(3);
        let _child_of_one = one.enter();
        let child = info_span!(parent: &one, "d-child");
        let threads: Vec<_> = [&child, &child]
            .map(|span| {
                let (span, dispatch) = (span.clone(), dispatch.clone());
                thread::spawn(move || {
                    tracing::dispatcher::with_default(&dispatch, || span.in_scope(|| Arc::new(4)))
                })
            })
            .into();
        let of_child = threads.into_iter().map(|thread| thread.join().unwrap());
        (of_two, still_of_two, of_none, of_child.collect::<Vec<_>>())
    });
    assert_eq!((alive("d-two"), alive("d-child")), (on(2), on(2)));
    // Its thread was not in the parent, but the span is.
    assert_eq!(alive("d-one"), on(2));
    drop(made);
    assert_eq!(alive("d-one") + alive("d-two"), 0);
}

#[test]
fn a_future_is_in_its_span_while_it_is_polled() {
    let made = with_spans(SpanScopes::new(), || {
        let mut waits = true;
        let task = async {
            let first = Arc::new(1);
            std::future::poll_fn(|_| match std::mem::take(&mut waits) {
                true => Poll::Pending,
                false => Poll::Ready(()),
            })
            .await;
            (first, Arc::new(2))
        };
        let mut task = pin!(task.instrument(info_span!("e-task")));
        let mut context = TaskContext::from_waker(Waker::noop());
        assert!(task.as_mut().poll(&mut context).is_pending());
        let between = Arc::new(3);
        let Poll::Ready(made) = task.as_mut().poll(&mut context) else {
            panic!("it waits once")
        };
        (made, between)
    });
    assert_eq!(alive("e-task"), on(2));
    drop(made);
}

#[test]
fn only_the_spans_that_are_wanted_are_scopes() {
    let make = || {
        let _outer = info_span!("f-outer").entered();
        debug_span!("f-detail").in_scope(|| Arc::new(1))
    };
    let made = with_spans(SpanScopes::new(), make);
    assert_eq!((alive("f-outer"), alive("f-detail")), (on(1), 0));
    let debug = with_spans(SpanScopes::new().max_level(Level::DEBUG), make);
    assert_eq!((alive("f-outer"), alive("f-detail")), (on(2), on(1)));
    let named = with_spans(SpanScopes::new().names(["f-detail"]), make);
    assert_eq!((alive("f-outer"), alive("f-detail")), (on(2), on(2)));
    drop((made, debug, named));
}

#[test]
fn a_span_is_inside_of_the_scope_of_its_thread() {
    let test = Scope::new("g-test");
    let entered = test.enter();
    let made = with_spans(SpanScopes::new(), || {
        let _request = info_span!("g-request").entered();
        let root = info_span!(parent: None, "g-root").in_scope(|| Arc::new(1));
        (root, Arc::new(2))
    });
    drop(entered);
    assert_eq!(test.alive(), on(2));
    assert_eq!((alive("g-request"), alive("g-root")), (on(1), on(1)));
    drop(made);
}

#[test]
fn objects_are_listed_by_age() {
    let make = || info_span!("h-request").in_scope(|| Arc::new([1u8; 9]));
    let old = with_spans(SpanScopes::new(), make);
    let epoch = core::advance_epoch();
    let young = with_spans(SpanScopes::new(), make);
    let all = alive_in("h-request");
    assert_eq!(all.objects().len(), on(2));
    let before = all.clone().before(epoch);
    assert_eq!(before.objects().len(), on(1));
    // An age of nothing is one that has ended.
    let older = all.clone().older_than(Duration::from_nanos(1));
    assert!(older.objects().len() <= on(2));
    assert_eq!(
        older.objects().len(),
        on(2),
        "the query before ended the epoch"
    );
    let hour = all.older_than(Duration::from_secs(3600));
    assert_eq!(hour.objects().len(), 0);
    if objgraph::ENABLED {
        assert_eq!(before.counts()[0].type_name, "[u8; 9]");
        let text = before.to_string();
        assert!(
            text.starts_with("1 object of `h-request` alive, made before epoch "),
            "{text}"
        );
        assert!(
            text.contains("\n  1 × [u8; 9] made at tests/spans.rs:"),
            "{text}"
        );
    }
    drop((old, young));
}

#[test]
fn spans_begin_epochs() {
    if !objgraph::ENABLED {
        return;
    }
    let epoch = || {
        let made = Arc::new(1);
        objgraph::at(objgraph::id(&made)).unwrap().epoch()
    };
    with_spans(SpanScopes::new(), || {
        let before = epoch();
        drop(info_span!("i"));
        assert!(epoch() > before, "the first span begins one");
    });
}

/// Collects the fields of events of objgraph.
struct Events(Mutex<mpsc::Sender<Vec<(String, String)>>>);

impl<S: Subscriber> Layer<S> for Events {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        struct Fields(Vec<(String, String)>);
        impl Visit for Fields {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                self.0.push((field.name().to_owned(), format!("{value:?}")));
            }
        }
        if event.metadata().target() == "objgraph" {
            assert_eq!(*event.metadata().level(), Level::WARN);
            let mut fields = Fields(Vec::new());
            event.record(&mut fields);
            let _ = self.0.lock().unwrap().send(fields.0);
        }
    }
}

#[derive(Tracked, Default)]
struct Ring {
    next: Mutex<Option<Arc<Ring>>>,
}

#[test]
fn a_watch_reports_in_events() {
    if !objgraph::ENABLED {
        return;
    }
    let ring = Arc::new(Ring::default());
    *ring.next.lock().unwrap() = Some(ring.clone());
    let weak = Arc::downgrade(&ring);
    drop(ring);
    let (to, events) = mpsc::channel();
    // The thread of the watch has the global subscriber.
    let subscriber = registry().with(Events(Mutex::new(to)));
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let watch = watch_growth(Duration::from_millis(5)).start().unwrap();
    let fields = events
        .iter()
        .find(|fields| fields.iter().any(|field| field.1 == "\"Ring\""))
        .unwrap();
    watch.stop();
    let field = |name: &str| {
        let found = fields.iter().find(|field| field.0 == name);
        found.map(|field| field.1.as_str())
    };
    assert_eq!(field("report"), Some("\"leak\""));
    assert_eq!(field("type"), Some("\"Ring\""));
    assert_eq!(field("count"), Some("1"));
    assert_eq!(field("chain"), Some("\"Ring.next → (the first)\""));
    assert!(field("site").unwrap().starts_with("tests/spans.rs:"));
    assert!(field("fingerprint").unwrap().starts_with("leak-"));
    assert!(
        field("message")
            .unwrap()
            .starts_with("new leak: 1 object leaked")
    );
    assert_eq!(field("slope"), None);
    let ring = weak.upgrade().unwrap();
    drop(ring.next.lock().unwrap().take());
}
