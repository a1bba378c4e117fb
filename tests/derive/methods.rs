//! The derive brings no method into scope that hides one of the application's.

use std::cell::Cell;

use objgraph::Tracked;
use objgraph::rc::Rc;
use objgraph::sync::Arc;

#[derive(Tracked, Default)]
struct Node {
    calls: Cell<u32>,
}

/// Methods with the names of the trait's methods, each with another signature.
impl Node {
    fn visit(&self, add: u32) {
        self.calls.set(self.calls.get() + add);
    }

    fn label(&self) -> u32 {
        self.calls.get()
    }

    fn instance(&self) -> &Cell<u32> {
        &self.calls
    }

    fn starts(&self) -> bool {
        self.calls.get() == 0
    }

    fn register(&self, name: &str) -> String {
        format!("{name}{}", self.calls.get())
    }
}

#[derive(Tracked, Default)]
struct SharedNumber(u32);

impl SharedNumber {
    fn visit(&self) -> u32 {
        self.0
    }
}

#[test]
fn methods_of_a_type_behind_a_pointer_stay_its_own() {
    let node = Rc::new(Node::default());
    assert!(node.starts());
    node.visit(2);
    assert_eq!((node.label(), node.instance().get()), (2, 2));
    assert_eq!(node.register("n"), "n2");
    assert_eq!(Arc::new(SharedNumber(7)).visit(), 7);
    assert_eq!(Rc::new(vec![SharedNumber(8)])[0].visit(), 8);
}
