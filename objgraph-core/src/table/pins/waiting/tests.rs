use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, ThreadId};
use std::time::Duration;

use super::super::{PINS, PinRow};
use crate::sync::Arc;
use crate::{Visit, Visitor, id, register, snapshot_of};

/// A value whose visit waits for another thread, in the thread that has set [`VISIT`].
struct SlowVisit {
    number: u32,
    dropped: Option<Sender<ThreadId>>,
}

thread_local! {
    /// Where to send that the visit begins, and what it then waits for.
    static VISIT: RefCell<Option<(Sender<()>, Receiver<()>)>> = const { RefCell::new(None) };
}

impl Visit for SlowVisit {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        if let Some((begun, done)) = VISIT.take() {
            begun.send(()).expect("it is waited for");
            let done = done.recv_timeout(Duration::from_secs(60));
            done.expect("the other thread waits for this visit to end");
        }
    }
}

impl Clone for SlowVisit {
    fn clone(&self) -> Self {
        Self {
            number: self.number + 100,
            dropped: None,
        }
    }
}

impl Drop for SlowVisit {
    fn drop(&mut self) {
        if let Some(dropped) = &self.dropped {
            dropped
                .send(thread::current().id())
                .expect("it is waited for");
        }
    }
}

/// What a thread did with a value during its visit, and what became of the value.
struct Outcome<R> {
    done: R,
    /// The threads that dropped the value, and that visited it.
    dropped: Receiver<ThreadId>,
    visited: ThreadId,
}

fn in_a_visit<R>(act: impl FnOnce(Arc<SlowVisit>) -> R) -> Outcome<R> {
    register::<SlowVisit>();
    let (dropper, dropped) = channel();
    let value = Arc::new(SlowVisit {
        number: 1,
        dropped: Some(dropper),
    });
    let id = id(&value);
    let (begin, begun) = channel();
    let (end, ended) = channel();
    let tracing = thread::spawn(move || {
        VISIT.set(Some((begin, ended)));
        drop(snapshot_of([id]));
        assert!(VISIT.take().is_none(), "it was not visited");
        thread::current().id()
    });
    begun.recv().expect("it begins");
    let done = act(value);
    end.send(()).expect("the visit ended before");
    Outcome {
        done,
        dropped,
        visited: tracing
            .join()
            .expect("the other thread waited, not this one"),
    }
}

#[test]
fn get_mut_of_a_value_that_a_visit_keeps_is_none_in_the_end() {
    let outcome = in_a_visit(|mut value| {
        assert!(Arc::get_mut(&mut value).is_none());
        // The pin is overdue now, so no call waits again.
        assert!((0..100).all(|_| Arc::get_mut(&mut value).is_none()));
        assert_eq!((Arc::strong_count(&value), Arc::weak_count(&value)), (1, 0));
        value
    });
    let mut value = outcome.done;
    Arc::get_mut(&mut value).expect("the visit is over").number = 2;
    assert_eq!(value.number, 2);
}

#[test]
fn try_unwrap_of_a_value_that_a_visit_keeps_fails_in_the_end() {
    let outcome = in_a_visit(|value| Arc::try_unwrap(value).err());
    let value = outcome.done.expect("the visit keeps it");
    assert!(Arc::try_unwrap(value).is_ok_and(|value| value.number == 1));
}

#[test]
fn into_inner_of_a_value_that_a_visit_keeps_leaves_it_to_the_visit() {
    let outcome = in_a_visit(Arc::into_inner);
    assert!(outcome.done.is_none());
    assert_eq!(outcome.dropped.recv(), Ok(outcome.visited));
}

#[test]
fn make_mut_of_a_value_that_a_visit_keeps_clones_in_the_end() {
    let outcome = in_a_visit(|mut value| {
        let weak = Arc::downgrade(&value);
        Arc::make_mut(&mut value).number += 1;
        (value, weak)
    });
    let (value, weak) = outcome.done;
    assert_eq!(value.number, 102);
    assert_eq!(outcome.dropped.recv(), Ok(outcome.visited));
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_shared_value_waits_for_no_visit() {
    let outcome = in_a_visit(|mut value| {
        let other = value.clone();
        assert!(Arc::try_unwrap(value.clone()).is_err());
        assert!(Arc::into_inner(value.clone()).is_none());
        assert_eq!(Arc::make_mut(&mut value).number, 101);
        let waited_in_vain = |pin: &PinRow| pin.address == other.address() && pin.overdue;
        assert!(!PINS.lock().iter().any(waited_in_vain));
        other
    });
    assert_eq!(Arc::strong_count(&outcome.done), 1);
}
