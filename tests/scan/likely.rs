//! What has likely leaked: objects that only the closures and futures among them hold.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use objgraph::alive::AliveReason;
use objgraph::core::SCANS;
use objgraph::leaks::{LeakCheck, Leaks, SnapshotObject};
use objgraph::rc::Rc;
use objgraph::scope::Scope;
use objgraph::{ObjectId, Tracked};

type Callback = Box<dyn Fn() -> usize>;

#[derive(Tracked, Default)]
struct Window {
    on_close: RefCell<Option<Callback>>,
    task: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
}

/// Returns a window whose closure captures it.
fn captured() -> Rc<Window> {
    let window = Rc::new(Window::default());
    let captured = window.clone();
    let on_close = move || Rc::strong_count(&captured);
    *window.on_close.borrow_mut() = Some(Box::new(on_close));
    window
}

/// Drops the last handle outside. A `Weak` outside would explain the word in the closure too, so
/// that nothing would be likely.
fn closed(window: Rc<Window>) -> ObjectId {
    objgraph::id(&window)
}

/// Breaks the cycle of a window that has leaked.
fn end(window: ObjectId) {
    let window = objgraph::at(window).expect("it is alive");
    let window = window.upgrade::<Window>().expect("it is alive");
    drop((window.on_close.take(), window.task.take()));
}

fn is_among<'l>(mut objects: impl Iterator<Item = SnapshotObject<'l>>, object: ObjectId) -> bool {
    objects.any(|found| found.id() == object)
}

/// Returns the verdicts on a window that nothing outside holds, and breaks its cycle.
fn verdicts(window: Rc<Window>) -> (Leaks, bool, bool) {
    let id = closed(window);
    let leaks = objgraph::find_leaks();
    end(id);
    let is_likely = is_among(leaks.likely_leaked(), id);
    let is_leaked = is_among(leaks.iter(), id);
    (leaks, is_likely, is_leaked)
}

#[test]
fn a_closure_that_captures_its_owner() {
    if !objgraph::ENABLED {
        return;
    }
    let (leaks, is_likely, is_leaked) = verdicts(captured());
    assert_eq!((is_likely, is_leaked), (SCANS, false));
    if SCANS {
        let text = leaks.to_string();
        assert!(text.contains("likely leaked: held by"), "{text}");
        assert!(text.contains("`Window.on_close`"), "{text}");
        let fix = "capture a `Weak` in the closure at `Window.on_close`";
        assert!(text.replace("\n", " ").contains(fix), "{text}");
    }
}

#[test]
fn a_future_that_captures_its_owner() {
    if !objgraph::ENABLED {
        return;
    }
    let window = Rc::new(Window::default());
    let captured = window.clone();
    let task = async move { drop(captured) };
    *window.task.borrow_mut() = Some(Box::pin(task));
    let (_, is_likely, is_leaked) = verdicts(window);
    assert_eq!((is_likely, is_leaked), (SCANS, false));
}

/// Law 7: the fix that reports name frees the objects.
#[test]
fn a_closure_that_captures_a_weak() {
    let window = Rc::new(Window::default());
    let captured = Rc::downgrade(&window);
    let on_close = move || captured.strong_count();
    *window.on_close.borrow_mut() = Some(Box::new(on_close));
    let leaks = objgraph::find_leaks();
    assert!(
        !is_among(leaks.likely_leaked(), objgraph::id(&window)),
        "{leaks}"
    );
    let weak = Rc::downgrade(&window);
    drop(window);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_window_that_is_in_use() {
    let window = captured();
    let leaks = objgraph::find_leaks();
    assert!(
        !is_among(leaks.likely_leaked(), objgraph::id(&window)),
        "{leaks}"
    );
    drop(window.on_close.take());
}

#[test]
fn why_it_is_alive() {
    if !objgraph::ENABLED {
        return;
    }
    let id = closed(captured());
    let why = objgraph::why_alive(id).expect("it is alive");
    let is_likely = matches!(why.reason(), AliveReason::LikelyLeaked { .. });
    assert_eq!(is_likely, SCANS, "{why}");
    end(id);
}

#[test]
fn checks_fail_unless_it_is_allowed() {
    if !objgraph::ENABLED {
        return;
    }
    let scope = Scope::new("likely");
    let entered = scope.enter();
    let id = closed(captured());
    drop(entered);
    let check = LeakCheck::of(&scope).wait(Duration::ZERO);
    let failure = check.run().err().map(|failure| failure.to_string());
    assert_eq!(failure.is_some(), SCANS);
    if let Some(failure) = failure {
        let first = failure.lines().next().unwrap();
        assert!(
            first.starts_with("1 object likely leaked (Window): leak-"),
            "{failure}"
        );
    }
    assert!(check.clone().allow_likely().run().is_ok());
    assert!(check.clone().allow("Window").run().is_ok());
    let strict = check.allow_likely().strict();
    assert!(strict.run().is_err());
    end(id);
}
