//! A list of wakers to which every poll adds a waker.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::task::{Context, Poll, Wake, Waker};

use objgraph::sync::Arc;
use objgraph::{Instance, Tracked, growth::Growth};

use crate::exclusive::alone;

#[derive(Tracked, Default)]
struct Signal {
    is_set: Mutex<bool>,
    waiting: Mutex<Vec<Waiter>>,
}

/// A task that waits. It lives in the list by value, so a field counts it.
#[derive(Tracked)]
struct Waiter {
    waker: Waker,
    here: Instance<Waiter>,
}

struct Wait {
    signal: Arc<Signal>,
    /// Whether a waker that is already in the list is added again: the mistake.
    adds_again: bool,
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if *self.signal.is_set.lock().unwrap() {
            return Poll::Ready(());
        }
        let mut waiting = self.signal.waiting.lock().unwrap();
        let waker = context.waker();
        if self.adds_again || !waiting.iter().any(|one| one.waker.will_wake(waker)) {
            waiting.push(Waiter {
                waker: waker.clone(),
                here: Instance::new(),
            });
        }
        Poll::Pending
    }
}

/// The task that is woken.
struct Task;

impl Wake for Task {
    fn wake(self: std::sync::Arc<Self>) {}
}

/// Polls, and returns how many more waiters there are than at any call before.
fn grown(growth: &mut Growth, wait: &mut Pin<&mut Wait>, waker: &Waker, polls: usize) -> usize {
    for _ in 0..polls {
        let poll = wait.as_mut().poll(&mut Context::from_waker(waker));
        assert!(poll.is_pending());
    }
    let rows = growth.grown();
    let row = rows.iter().find(|row| row.name == "Waiter");
    row.map_or(0, |row| row.delta)
}

#[test]
fn a_list_of_wakers_that_grows() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let waker = Waker::from(std::sync::Arc::new(Task));
    for adds_again in [true, false] {
        let signal = Arc::new(Signal::default());
        let mut growth = Growth::default();
        let mut wait = pin!(Wait {
            signal: signal.clone(),
            adds_again,
        });
        assert_eq!(grown(&mut growth, &mut wait, &waker, 1), 1);
        let before = objgraph::snapshot();
        for _ in 0..3 {
            let expected = if adds_again { 100 } else { 0 };
            assert_eq!(grown(&mut growth, &mut wait, &waker, 100), expected);
        }
        assert!(objgraph::find_leaks().is_empty());
        let diff = objgraph::snapshot::diff(&before, &objgraph::snapshot());
        let text = diff.to_string();
        let grew = text.contains("Signal.waiting grew from 1 to 301");
        assert_eq!(grew, adds_again, "{text}");
    }
    alone.nothing(module_path!());
}
