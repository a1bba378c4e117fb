//! Leaks through callbacks.

use std::cell::{Cell, RefCell};
use std::path::Path;

use objgraph::rc::Rc;
use objgraph::{Capture, Tracked, capture};

use crate::Outcome;

mod opaque {
    use std::cell::{Cell, RefCell};

    use objgraph::Tracked;
    use objgraph::rc::Rc;

    #[derive(Tracked, Default)]
    struct Window {
        clicks: Cell<u32>,
        on_click: RefCell<Option<Box<dyn Fn(u32)>>>,
    }

    pub(super) fn boxed() {
        let window = Rc::new(Window::default());
        let me = window.clone();
        let callback = move |by| me.clicks.set(me.clicks.get() + by);
        callback(2);
        window.on_click.replace(Some(Box::new(callback)));
        let undo = Rc::downgrade(&window);
        drop(window);

        println!("{}", objgraph::find_leaks());
        drop(undo.upgrade().and_then(|window| window.on_click.take()));
    }
}

#[derive(Tracked, Default)]
struct Window {
    clicks: Cell<u32>,
    on_click: RefCell<Option<Capture<dyn Fn(u32)>>>,
}

pub(crate) fn run(_: &Path) -> Outcome {
    opaque::boxed();
    captured();
    weak();
    called_once();
    passed_on();
    Ok(())
}

fn captured() {
    let window = Rc::new(Window::default());
    let callback: Capture<dyn Fn(u32)> = capture!([window] move |by| {
        window.clicks.set(window.clicks.get() + by);
    });
    callback(2);
    window.on_click.replace(Some(callback));
    let undo = Rc::downgrade(&window);
    drop(window);

    println!("{}", objgraph::find_leaks());
    drop(undo.upgrade().and_then(|window| window.on_click.take()));
}

fn weak() {
    let window = Rc::new(Window::default());
    let callback: Capture<dyn Fn(u32)> = capture!([weak window] move |by| {
        if let Some(window) = window.upgrade() {
            window.clicks.set(window.clicks.get() + by);
        }
    });
    callback(2);
    window.on_click.replace(Some(callback));
    drop(window);

    println!("{}", objgraph::find_leaks());
}

fn called_once() {
    let name = Rc::new("alice".to_owned());
    let greet: Capture<dyn FnOnce() -> usize> = capture!([name] move || name.len());
    println!("{}", greet.into_closure()());
}

fn passed_on() {
    let name = Rc::new("alice".to_owned());
    let longer = Rc::new(capture!([name] move |by: usize| name.len() + by));
    let lengths: Vec<usize> = (1..4).map(move |by| longer(10 * by)).collect();
    println!("{lengths:?}");
}
