//! A thread that waits forever and holds an `Arc`.

use std::sync::mpsc::{Receiver, channel};
use std::thread;

use expect_test::expect;
use objgraph::sync::{Arc, Weak};
use objgraph::{Tracked, alive::AliveReason};

use crate::exclusive::{alone, without_ids};

#[derive(Tracked)]
struct Config {
    name: &'static str,
}

/// The part of the configuration that the thread keeps.
trait ConfigHandle: Send + 'static {}
impl ConfigHandle for Arc<Config> {}
impl ConfigHandle for Weak<Config> {}

fn serve(config: impl ConfigHandle, jobs: &Receiver<()>) {
    while jobs.recv().is_ok() {}
    drop(config);
}

#[test]
fn a_thread_that_holds_an_arc_for_ever() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let config = Arc::new(Config { name: "default" });
    let id = objgraph::id(&config);
    let (end, jobs) = channel();
    let held = config.clone();
    let worker = thread::spawn(move || serve(held, &jobs));
    drop(config);
    // There is no cycle, so no leak; the report says that it is held from outside.
    assert!(objgraph::find_leaks().is_empty());
    let why = objgraph::why_alive(id).expect("it is alive");
    assert_eq!(*why.reason(), AliveReason::External(1));
    expect![[r#"
        Config #_ is alive, made at tests/shapes/thread.rs:33:18
          Config #_ is held by 1 reference from outside
          on the stack of some thread, in a static that is not a root, forgotten, or in
            what is not tracked
          The feature `owners` of objgraph shows the line that made each."#]]
    .assert_eq(&without_ids(&why.to_string()));
    assert!(
        objgraph::get_leaking_objects()
            .iter()
            .any(|object| object.id() == id)
    );
    let what_if = objgraph::what_if::what_if_dropped(id).expect("it is alive");
    assert_eq!(what_if.freed().len(), 1);
    drop(end);
    worker.join().unwrap();
    assert!(objgraph::at(id).is_none());

    let config = Arc::new(Config { name: "default" });
    let id = objgraph::id(&config);
    let (end, jobs) = channel();
    let held = Arc::downgrade(&config);
    let worker = thread::spawn(move || serve(held, &jobs));
    drop(config);
    assert!(objgraph::at(id).is_none());
    drop(end);
    worker.join().unwrap();
    alone.nothing(module_path!());
}
