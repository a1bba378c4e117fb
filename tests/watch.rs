//! Watched objects behind std's pointers, and graphs of std's pointers only.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use objgraph::{Tracked, watch};

#[derive(Tracked)]
struct Node {
    next: RefCell<Option<Rc<Node>>>,
    back: RefCell<Weak<Node>>,
}

fn node() -> Rc<Node> {
    Rc::new(Node {
        next: RefCell::default(),
        back: RefCell::default(),
    })
}

/// Lets one test run at a time, since counts and leaks are those of the whole process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[test]
fn a_watched_object_is_counted_found_and_forgotten() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = ONE_AT_A_TIME.lock();
    let one = node();
    let id = watch(&one);
    assert_eq!(watch(&one), id);
    assert_eq!(objgraph::count_of::<Node>(), 1);
    let object = objgraph::at(id).unwrap();
    assert_eq!(object.site().file, "tests/watch.rs");
    let objgraph::alive::Strong::StdRc(again) = object.upgrade::<Node>().unwrap() else {
        panic!()
    };
    assert!(Rc::ptr_eq(&again, &one));
    drop((one, again));
    assert_eq!(objgraph::count_of::<Node>(), 0);
    assert!(objgraph::at(id).is_none());
}

#[test]
fn a_watched_object_leads_to_the_leak_it_is_part_of() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = ONE_AT_A_TIME.lock();
    let (one, two) = (node(), node());
    one.next.replace(Some(two.clone()));
    two.next.replace(Some(one.clone()));
    one.back.replace(Rc::downgrade(&two));
    let (id, weak) = (watch(&one), Rc::downgrade(&one));
    drop((one, two));
    let leaks = objgraph::find_leaks();
    // The second was never watched: it is found behind the first.
    assert_eq!(leaks.len(), 2, "{leaks}");
    assert!(leaks.ids().any(|leaked| leaked == id));
    let snapshot = leaks.snapshot();
    let first = snapshot.node(snapshot.find(id).unwrap());
    // The program's weak reference counts; the table's does not.
    assert_eq!((first.strong(), first.weak()), (Some(1), Some(1)));
    drop(weak.upgrade().unwrap().next.take());
}

#[derive(Tracked)]
struct Task {
    waits_for: Mutex<Option<Arc<Task>>>,
}

#[test]
fn a_watched_arc_is_seen_from_every_thread() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = ONE_AT_A_TIME.lock();
    let task = Arc::new(Task {
        waits_for: Mutex::new(None),
    });
    let id = watch(&task);
    *task.waits_for.lock().unwrap() = Some(task.clone());
    let leaks = std::thread::spawn(move || {
        drop(task);
        objgraph::find_leaks()
    });
    let leaks = leaks.join().unwrap();
    assert!(leaks.ids().any(|leaked| leaked == id), "{leaks}");
    let objgraph::alive::Strong::StdArc(task) =
        objgraph::at(id).unwrap().upgrade::<Task>().unwrap()
    else {
        panic!()
    };
    drop(task.waits_for.lock().unwrap().take());
    drop(task);
    assert!(objgraph::at(id).is_none());
}

#[test]
fn cycles_of_std_pointers_are_found_before_they_leak() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = ONE_AT_A_TIME.lock();
    let (one, two) = (node(), node());
    one.next.replace(Some(two.clone()));
    assert!(objgraph::find_cycles(&one).is_empty());
    two.back.replace(Rc::downgrade(&one));
    assert!(objgraph::find_cycles(&one).is_empty());
    two.next.replace(Some(one.clone()));
    let cycles = objgraph::find_cycles(&one);
    assert_eq!((cycles.len(), cycles.cycles().objects()), (1, 2));
    assert!(
        cycles
            .to_string()
            .contains("Node.next → Node.next → (the first)"),
        "{cycles}"
    );
    assert_eq!(objgraph::find_cycles(&vec![two.clone()]).len(), 1);
    one.next.take();
}
