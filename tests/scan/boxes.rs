//! Boxes of closures, futures and trait objects: the words of the content are read, in every container
//! that a derive sees.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Mutex;

use objgraph::Tracked;
use objgraph::core::PlaceKind;
use objgraph::rc::Rc;
use objgraph::sync::Arc;

use crate::{Foreign, Plain, assert_ways};

type Handler = Box<dyn FnMut(&str) -> bool>;

#[derive(Tracked, Default)]
struct Window {
    on_close: RefCell<Option<Box<dyn Fn()>>>,
    on_key: RefCell<Vec<Box<dyn FnMut()>>>,
    by_name: RefCell<HashMap<String, Handler>>,
    task: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    jobs: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
    plugins: RefCell<Vec<(u8, Box<dyn Plain>)>>,
    state: RefCell<State>,
}

#[derive(Tracked, Default)]
enum State {
    #[default]
    Idle,
    Waiting {
        then: Handler,
    },
}

#[derive(Tracked)]
struct Document(u8);

#[test]
fn one_derive_is_enough() {
    let window = Rc::new(Window::default());
    let document = Rc::new(Document(1));
    let shared = Arc::new(Document(2));
    let handle = || document.clone();

    let held = handle();
    window.on_close.replace(Some(Box::new(move || {
        let _ = held.0;
    })));
    let held = handle();
    window.on_key.borrow_mut().push(Box::new(|| ()));
    window.on_key.borrow_mut().push(Box::new(move || {
        let _ = held.0;
    }));
    let held = handle();
    let handler: Handler = Box::new(move |_| held.0 == 0);
    window.by_name.borrow_mut().insert("a".to_owned(), handler);
    let held = handle();
    window.task.replace(Some(Box::pin(async move {
        pending::<()>().await;
        drop(held);
    })));
    let held = shared.clone();
    let job: Box<dyn FnOnce() + Send> = Box::new(move || drop(held));
    window.jobs.lock().expect("it is not poisoned").push(job);
    let plugin: Box<dyn Plain> = Box::new(Foreign(handle()));
    window.plugins.borrow_mut().push((1, plugin));
    let held = handle();
    window.state.replace(State::Waiting {
        then: Box::new(move |_| held.0 == 0),
    });

    assert_ways(
        &window,
        &document,
        &[
            "by_name[*] ?> 1",
            "on_close ?> 1",
            "on_key[1] ?> 1",
            "plugins[0].1 ?> 1",
            "state.Waiting.then ?> 1",
            "task ?> 1",
        ],
    );
    assert_ways(&window, &shared, &["jobs[0] ?> 1"]);
}

#[derive(Tracked)]
struct Any {
    local: Box<dyn std::any::Any>,
    shared: Box<dyn std::any::Any + Send>,
}

#[test]
fn boxes_of_any_type() {
    let document = Rc::new(Document(1));
    let shared = Arc::new(Document(2));
    let owner = Rc::new(Any {
        local: Box::new(Foreign(document.clone())),
        shared: Box::new(Foreign(shared.clone())),
    });
    assert_ways(&owner, &document, &["local ?> 1"]);
    assert_ways(&owner, &shared, &["shared ?> 1"]);
}

/// A generic type cannot know that its parameter is a box.
#[derive(Tracked)]
struct Slot<T: 'static> {
    value: T,
}

#[derive(Tracked)]
struct Slots {
    generic: Slot<Box<dyn Fn() -> u8>>,
    unsized_content: Content<dyn Fn() -> u8>,
}

#[derive(Tracked)]
struct Content<T: ?Sized + 'static> {
    value: Box<T>,
}

#[test]
fn boxes_in_generic_types() {
    let document = Rc::new(Document(1));
    let (one, two) = (document.clone(), document.clone());
    let owner = Rc::new(Slots {
        generic: Slot {
            value: Box::new(move || one.0),
        },
        unsized_content: Content {
            value: Box::new(move || two.0),
        },
    });
    assert_ways(
        &owner,
        &document,
        &["generic.value ?> 1", "unsized_content.value ?> 1"],
    );
}

/// That the box is known does not make its field visible.
#[test]
fn boxes_stay_opaque() {
    if !objgraph::ENABLED {
        return;
    }
    let window = Rc::new(Window::default());
    let captured = [1_u8; 100];
    window.on_key.borrow_mut().push(Box::new(move || {
        assert_eq!(captured[0], 1);
    }));
    window.on_close.replace(Some(Box::new(|| ())));
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&window)).expect("it is known");
    let places = snapshot.places_of(node).iter();
    let opaque = places.filter(|place| place.kind == PlaceKind::Opaque);
    let opaque: Vec<String> = opaque
        .map(|place| {
            let name = &snapshot.types()[place.type_index as usize].short_name;
            let path = snapshot.parts().paths.show(place.path, place.index);
            format!("{path}: {name}")
        })
        .collect();
    // The other closure captures nothing, so it owns nothing.
    assert_eq!(opaque, ["on_key[0]: Box<dyn FnMut()>"]);
    let with_closure = snapshot.node(node).heap_bytes();
    assert!(with_closure >= 100, "{with_closure}");

    let types = objgraph::alive::types();
    assert!(
        types
            .iter()
            .all(|info| info.short_name != "Box<dyn FnMut()>")
    );
    let slots = types
        .iter()
        .find(|info| info.matches("Slot"))
        .expect("it is known");
    assert_eq!(
        format!("{:?}", slots.fields[0].visibility),
        "Opaque",
        "{slots:?}"
    );
}
