//! A trace on another thread holds an `Arc` during a visit, and the program does not see it.
//!
//! Each test meets the tracing thread inside a visit, so that there is a pin for certain: the visit
//! signals that it began, and ends when the test signals it. A function that waits for the pin
//! signals the visit to end right before it waits.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, ThreadId};

use objgraph_core::sync::{Arc, Weak};
use objgraph_core::{ENABLED, Visit, Visitor, at, id, snapshot};

thread_local! {
    /// On a thread that traces: the value to meet at, and the channels.
    static MEETING: RefCell<Option<Meeting>> = const { RefCell::new(None) };
}

struct Meeting {
    number: usize,
    began: Sender<()>,
    end: Receiver<()>,
}

static CLONES: AtomicUsize = AtomicUsize::new(0);

/// A value at whose visit threads meet.
struct Value {
    number: usize,
    dropped: Option<Sender<ThreadId>>,
}

impl Value {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            dropped: None,
        }
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        CLONES.fetch_add(1, Ordering::Relaxed);
        Self {
            number: self.number,
            dropped: None,
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        if let Some(dropped) = &self.dropped {
            dropped.send(thread::current().id()).unwrap();
        }
    }
}

impl Visit for Value {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        let mine = |meeting: &mut Meeting| meeting.number == self.number;
        let meeting = MEETING.with_borrow_mut(|meeting| meeting.take_if(mine));
        if let Some(meeting) = meeting {
            meeting.began.send(()).unwrap();
            meeting.end.recv().unwrap();
            // The sender is about to wait; a wait that does not happen must do no harm.
            for _ in 0..50 {
                thread::yield_now();
            }
        }
    }
}

/// Runs `act` while another thread is inside a visit of the value; `act` gets the sender that ends
/// the visit.
fn while_pinned<R>(number: usize, act: impl FnOnce(Sender<()>) -> R) -> R {
    objgraph_core::register::<Value>();
    let (began, has_begun) = channel();
    let (finish, end) = channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            MEETING.set(Some(Meeting { number, began, end }));
            let _ = snapshot();
            assert!(MEETING.take().is_none(), "the value was not visited");
        });
        has_begun.recv().unwrap();
        act(finish)
    })
}

const ROUNDS: usize = 30;

#[test]
fn counts_do_not_show_the_pin() {
    if !ENABLED {
        return;
    }
    let one = Arc::new(Value::new());
    let two = one.clone();
    let weak = Arc::downgrade(&one);
    while_pinned(one.number, |end| {
        let counts = || (Arc::strong_count(&one), Arc::weak_count(&one));
        let weak_counts = || (weak.strong_count(), weak.weak_count());
        assert_eq!((counts(), weak_counts()), ((2, 1), (2, 1)));
        let three = weak.upgrade().unwrap();
        assert_eq!((counts(), weak_counts()), ((3, 1), (3, 1)));
        let four = at(id(&one)).unwrap().upgrade::<Value>().unwrap();
        assert_eq!((counts(), weak_counts()), ((4, 1), (4, 1)));
        drop((two, three, four));
        assert_eq!((counts(), weak_counts()), ((1, 1), (1, 1)));
        // They do not change while the visit ends either.
        end.send(()).unwrap();
        for _ in 0..2000 {
            assert_eq!((counts(), weak_counts()), ((1, 1), (1, 1)));
        }
    });
}

#[test]
fn try_unwrap_waits_for_the_pin() {
    if !ENABLED {
        return;
    }
    for _ in 0..ROUNDS {
        let one = Arc::new(Value::new());
        let weak = Arc::downgrade(&one);
        let number = one.number;
        while_pinned(number, |end| {
            end.send(()).unwrap();
            assert!(Arc::try_unwrap(one).is_ok_and(|value| value.number == number));
            assert!(weak.upgrade().is_none());
        });
    }
}

#[test]
fn try_unwrap_of_a_shared_value_fails_with_a_pin_too() {
    if !ENABLED {
        return;
    }
    let one = Arc::new(Value::new());
    let two = one.clone();
    while_pinned(two.number, |end| {
        end.send(()).unwrap();
        assert!(Arc::try_unwrap(one).is_err());
    });
    assert_eq!(Arc::strong_count(&two), 1);
}

#[test]
fn into_inner_waits_for_the_pin() {
    if !ENABLED {
        return;
    }
    for _ in 0..ROUNDS {
        let one = Arc::new(Value::new());
        let two = one.clone();
        while_pinned(one.number, |end| {
            end.send(()).unwrap();
            assert!(Arc::into_inner(one).is_none());
            assert!(Arc::into_inner(two).is_some());
        });
    }
}

#[test]
fn get_mut_waits_for_the_pin() {
    if !ENABLED {
        return;
    }
    for _ in 0..ROUNDS {
        let mut one = Arc::new(Value::new());
        while_pinned(one.number, |end| {
            end.send(()).unwrap();
            Arc::get_mut(&mut one).unwrap().dropped = None;
        });
        assert_eq!((Arc::strong_count(&one), Arc::weak_count(&one)), (1, 0));
    }
}

#[test]
fn make_mut_waits_for_the_pin_and_does_not_clone() {
    if !ENABLED {
        return;
    }
    for with_weak in [false, true] {
        for _ in 0..ROUNDS {
            let mut one = Arc::new(Value::new());
            let weak = with_weak.then(|| Arc::downgrade(&one));
            let address = Arc::as_ptr(&one);
            let before = CLONES.load(Ordering::Relaxed);
            while_pinned(one.number, |end| {
                end.send(()).unwrap();
                Arc::make_mut(&mut one).dropped = None;
            });
            assert_eq!(CLONES.load(Ordering::Relaxed), before);
            assert_eq!(Arc::as_ptr(&one) == address, !with_weak);
            assert!(weak.is_none_or(|weak| weak.upgrade().is_none()));
        }
    }
}

#[test]
fn a_value_that_only_a_visit_holds_is_dead_and_dropped_after_the_visit() {
    if !ENABLED {
        return;
    }
    let (say, dropped) = channel();
    let mut value = Value::new();
    value.dropped = Some(say);
    let one = Arc::new(value);
    let weak = Arc::downgrade(&one);
    let object = id(&one);
    while_pinned(one.number, |end| {
        drop(one);
        assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
        assert!(weak.upgrade().is_none());
        assert!(at(object).is_none_or(|object| object.upgrade::<Value>().is_none()));
        assert!(dropped.try_recv().is_err());
        end.send(()).unwrap();
        // By this tracing thread, or by that of another test if it visited the value too.
        assert_ne!(dropped.recv().unwrap(), thread::current().id());
    });
    assert!(at(object).is_none());
}

/// Runs `act` while another thread traces as fast as it can.
fn while_tracing(act: impl FnOnce()) {
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stopped.load(Ordering::Relaxed) {
                let _ = snapshot();
            }
        });
        let _stop = Stop(&stopped);
        act();
    });
}

/// Holds a weak reference for a trace to follow.
struct WeakHolder(Weak<CloneGuard>);

impl Visit for WeakHolder {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("0", &self.0);
    }
}

/// Must never be cloned.
struct CloneGuard(usize);

impl Clone for CloneGuard {
    fn clone(&self) -> Self {
        panic!("a trace made the value look shared")
    }
}

impl Visit for CloneGuard {}

/// No meetings here: one thread traces, and the other reads as often as it can.
#[test]
fn many_traces_change_nothing() {
    if !ENABLED {
        return;
    }
    objgraph_core::register::<WeakHolder>();
    objgraph_core::register::<CloneGuard>();
    while_tracing(|| {
        for round in 0..3000 {
            let mut one = Arc::new(CloneGuard(round));
            let looks = Arc::new(WeakHolder(Arc::downgrade(&one)));
            assert_eq!((Arc::strong_count(&one), Arc::weak_count(&one)), (1, 1));
            assert_eq!((looks.0.strong_count(), looks.0.weak_count()), (1, 1));
            let two = looks.0.upgrade().unwrap();
            assert_eq!(Arc::strong_count(&one), 2);
            assert!(Arc::get_mut(&mut one).is_none());
            drop(two);
            Arc::make_mut(&mut one).0 += 1;
            assert_eq!((looks.0.strong_count(), looks.0.weak_count()), (0, 0));
            assert_eq!((Arc::strong_count(&one), Arc::weak_count(&one)), (1, 0));
            Arc::get_mut(&mut one).unwrap().0 += 1;
            let weak = Arc::downgrade(&one);
            assert_eq!((Arc::weak_count(&one), weak.weak_count()), (1, 1));
            let value = Arc::try_unwrap(one).ok().unwrap();
            assert_eq!(value.0, round + 2);
            assert!(Arc::into_inner(looks).is_some());
            assert!(weak.upgrade().is_none());
        }
    });
}

/// Weak references lead a trace to a value too, whether or not the table has a handle.
#[test]
fn make_mut_is_not_misled_by_a_trace_through_weak_references() {
    if !ENABLED {
        return;
    }
    struct Crowd(Vec<Weak<CloneGuard>>, AtomicUsize);
    impl Visit for Crowd {
        fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
            self.1.fetch_add(1, Ordering::Relaxed);
            visitor.field("0", &self.0);
        }
    }
    objgraph_core::register::<Crowd>();
    objgraph_core::register::<CloneGuard>();
    while_tracing(|| {
        for round in 0..300 {
            let mut one = Arc::new(CloneGuard(round));
            let crowd = (0..500).map(|_| Arc::downgrade(&one)).collect();
            let crowd = Arc::new(Crowd(crowd, AtomicUsize::new(0)));
            // Until a trace visits it.
            let before = crowd.1.load(Ordering::Relaxed);
            for _ in 0..10_000 {
                if crowd.1.load(Ordering::Relaxed) != before {
                    break;
                }
                std::hint::spin_loop();
            }
            Arc::make_mut(&mut one).0 += 1;
            assert!(crowd.0.iter().all(|weak| weak.strong_count() == 0));
        }
    });
}

/// After `get_mut` the table gets its handle back, which is a weak reference, from the first thread
/// that clones the pointer.
#[test]
fn counts_do_not_show_the_table_restore_its_handle() {
    if !ENABLED {
        return;
    }
    for round in 0..300 {
        let mut one = Arc::new(round);
        *Arc::get_mut(&mut one).unwrap() += 1;
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| drop(one.clone()));
            }
            for _ in 0..20 {
                assert_eq!(Arc::weak_count(&one), 0);
            }
        });
        assert_eq!((Arc::strong_count(&one), Arc::weak_count(&one)), (1, 0));
        assert!(Arc::get_mut(&mut one).is_some());
    }
}
