//! What has leaked, and how to change it.

use std::cell::RefCell;
use std::path::Path;

use objgraph::rc::Rc;
use objgraph::{Capture, Tracked, capture};

use crate::Outcome;

pub(crate) fn run(_: &Path) -> Outcome {
    tree();
    types();
    window();
    std_pointers();
    Ok(())
}

#[derive(Tracked, Default)]
struct Folder {
    parent: RefCell<Option<Rc<Folder>>>,
    children: RefCell<Vec<Rc<Folder>>>,
}

fn add(parent: &Rc<Folder>) {
    let child = Rc::new(Folder::default());
    child.parent.replace(Some(parent.clone()));
    parent.children.borrow_mut().push(child);
}

fn tree() {
    let root = Rc::new(Folder::default());
    add(&root);
    add(&root);

    let undo = Rc::downgrade(&root);
    drop(root);

    println!("{}", objgraph::find_leaks());

    if let Some(change) = objgraph::what_if::what_if_weak("Folder.parent") {
        println!("{change}");
    }
    for child in undo.upgrade().iter().flat_map(|root| root.children.take()) {
        child.parent.take();
    }
}

fn types() {
    println!("{}", objgraph::type_cycles());
}

fn window() {
    #[derive(Tracked, Default)]
    struct Window {
        on_close: RefCell<Option<Capture<dyn Fn()>>>,
    }

    let window = Rc::new(Window::default());
    let callback: Capture<dyn Fn()> = capture!([window] move || {
        window.on_close.take();
    });
    window.on_close.replace(Some(callback));

    let undo = Rc::downgrade(&window);
    drop(window);
    println!("{}", objgraph::find_leaks());
    drop(undo.upgrade().and_then(|window| window.on_close.take()));
}

fn std_pointers() {
    use std::rc::Rc;

    #[derive(Tracked, Default)]
    struct Shape {
        group: RefCell<Option<Rc<Shape>>>,
    }

    let circle = Rc::new(Shape::default());
    let square = Rc::new(Shape::default());
    circle.group.replace(Some(square.clone()));
    square.group.replace(Some(circle.clone()));

    println!("{}", objgraph::find_cycles(&circle));

    circle.group.take();
}
