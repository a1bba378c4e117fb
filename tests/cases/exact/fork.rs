//! The child of a fork continues, whatever the other threads of its parent were doing.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use fork::Fork;
use objgraph::Visitor;
use objgraph::rc::Rc;
use objgraph::sync::Arc;

use crate::process;

/// Maximum duration of a child.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs `run` in a child of this process, which must end by itself.
fn in_child(run: impl FnOnce()) {
    match fork::fork().expect("the process can fork") {
        Fork::Child => {
            run();
            std::process::exit(0);
        }
        Fork::Parent(child) => {
            let begun = Instant::now();
            let status = loop {
                let status = fork::waitpid_nohang(child).expect("it is a child of this process");
                if let Some(status) = status {
                    break status;
                }
                if begun.elapsed() > PATIENCE {
                    let _ = Command::new("kill")
                        .args(["-9", &child.to_string()])
                        .status();
                    panic!("the child hangs");
                }
                thread::yield_now();
            };
            assert_eq!(status, 0, "the child failed");
        }
    }
}

/// Ends the threads of a parent, also if a child fails.
struct ThreadStop<'e>(&'e AtomicBool);

impl Drop for ThreadStop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Item(#[allow(dead_code, reason = "gives it a size")] u8);

fn create() {
    for _ in 0..200 {
        drop((Arc::new(Item(1)), Rc::new(Item(1))));
    }
}

/// maelstrom#48, fern#59: threads of the parent create and drop objects, and take snapshots.
#[test]
fn a_child_creates_objects() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("exact::fork::a_child_creates_objects", || {
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            let _ends = ThreadStop(&ended);
            let until_end = |run: fn()| {
                while !ended.load(Ordering::Relaxed) {
                    run();
                }
            };
            scope.spawn(move || {
                until_end(|| drop((0..=255).map(Item).map(Arc::new).collect::<Vec<_>>()))
            });
            scope.spawn(move || until_end(|| drop(objgraph::snapshot())));
            for _ in 0..40 {
                in_child(|| {
                    create();
                    let leaks = objgraph::find_leaks();
                    let is_known = leaks.snapshot().parts().enabled;
                    let ended = leaks
                        .to_string()
                        .contains("Tracking has ended in this process");
                    assert_ne!(is_known, ended, "{leaks}");
                    thread::spawn(create).join().expect("it does not fail");
                });
            }
        });
    });
}

/// A value whose visit signals when it begins, and waits for a signal to end.
struct SignallingVisit {
    begins: Mutex<Sender<()>>,
    ends: Mutex<Receiver<()>>,
}

impl objgraph::Visit for SignallingVisit {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        let _ = self.begins.lock().unwrap().send(());
        let _ = self.ends.lock().unwrap().recv();
    }
}

/// A thread of the parent visits an object: nothing in the child ends that visit.
#[test]
fn a_child_does_not_wait_for_a_visit() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("exact::fork::a_child_does_not_wait_for_a_visit", || {
        objgraph::register::<SignallingVisit>();
        let (begins, begun) = channel();
        let (end, ends) = channel();
        let (begins, ends) = (Mutex::new(begins), Mutex::new(ends));
        let mut object = Arc::new(SignallingVisit { begins, ends });
        let visit = thread::spawn(|| drop(objgraph::snapshot()));
        begun.recv().unwrap();
        in_child(|| {
            assert_eq!(Arc::strong_count(&object), 1);
            assert!(Arc::downgrade(&object).upgrade().is_some());
            let _ = Arc::get_mut(&mut object);
            let _ = Arc::try_unwrap(object);
            create();
        });
        end.send(()).unwrap();
        visit.join().unwrap();
    });
}
