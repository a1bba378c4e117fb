//! An object is traced again after `get_mut` or `make_mut` handed out a `&mut` to its value.

use std::cell::RefCell;

use objgraph::Tracked;
use objgraph::rc::{Rc, Weak};
use objgraph::sync::{self, Arc};

use crate::process;

#[derive(Tracked, Default, Clone)]
struct Parent {
    name: String,
    children: RefCell<Vec<Rc<Child>>>,
}

#[derive(Tracked)]
struct Child {
    parent: Rc<Parent>,
}

/// A pointer to it in the same trace is enough.
#[test]
fn a_cycle_through_a_lent_object_is_found() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "exact::lent_objects::a_cycle_through_a_lent_object_is_found",
        || {
            let mut parent = Rc::new(Parent::default());
            Rc::get_mut(&mut parent).unwrap().name.push('a');
            let child = Rc::new(Child {
                parent: parent.clone(),
            });
            parent.children.borrow_mut().push(child);
            drop(parent);
            let leaks = objgraph::find_leaks();
            assert_eq!(leaks.len(), 2, "{leaks}");
            assert!(leaks.to_string().contains("Child.parent"), "{leaks}");
        },
    );
}

#[derive(Tracked, Default, Clone)]
struct Ring {
    next: RefCell<Option<Rc<Ring>>>,
}

/// No traced object leads to it, so the report names it, with a line that helps.
#[test]
fn the_advice_for_lent_objects_works() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "exact::lent_objects::the_advice_for_lent_objects_works",
        || {
            let mut pointer = Rc::new(Ring::default());
            Rc::make_mut(&mut pointer);
            pointer.next.replace(Some(pointer.clone()));
            let blind = objgraph::blind_spots().to_string();
            assert!(blind.contains("1 object lent out as &mut"), "{blind}");
            assert!(
                blind.contains("call `objgraph::watch(&pointer)`"),
                "{blind}"
            );
            let _ = objgraph::watch(&pointer);
            assert!(objgraph::blind_spots().is_empty());
            drop(pointer);
            assert_eq!(objgraph::find_leaks().len(), 1);
        },
    );
}

#[derive(Tracked)]
struct Observer {
    subject: Weak<Subject>,
}

#[derive(Tracked, Default)]
struct Subject {
    text: String,
    me: RefCell<Option<Rc<Subject>>>,
}

/// A weak pointer is enough too.
#[test]
fn a_weak_pointer_to_a_lent_object_is_enough() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "exact::lent_objects::a_weak_pointer_to_a_lent_object_is_enough",
        || {
            let mut subject = Rc::new(Subject::default());
            Rc::get_mut(&mut subject).unwrap().text.push('a');
            let observer = Rc::new(Observer {
                subject: Rc::downgrade(&subject),
            });
            assert_eq!(
                (Rc::weak_count(&subject), observer.subject.weak_count()),
                (1, 1)
            );
            subject.me.replace(Some(subject.clone()));
            drop(subject);
            assert_eq!(objgraph::find_leaks().len(), 1);
            assert_eq!(
                (
                    observer.subject.strong_count(),
                    observer.subject.weak_count()
                ),
                (1, 1)
            );

            let mut subject = Arc::new(WatchedNode::default());
            Arc::get_mut(&mut subject).unwrap().text.push('a');
            let watcher = Arc::new(Watcher {
                subject: Arc::downgrade(&subject),
            });
            assert_eq!(
                (Arc::weak_count(&subject), watcher.subject.weak_count()),
                (1, 1)
            );
            *subject.me.lock().unwrap() = Some(subject.clone());
            drop(subject);
            assert_eq!(objgraph::find_leaks().len(), 2);
            assert_eq!(
                (watcher.subject.strong_count(), watcher.subject.weak_count()),
                (1, 1)
            );
        },
    );
}

#[derive(Tracked)]
struct Watcher {
    subject: sync::Weak<WatchedNode>,
}

#[derive(Tracked, Default)]
struct WatchedNode {
    text: String,
    me: std::sync::Mutex<Option<Arc<WatchedNode>>>,
}
