//! Special cases: closures, threads, busy cells.

use std::cell::RefCell;
use std::sync::Mutex;

use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;
use objgraph::{Tracked, snapshot::State, unsize};

#[derive(Tracked)]
struct Button {
    on_click: RefCell<Option<Rc<dyn Fn()>>>,
}

#[test]
fn a_closure_that_holds_its_owner_may_leak_it() {
    if !objgraph::ENABLED {
        return;
    }
    let button = Rc::new(Button {
        on_click: RefCell::default(),
    });
    let owner = button.clone();
    let closure = Rc::new(move || {
        let _ = &owner;
    });
    let closure_id = objgraph::id(&closure);
    *button.on_click.borrow_mut() = Some(unsize!(closure => dyn Fn()));
    let button_id = objgraph::id(&button);
    drop(button);

    let leaks = objgraph::find_leaks();
    assert!(
        leaks
            .iter()
            .all(|object| object.id() != button_id && object.id() != closure_id)
    );
    let suspects = match objgraph::core::SCANS {
        true => leaks.likely_leaked(),
        false => leaks.possibly_leaked(),
    };
    let mut suspects = suspects.map(|object| object.id());
    assert!(suspects.any(|id| id == button_id), "{leaks}");
    let snapshot = leaks.snapshot();
    let node = snapshot.node(snapshot.find(closure_id).unwrap());
    assert_eq!(node.state(), State::Opaque);
    assert_eq!(
        node.type_info().name,
        "leaks::cases::a_closure_that_holds_its_owner_may_leak_it::{{closure}}"
    );
    let text = leaks.to_string();
    assert!(text.contains("{{closure}}"), "{text}");

    let button = objgraph::at(button_id)
        .unwrap()
        .upgrade::<Button>()
        .unwrap();
    button.on_click.take();
}

#[derive(Tracked)]
struct Parent {
    children: RefCell<Vec<Rc<Child>>>,
}

#[derive(Tracked)]
struct Child {
    #[tracked(back)]
    parent: RefCell<Weak<Parent>>,
}

#[test]
fn a_weak_reference_does_not_leak() {
    let parent = Rc::new(Parent {
        children: RefCell::default(),
    });
    let child = Rc::new(Child {
        parent: RefCell::new(Rc::downgrade(&parent)),
    });
    let ids = [objgraph::id(&parent), objgraph::id(&child)];
    parent.children.borrow_mut().push(child);
    drop(parent);
    assert!(objgraph::at_addrs(ids).is_empty());
}

#[test]
fn a_busy_cell_hides_a_leak_and_invents_none() {
    if !objgraph::ENABLED {
        return;
    }
    let held = Rc::new(Child {
        parent: RefCell::default(),
    });
    let parent = Rc::new(Parent {
        children: RefCell::new(vec![held.clone()]),
    });
    let busy = parent.children.borrow_mut();
    let leaks = objgraph::find_leaks();
    assert!(
        leaks
            .iter()
            .all(|object| object.id() != objgraph::id(&held))
    );
    let node = leaks.snapshot().find(objgraph::id(&parent)).unwrap();
    assert_eq!(leaks.snapshot().places_of(node).len(), 1);
    drop(busy);
}

#[derive(Tracked)]
struct Peer {
    other: Mutex<Option<Arc<Peer>>>,
}

#[test]
fn arcs_leak_across_threads_and_are_found_from_any() {
    if !objgraph::ENABLED {
        return;
    }
    let id = std::thread::spawn(|| {
        let one = Arc::new(Peer {
            other: Mutex::default(),
        });
        let two = Arc::new(Peer {
            other: Mutex::new(Some(one.clone())),
        });
        *one.other.lock().unwrap() = Some(two);
        objgraph::id(&one)
    })
    .join()
    .unwrap();
    let leaks = objgraph::find_leaks();
    let peers = || leaks.iter().filter(|object| object.short_name() == "Peer");
    assert_eq!(peers().count(), 2, "{leaks}");
    assert!(peers().any(|object| object.id() == id));
    let peer = objgraph::at(id)
        .unwrap()
        .upgrade::<Peer>()
        .unwrap()
        .arc()
        .unwrap();
    drop(peer.other.lock().unwrap().take());
}

#[test]
fn objects_that_a_thread_left_behind_are_explained() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked)]
    struct AbandonedNode {
        others: RefCell<Vec<(u8, Rc<AbandonedNode>)>>,
        std: RefCell<Option<std::rc::Rc<AbandonedNode>>>,
        text: Arc<String>,
    }
    let text = Arc::new("shared".to_owned());
    let held = text.clone();
    let [one, two] = std::thread::spawn(move || {
        let new = || {
            Rc::new(AbandonedNode {
                others: RefCell::default(),
                std: RefCell::default(),
                text: held.clone(),
            })
        };
        let (one, two) = (new(), new());
        one.others.borrow_mut().push((7, two.clone()));
        two.others.borrow_mut().push((7, one.clone()));
        let inner = AbandonedNode {
            others: RefCell::new(vec![(1, two.clone())]),
            std: RefCell::default(),
            text: held.clone(),
        };
        two.std.replace(Some(std::rc::Rc::new(inner)));
        [objgraph::id(&one), objgraph::id(&two)]
    })
    .join()
    .unwrap();

    let leaks = objgraph::find_leaks();
    let leaked: Vec<_> = leaks
        .iter()
        .filter(|object| object.short_name() == "AbandonedNode")
        .collect();
    assert_eq!(leaked.len(), 3, "{leaks}");
    assert!(leaked[0].id() == one && leaked[1].id() == two);
    let snapshot = leaks.snapshot();
    let path = snapshot
        .edges(leaked[1].node_id())
        .map(|edge| edge.path())
        .collect::<Vec<_>>();
    assert_eq!(path, ["others[0].1", "std", "text"]);
    // The text has four handles: one here, and three in leaked objects.
    let text = snapshot.find(objgraph::id(&text)).unwrap();
    assert_eq!(
        (snapshot.node(text).strong(), snapshot.external(text)),
        (Some(4), Some(1))
    );
}

#[derive(Tracked)]
struct Rival {
    other: Mutex<Option<Arc<Rival>>>,
}

#[test]
fn leaks_in_locks_are_found_by_several_threads_at_once() {
    if !objgraph::ENABLED {
        return;
    }
    let one = Arc::new(Rival {
        other: Mutex::default(),
    });
    let two = Arc::new(Rival {
        other: Mutex::new(Some(one.clone())),
    });
    *one.other.lock().unwrap() = Some(two);
    let id = objgraph::id(&one);
    drop(one);
    let look = || (0..200).all(|_| objgraph::find_leaks().ids().any(|leaked| leaked == id));
    std::thread::scope(|scope| {
        let all = [(); 3].map(|()| scope.spawn(look));
        for one in all {
            assert!(one.join().unwrap());
        }
    });
    let peer = objgraph::at(id)
        .unwrap()
        .upgrade::<Rival>()
        .unwrap()
        .arc()
        .unwrap();
    drop(peer.other.lock().unwrap().take());
}
