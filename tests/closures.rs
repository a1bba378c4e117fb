//! The captures of closures and futures are visited.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Capture, SharedCapture, Tracked, capture, future};

#[derive(Tracked)]
struct Window {
    clicks: Cell<u32>,
    on_click: RefCell<Option<Capture<dyn Fn(u32) -> u32>>>,
}

fn window() -> Rc<Window> {
    Rc::new(Window {
        clicks: Cell::new(0),
        on_click: RefCell::new(None),
    })
}

/// Lets one test run at a time, since leaks are those of the whole process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[test]
fn a_callback_that_captures_its_owner_is_a_leak() {
    let _alone = ONE_AT_A_TIME.lock();
    let window = window();
    let callback: Capture<dyn Fn(u32) -> u32> = capture!([window] move |by| {
        window.clicks.set(window.clicks.get() + by);
        window.clicks.get()
    });
    window.on_click.replace(Some(callback));
    assert_eq!(
        window.on_click.borrow().as_ref().map(|call| call(3)),
        Some(3)
    );
    let weak = Rc::downgrade(&window);
    drop(window);
    let leaks = objgraph::find_leaks();
    if objgraph::ENABLED {
        let text = leaks.to_string();
        assert!(text.contains("Window.on_click"), "{text}");
        assert_eq!(leaks.len(), 1, "{text}");
    }
    weak.upgrade().expect("it has leaked").on_click.take();
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_weak_capture_is_not_a_leak() {
    let _alone = ONE_AT_A_TIME.lock();
    let (window, name) = (window(), "name".to_owned());
    let weak = Rc::downgrade(&window);
    let callback: Capture<dyn Fn(u32) -> u32> = capture!([weak window, name] move |by| {
        let Some(window) = window.upgrade() else {
            return 0;
        };
        window.clicks.get() + by + name.len() as u32
    });
    window.on_click.replace(Some(callback));
    drop(window);
    assert!(weak.upgrade().is_none());

    let mut sum = 0;
    let mut add = capture!([name] move |a: u32, b: u32, c: &str, d: char| {
        sum += a + b + c.len() as u32 + name.len() as u32;
        (sum, d)
    });
    assert_eq!(add(1, 2, "three", 'd'), (12, 'd'));
    assert_eq!(add(1, 2, "three", 'e'), (24, 'e'));
    let once: Capture<dyn FnOnce(u32) -> u32> = capture!([name] move |by| {
        let name = name;
        name.len() as u32 + by
    });
    assert_eq!(once.into_closure()(1), 5);
    let nothing = capture!([] || 5);
    assert_eq!(nothing(), 5);
}

#[test]
fn a_shared_callback_runs_on_another_thread() {
    let count = Arc::new(Mutex::new(0));
    let add: SharedCapture<dyn Fn(i32) + Send + Sync> =
        capture!([count] move |by| *count.lock().unwrap() += by);
    let thread = std::thread::spawn(move || add(5));
    thread.join().expect("it does not fail");
    assert_eq!((*count.lock().unwrap(), Arc::strong_count(&count)), (5, 1));
}

#[derive(Tracked)]
struct Session(#[allow(dead_code, reason = "something to hold")] u8);

#[test]
fn a_task_is_an_object_that_holds_what_it_captured_until_it_is_done() {
    let _alone = ONE_AT_A_TIME.lock();
    let session = Arc::new(Session(1));
    let id = objgraph::id(&session);
    let mut go_on = false;
    let task = future!([session] async move {
        if !std::mem::replace(&mut go_on, true) {
            let mut is_first = true;
            std::future::poll_fn(|_| match std::mem::take(&mut is_first) {
                true => Poll::Pending,
                false => Poll::Ready(()),
            })
            .await;
        }
        Arc::strong_count(&session)
    });
    drop(session);
    let mut task = pin!(task);
    let mut context = Context::from_waker(Waker::noop());
    assert!(task.as_mut().poll(&mut context).is_pending());
    if objgraph::ENABLED {
        let why = objgraph::why_alive(id)
            .expect("the task holds it")
            .to_string();
        assert!(why.contains("  Task #"), "{why}");
        assert!(why.contains(".session → Session"), "{why}");
        assert!(why.contains("is held by 1 reference from outside"), "{why}");
    }
    assert_eq!(task.as_mut().poll(&mut context), Poll::Ready(1));
    assert!(objgraph::at(id).is_none());

    let local = Rc::new(Session(2));
    let mut task = pin!(future!(local [local] async move { local.0 }));
    assert_eq!(task.as_mut().poll(&mut context), Poll::Ready(2));
    assert_eq!(Rc::strong_count(&local), 1);
}
