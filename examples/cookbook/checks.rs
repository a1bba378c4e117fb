//! Assertions, caught here to print their messages.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::time::Duration;

use objgraph::Tracked;
use objgraph::leaks::LeakCheck;
use objgraph::rc::Rc;
use objgraph::scope::Scope;

use crate::Outcome;

pub(crate) fn run(_: &Path) -> Outcome {
    // A failed assertion does not speak twice.
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    shutdown();
    operation();
    hidden();
    set_hook(hook);
    Ok(())
}

/// Prints the message of a panic.
fn caught(run: impl FnOnce()) {
    let message = |payload: &Box<dyn Any + Send>| payload.downcast_ref::<String>().cloned();
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(()) => println!("passed"),
        Err(payload) => println!("{}", message(&payload).unwrap_or_default()),
    }
}

#[derive(Tracked, Default)]
struct App {
    plugins: RefCell<Vec<Rc<Plugin>>>,
}

#[derive(Tracked)]
struct Plugin;

#[objgraph::root]
thread_local! {
    static LAST: RefCell<Option<Rc<Plugin>>> = const { RefCell::new(None) };
}

fn start() -> App {
    let app = App::default();
    let plugin = Rc::new(Plugin);
    LAST.set(Some(plugin.clone()));
    app.plugins.borrow_mut().push(plugin);
    app
}

fn shutdown() {
    let run = Scope::new("run");
    {
        let _entered = run.enter();
        drop(start()); // the whole life of the program
    }

    let check = LeakCheck::of(&run).deny_survivors();
    match check.wait(Duration::ZERO).run() {
        Ok(()) => println!("everything was freed"),
        Err(left) => println!("{left}"),
    }

    LAST.take();
}

fn operation() {
    let mut log: Vec<Rc<String>> = Vec::new();
    caught(|| {
        objgraph::assert_no_growth!(|| log.push(Rc::new("opened".to_owned())));
    });
    log.clear();
}

fn hidden() {
    struct Driver {
        plugin: Rc<Plugin>, // no derive: the trace cannot visit it
    }

    let driver = Rc::new(Driver {
        plugin: Rc::new(Plugin),
    });
    println!("{}", objgraph::blind_spots());
    assert_eq!(Rc::strong_count(&driver.plugin), 1);
}
