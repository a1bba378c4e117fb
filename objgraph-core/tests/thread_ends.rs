//! Objects that are created and dropped while a thread ends, when its part of the table is gone.

use std::cell::RefCell;
use std::thread;

use objgraph_core::rc::Rc;
use objgraph_core::sync::Arc;
use objgraph_core::{ENABLED, Instance, at, count_of, id};

struct InRc;
struct InArc;
struct ByValue;

/// Dropped after the thread's part of the table.
struct Last {
    kept: RefCell<Vec<(Rc<InRc>, Arc<InArc>, Instance<ByValue>)>>,
}

fn make() -> (Rc<InRc>, Arc<InArc>, Instance<ByValue>) {
    (Rc::new(InRc), Arc::new(InArc), Instance::new())
}

impl Drop for Last {
    fn drop(&mut self) {
        // Created late and dropped late, and created before and dropped late.
        let late = make();
        if ENABLED {
            let object = at(id(&late.0)).expect("it is in the table");
            assert!(object.is::<InRc>() && object.is_alive());
            assert_eq!(object.scope(), 0);
            assert!(at(id(&late.1)).unwrap().upgrade::<InArc>().is_some());
        }
        drop(late);
        drop(self.kept.take());
        drop((0..1000).map(|_| make()).collect::<Vec<_>>());
    }
}

thread_local! {
    static LAST: Last = const { Last { kept: RefCell::new(Vec::new()) } };
}

#[test]
fn nothing_is_lost_when_threads_end() {
    let counts = || {
        let (rc, arc) = (count_of::<InRc>(), count_of::<InArc>());
        (rc, arc, count_of::<ByValue>())
    };
    for _ in 0..20 {
        let made = thread::spawn(|| {
            // First, so that it is dropped last.
            LAST.with(|_| ());
            LAST.with(|last| last.kept.borrow_mut().extend((0..300).map(|_| make())));
            let here: Vec<_> = (0..300).map(|_| make()).collect();
            here.into_iter().map(|(_, arc, _)| arc).collect::<Vec<_>>()
        });
        let made = made.join().unwrap();
        let alive = if ENABLED { 300 } else { 0 };
        assert_eq!(counts(), (0, alive, 0));
        drop(made);
        assert_eq!(counts(), (0, 0, 0));
    }
}
