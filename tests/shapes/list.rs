//! A doubly linked list whose links own in both directions.

mod leaky {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::Rc;

    #[derive(Tracked, Default)]
    pub struct Node {
        pub value: u32,
        pub next: RefCell<Option<Rc<Node>>>,
        pub prev: RefCell<Option<Rc<Node>>>,
    }

    #[derive(Tracked, Default)]
    pub struct List {
        head: Option<Rc<Node>>,
        tail: Option<Rc<Node>>,
    }

    impl List {
        pub fn push(&mut self, value: u32) {
            let node = Rc::new(Node {
                value,
                ..Node::default()
            });
            if let Some(tail) = self.tail.replace(node.clone()) {
                *node.prev.borrow_mut() = Some(tail.clone());
                *tail.next.borrow_mut() = Some(node);
            } else {
                self.head = Some(node);
            }
        }
    }
}

mod mended {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::{Rc, Weak};

    #[derive(Tracked, Default)]
    pub struct Node {
        pub value: u32,
        pub next: RefCell<Option<Rc<Node>>>,
        pub prev: RefCell<Weak<Node>>,
    }

    #[derive(Tracked, Default)]
    pub struct List {
        head: Option<Rc<Node>>,
        tail: Option<Rc<Node>>,
    }

    impl List {
        pub fn push(&mut self, value: u32) {
            let node = Rc::new(Node {
                value,
                ..Node::default()
            });
            if let Some(tail) = self.tail.replace(node.clone()) {
                *node.prev.borrow_mut() = Rc::downgrade(&tail);
                *tail.next.borrow_mut() = Some(node);
            } else {
                self.head = Some(node);
            }
        }
    }
}

use expect_test::expect;

use crate::exclusive::alone;

#[test]
fn a_doubly_linked_list() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let mut list = leaky::List::default();
    (0..4).for_each(|value| list.push(value));
    drop(list);
    let found = alone.found(|node: &leaky::Node| drop(node.prev.take()));
    found.one_kind(
        &["Node.prev", "Node.next"],
        expect![[r#"
            4 objects leaked, 224 B: 1 leak of 1 kind

            1. 4 objects kept alive by a cycle, 224 B                 leak-dc3de010d819a41b
               4 × Node            made at tests/shapes/list.rs:24:24
               Node.next → Node.prev → (the first)
               born in epoch _, on thread list::a_doubly_linked_list
               fix: make `Node.prev` Weak
                 frees 4 objects, 224 B, and nothing that is in use now
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Node            made at tests/shapes/list.rs:24:24
                 or clear `Node.prev` in these objects before the last handle is dropped
               or: `Node.next`
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Node            made at tests/shapes/list.rs:24:24"#]],
    );

    let mut list = mended::List::default();
    (0..4).for_each(|value| list.push(value));
    drop(list);
    alone.nothing(module_path!());
}
