//! Tasks, their wakers and their channels.

use std::pin::Pin;
use std::sync::{self, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};

use objgraph::Tracked;
use objgraph::sync::Arc;

use super::assert_says;
use crate::process;

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
    process::succeeds("reports::tasks::a_waker_is_not_a_suspect", || {
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
        "reports::tasks::a_task_that_keeps_its_own_waker_has_leaked",
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
        "reports::tasks::a_future_that_keeps_its_waker_may_have_leaked",
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
        "reports::tasks::an_actor_in_its_own_channel_may_have_leaked",
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
