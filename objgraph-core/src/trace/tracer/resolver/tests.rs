use std::sync::Mutex;
use std::sync::mpsc::channel;

use crate::snapshot::State;
use crate::sync::Arc;
use crate::{SnapshotOptions, Visit, Visitor, register, snapshot_with};

/// Runs something when it is visited.
struct Visited {
    run: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    next: Option<Arc<Visited>>,
}

impl Visit for Visited {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let run = self.run.lock().expect("no test panics with it").take();
        visitor.field("next", &self.next);
        if let Some(run) = run {
            run();
        }
    }
}

fn chain(len: usize) -> Vec<Arc<Visited>> {
    register::<Visited>();
    let mut chain: Vec<Arc<Visited>> = Vec::new();
    for _ in 0..len {
        let next = chain.last().cloned();
        let run = Mutex::new(None);
        chain.push(Arc::new(Visited { run, next }));
    }
    chain
}

fn on_visit(object: &Visited, run: impl FnOnce() + Send + 'static) {
    *object.run.lock().expect("no test panics with it") = Some(Box::new(run));
}

fn options() -> SnapshotOptions {
    SnapshotOptions::default().__always_second_thread(4)
}

/// Returns the number of objects of the chain to which exactly one reference was found.
fn referred_to(snapshot: &crate::Snapshot, chain: &[Arc<Visited>]) -> usize {
    let nodes = chain
        .iter()
        .filter_map(|link| snapshot.find(crate::id(link)));
    nodes
        .filter(|&node| snapshot.edges_to(node).len() == 1)
        .count()
}

#[test]
fn a_panic_of_a_visit_loses_nothing_of_the_others() {
    let chain = chain(100);
    on_visit(&chain[50], || std::panic::panic_any("caught by the trace"));
    let (snapshot, _) = snapshot_with(&[], options());
    assert!(referred_to(&snapshot, &chain) >= 98);
}

#[test]
fn a_visit_may_take_a_snapshot() {
    let chain = std::sync::Arc::new(chain(100));
    let inner = std::sync::Arc::downgrade(&chain);
    let (sender, received) = channel();
    on_visit(&chain[50], move || {
        let chain = inner.upgrade().expect("the test keeps it");
        let (snapshot, _) = snapshot_with(&[], options());
        sender
            .send(referred_to(&snapshot, &chain))
            .expect("the test receives");
    });
    let (snapshot, _) = snapshot_with(&[], options());
    assert_eq!(referred_to(&snapshot, &chain), 99);
    assert_eq!(received.recv(), Ok(99));
}

#[cfg(unix)]
#[test]
fn the_child_of_a_visit_that_forks_trusts_no_reference() {
    use std::sync::atomic::{AtomicBool, Ordering};

    static IS_CHILD: AtomicBool = AtomicBool::new(false);

    let chain = chain(100);
    on_visit(&chain[50], || {
        match fork::fork().expect("the process can fork") {
            fork::Fork::Child => IS_CHILD.store(true, Ordering::Relaxed),
            fork::Fork::Parent(child) => {
                let status = fork::waitpid(child).expect("it is a child of this process");
                assert_eq!(status, 0);
            }
        }
    });
    let (snapshot, _) = snapshot_with(&[], options());
    if IS_CHILD.load(Ordering::Relaxed) {
        let is_in_flight = |link| match snapshot.find(crate::id(link)) {
            Some(node) => snapshot.node(node).state() == State::InFlight,
            None => true,
        };
        std::process::exit(i32::from(!chain.iter().all(is_in_flight)));
    }
    assert_eq!(referred_to(&snapshot, &chain), 99);
}
