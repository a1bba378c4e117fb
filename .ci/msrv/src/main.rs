//! Leaks a cycle, and checks that objgraph proves the leak and names the field that closes the cycle.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "nothing but a trace reads the links")]

use std::cell::{LazyCell, RefCell};
use std::collections::HashMap;

use objgraph::rc::{Rc, Weak};
use objgraph::Tracked;

#[derive(Tracked)]
struct Node<T> {
    value: T,
    links: RefCell<HashMap<u8, Link<T>>>,
}

#[derive(Tracked)]
enum Link<T> {
    Parent(Rc<Node<T>>),
    Child(Rc<Node<T>>),
    Sibling { weak: Weak<Node<T>> },
}

#[derive(Tracked)]
struct Lazy {
    made: LazyCell<Rc<Node<u8>>>,
}

objgraph::register!(Node<u8>);

fn node(value: u8) -> Rc<Node<u8>> {
    Rc::new(Node {
        value,
        links: RefCell::default(),
    })
}

fn main() {
    let (parent, child) = (node(1), node(2));
    parent
        .links
        .borrow_mut()
        .insert(0, Link::Child(Rc::clone(&child)));
    child
        .links
        .borrow_mut()
        .insert(0, Link::Parent(Rc::clone(&parent)));
    let weak = Rc::downgrade(&child);
    child.links.borrow_mut().insert(1, Link::Sibling { weak });
    assert_eq!(parent.value + child.value, 3);

    let lazy = Rc::new(Lazy {
        made: LazyCell::new(|| node(3)),
    });
    assert_eq!(objgraph::count("Node<u8>"), 2, "a trace initialises nothing");
    assert_eq!(lazy.made.value, 3);
    assert!(objgraph::find_leaks().is_empty(), "all is held");

    drop((parent, child));
    let leaks = objgraph::find_leaks();
    println!("{leaks}");
    assert_eq!(leaks.len(), 2, "the cycle, and not what a lazy value holds");
    assert!(leaks.to_string().contains("Link::Parent.0"), "{leaks}");
}
