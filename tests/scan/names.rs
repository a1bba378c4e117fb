//! The names of closures, futures and other values behind `dyn`, with the feature `symbols`. The
//! oracle is what the compiler calls the type where it is known.

use std::any::{Any, type_name, type_name_of_val};
use std::cell::RefCell;
use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use objgraph::core::{PlaceKind, SCANS, Site};
use objgraph::leaks::LeakCheck;
use objgraph::rc::Rc;
use objgraph::scope::Scope;
use objgraph::snapshot::ConcreteType;
use objgraph::{ObjectId, Snapshot, Tracked};

use crate::{Foreign, Plain};

/// Whether symbols name types. An optimised program has one function for several types.
const ARE_NAMED: bool = SCANS && cfg!(all(feature = "symbols", debug_assertions, unix));

#[derive(Tracked, Default)]
struct Window {
    on_close: RefCell<Option<Box<dyn Fn()>>>,
    on_key: RefCell<Vec<Box<dyn FnMut(&str) -> bool>>>,
    jobs: RefCell<Vec<Box<dyn FnOnce() + Send>>>,
    task: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    plugins: RefCell<Vec<Box<dyn Plain>>>,
    any: RefCell<Option<Box<dyn Any>>>,
    shared: RefCell<Option<std::rc::Rc<dyn Fn()>>>,
}

/// A value as it is shown: its name, and the line of its code if that is known.
type Shown = (&'static str, Option<u32>);

/// Returns a closure behind `dyn`, and what it is called.
fn boxed(closure: impl Fn() + 'static) -> (Box<dyn Fn()>, &'static str) {
    let name = type_name_of_val(&closure);
    (Box::new(closure), name)
}

/// Returns the names of the values in a window, by their places.
fn names(snapshot: &Snapshot, window: ObjectId) -> Vec<(String, Option<ConcreteType>)> {
    let node = snapshot.find(window).expect("it is known");
    let places = snapshot.places_of(node).iter();
    let places = places.filter(|place| place.kind == PlaceKind::Opaque);
    places
        .map(|place| {
            let path = snapshot.parts().paths.show(place.path, place.index);
            (path, snapshot.concrete_type(place).cloned())
        })
        .collect()
}

/// Asserts how the values of a window are named, if they are.
#[track_caller]
fn assert_named(window: &Rc<Window>, expected: &[(&str, Shown)]) {
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    assert_names(&names(&snapshot, objgraph::id(window)), expected);
}

#[track_caller]
fn assert_names(found: &[(String, Option<ConcreteType>)], expected: &[(&str, Shown)]) {
    let paths: Vec<&str> = found.iter().map(|value| value.0.as_str()).collect();
    let expected_paths: Vec<&str> = expected.iter().map(|value| value.0).collect();
    assert_eq!(paths, expected_paths);
    for ((path, found), &(_, (name, line))) in found.iter().zip(expected) {
        assert_eq!(found.is_some(), ARE_NAMED, "{path}: {found:?}");
        let Some(found) = found else {
            continue;
        };
        assert_eq!(found.name, name, "{path}");
        // The line is missing where the vtable is next to the end of a page.
        if let Some(Site {
            file,
            line: found,
            column,
        }) = &found.site
        {
            let expected = (file!().into(), line, 0);
            assert_eq!((file.clone(), Some(*found), *column), expected, "{path}");
        }
    }
}

/// Returns the line on which it is called.
#[track_caller]
fn line() -> Option<u32> {
    Some(std::panic::Location::caller().line())
}

#[test]
fn closures() {
    let window = Rc::new(Window::default());
    let held = window.clone();
    let (closure, on_close) = boxed(move || drop(held.clone()));
    let on_close = (on_close, line().map(|line| line - 1));
    window.on_close.replace(Some(closure));

    let held = window.clone();
    let mut presses = 0;
    let closure = move |key: &str| {
        presses += key.len();
        presses == Rc::strong_count(&held)
    };
    let first = (type_name_of_val(&closure), line().map(|line| line - 4));
    window.on_key.borrow_mut().push(Box::new(closure));
    let held = window.clone();
    let closure = move |_: &str| Rc::strong_count(&held) == 1;
    let second = (type_name_of_val(&closure), line().map(|line| line - 1));
    window.on_key.borrow_mut().push(Box::new(closure));

    let held = vec![String::from("text")];
    let closure = move || drop(held);
    // `FnOnce` is called through a function that the compiler makes.
    let job = (type_name_of_val(&closure), None);
    window.jobs.borrow_mut().push(Box::new(closure));
    assert_eq!(on_close.0, "scan::names::closures::{{closure}}");
    assert_named(
        &window,
        &[
            ("on_close", on_close),
            ("on_key[0]", first),
            ("on_key[1]", second),
            ("jobs[0]", job),
        ],
    );
}

/// Returns a closure of a generic function, and what it is called.
fn of_generic<T: Clone + 'static>(value: T) -> (Box<dyn Fn()>, &'static str) {
    boxed(move || drop(value.clone()))
}

struct Maker<T>(T);

impl<T: Clone + 'static> Maker<T> {
    fn make(self) -> (Box<dyn Fn()>, &'static str) {
        let inner = move || drop(self.0.clone());
        boxed(move || {
            inner();
            inner();
        })
    }
}

trait Make {
    fn make_other(&self) -> (Box<dyn Fn()>, &'static str);
}

impl<T: Clone + 'static> Make for Maker<T> {
    fn make_other(&self) -> (Box<dyn Fn()>, &'static str) {
        let value = self.0.clone();
        boxed(move || drop(value.clone()))
    }
}

#[test]
fn closures_of_generic_functions() {
    let document = Rc::new(7);
    for (closure, name, contained) in [
        (of_generic(document.clone()), "of_generic<", "Rc<i32>"),
        (of_generic(vec![Some(1_u8)]), "of_generic<", "Option<u8>"),
        (Maker(document.clone()).make(), "Maker<", "::make::"),
        (Maker(document).make_other(), "Make>", "::make_other::"),
    ]
    .map(|((closure, name), of, contained)| (closure, name, [of, contained]))
    {
        assert!(contained.iter().all(|part| name.contains(part)), "{name}");
        let window = Rc::new(Window::default());
        window.on_close.replace(Some(closure));
        if !objgraph::ENABLED {
            continue;
        }
        let snapshot = objgraph::snapshot();
        let found = names(&snapshot, objgraph::id(&window));
        let [(path, found)] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(path, "on_close");
        let found = found.as_ref().map(|found| found.name.as_str());
        assert_eq!(found, ARE_NAMED.then_some(name));
    }
}

async fn serve(window: Rc<Window>) {
    pending::<()>().await;
    drop(window);
}

#[test]
fn futures() {
    let window = Rc::new(Window::default());
    let future = serve(window.clone());
    let name = type_name_of_val(&future);
    window.task.replace(Some(Box::pin(future)));
    let code = line().map(|line| line - 12);
    assert_eq!(name, "scan::names::serve::{{closure}}");
    assert_named(&window, &[("task", (name, code))]);

    let held = window.clone();
    let future = async move { drop(held) };
    let (name, code) = (type_name_of_val(&future), line().map(|line| line - 1));
    window.task.replace(Some(Box::pin(future)));
    assert_named(&window, &[("task", (name, code))]);
}

/// A plain struct, one with arguments, and values that `dyn Any` hides.
#[test]
fn other_values() {
    let window = Rc::new(Window::default());
    let plugins: [Box<dyn Plain>; 2] = [
        Box::new(Foreign(window.clone())),
        Box::new(Foreign(vec![Some((1_u8, String::new()))])),
    ];
    window.plugins.borrow_mut().extend(plugins);
    window.any.replace(Some(Box::new(Foreign(Rc::new(0_u8)))));
    assert_named(
        &window,
        &[
            ("plugins[0]", (type_name::<Foreign<Rc<Window>>>(), None)),
            (
                "plugins[1]",
                (type_name::<Foreign<Vec<Option<(u8, String)>>>>(), None),
            ),
            ("any", (type_name::<Foreign<Rc<u8>>>(), None)),
        ],
    );
}

/// An object behind std's `Rc` is an object of its own.
#[test]
fn objects_behind_pointers_of_std() {
    let window = Rc::new(Window::default());
    let held = window.clone();
    let closure = move || drop(held.clone());
    let name = type_name_of_val(&closure);
    window.shared.replace(Some(std::rc::Rc::new(closure)));
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&window)).expect("it is known");
    let shared = snapshot.edges(node).next().expect("it holds the closure");
    let found = snapshot.node(shared.target()).concrete_type();
    let found = found.map(|found| found.name.as_str());
    assert_eq!(found, ARE_NAMED.then_some(name));
    window.shared.take();
}

/// What a thread left behind is named later.
#[test]
fn objects_of_ended_threads() {
    let thread = std::thread::spawn(|| {
        let window = Rc::new(Window::default());
        let held = window.clone();
        let (closure, name) = boxed(move || drop(held.clone()));
        window.on_close.replace(Some(closure));
        (objgraph::id(&window), name)
    });
    let (window, name) = thread.join().expect("the thread does not panic");
    if objgraph::ENABLED {
        let found = names(&objgraph::snapshot(), window);
        let found = found[0].1.as_ref().map(|found| found.name.as_str());
        assert_eq!(found, ARE_NAMED.then_some(name));
    }
}

/// The report on a window whose closure holds it.
#[test]
fn reports() {
    if !objgraph::ENABLED {
        return;
    }
    let scope = Scope::new("names");
    let entered = scope.enter();
    let window = Rc::new(Window::default());
    drop(entered);
    let held = window.clone();
    let (closure, _) = boxed(move || drop(held.clone()));
    let code = line().expect("it is known") - 1;
    window.on_close.replace(Some(closure));
    let id = objgraph::id(&window);
    drop(window);
    let failure = LeakCheck::of(&scope).wait(Duration::ZERO).run().err();
    let text = failure.map_or_else(String::new, |failure| failure.to_string());
    let text = text.replace("\n     ", " ");
    let found = text.lines().find(|line| line.contains("likely leaked: "));
    let named = format!(
        "   likely leaked: held by `Window.on_close`, closure \
         `scan::names::reports::{{{{closure}}}}` (tests/scan/names.rs:{code})"
    );
    let declared = "   likely leaked: held by `Window.on_close`, `Box<dyn Fn()>`";
    match (SCANS, ARE_NAMED) {
        (false, _) => assert_eq!(found, None),
        (true, false) => assert_eq!(found, Some(declared)),
        (true, true) => assert_eq!(found, Some(&*named)),
    }
    let window = objgraph::at(id).expect("it is alive");
    let window = window.upgrade::<Window>().expect("it is alive");
    window.on_close.take();
}

/// Law 4: names are looked up while a value is visited, and while another thread looks them up.
#[test]
fn threads_and_visits() {
    let window = Rc::new(Window::default());
    let (closure, name) = of_generic(String::from("text"));
    window.on_close.replace(Some(closure));
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    let id = objgraph::id(&window);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let found = names(&snapshot, id);
                let found = found[0].1.as_ref().map(|found| found.name.as_str());
                assert_eq!(found, ARE_NAMED.then_some(name));
            });
        }
    });
}
