//! Wakers in opaque values: one that owns a watched task of std's `Arc` has the address of the task and
//! that of a vtable, of which only the second distinguishes it from a plain reference.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use objgraph::core::SCANS;
use objgraph::{ObjectId, Tracked};

use crate::{Foreign, is_found, ways_between};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Tracked, Default)]
struct Task {
    work: Mutex<Option<Work>>,
    other: Mutex<Option<Foreign<(usize, Waker)>>>,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

#[derive(Tracked, Default)]
struct OtherTask {
    number: Mutex<Vec<u8>>,
}

impl Wake for OtherTask {
    fn wake(self: Arc<Self>) {}
}

/// Keeps the waker of the task that polls it.
#[derive(Default)]
struct Keeps(Option<Waker>);

impl Future for Keeps {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0 = Some(context.waker().clone());
        Poll::Pending
    }
}

/// Returns how one watched object leads to another.
fn ways(from: ObjectId, to: ObjectId) -> Vec<String> {
    if !objgraph::ENABLED {
        return Vec::new();
    }
    let snapshot = objgraph::snapshot();
    let node = |id| snapshot.find(id).expect("it is watched");
    ways_between(&snapshot, node(from), node(to))
}

#[track_caller]
fn assert_ways(from: ObjectId, to: ObjectId, expected: &[&str]) {
    if objgraph::ENABLED {
        let expected = expected.iter().copied().filter(|way| is_found(way));
        assert_eq!(ways(from, to), expected.collect::<Vec<_>>());
    }
}

fn poll(task: &Arc<Task>) {
    let waker = Waker::from(task.clone());
    let mut work = task.work.lock().expect("it is not poisoned");
    let work = work.as_mut().expect("there is work");
    let poll = work.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending());
}

/// A future that keeps the waker of its task, which owns it.
#[test]
fn a_task_in_a_future_of_its_own() {
    let task = Arc::new(Task::default());
    let id = objgraph::watch(&task);
    *task.work.lock().expect("it is not poisoned") = Some(Box::pin(Keeps::default()));
    assert_ways(id, id, &[]);
    poll(&task);
    assert_eq!(Arc::strong_count(&task), 2);
    assert_ways(id, id, &["work ?> 1"]);

    let is_likely = |id: ObjectId| {
        let leaks = objgraph::find_leaks();
        leaks.likely_leaked().any(|object| object.id() == id)
    };
    assert!(!is_likely(id));
    drop(task);
    // A trace of another test may have a handle to the task at that moment.
    let was_likely = (0..if SCANS { 1000 } else { 1 }).any(|_| is_likely(id));
    assert_eq!(was_likely, SCANS && objgraph::ENABLED);
    if objgraph::ENABLED {
        let task = objgraph::at(id).and_then(|object| object.upgrade::<Task>());
        let task = task.expect("it has leaked");
        drop(task.work.lock().expect("it is not poisoned").take());
    }
}

/// A waker and the address of another task, in any order.
#[test]
fn a_plain_address_beside_a_waker() {
    let (task, plain, other) = (
        Arc::new(Task::default()),
        Arc::new(Task::default()),
        Arc::new(OtherTask::default()),
    );
    let ids = [objgraph::watch(&task), objgraph::watch(&plain)];
    let other_id = objgraph::watch(&other);
    let address = Arc::as_ptr(&plain).addr();
    for waker in [
        Waker::from(other.clone()),
        Waker::from(other.clone()).clone(),
    ] {
        *task.other.lock().expect("it is not poisoned") = Some(Foreign((address, waker)));
        assert_ways(ids[0], ids[1], &[]);
        assert_ways(ids[0], other_id, &["other ?> 1"]);
    }
}
