//! A tree whose nodes own their parents.

mod leaky {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::Rc;

    #[derive(Tracked, Debug)]
    pub struct Node {
        name: &'static str,
        #[tracked(back)]
        pub parent: RefCell<Option<Rc<Node>>>,
        children: RefCell<Vec<Rc<Node>>>,
    }

    pub fn tree(name: &'static str, children: Vec<Rc<Node>>) -> Rc<Node> {
        let node = Rc::new(Node {
            name,
            parent: RefCell::default(),
            children: RefCell::new(children),
        });
        for child in node.children.borrow().iter() {
            *child.parent.borrow_mut() = Some(node.clone());
        }
        node
    }
}

mod mended {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::{Rc, Weak};

    #[derive(Tracked, Debug)]
    pub struct Node {
        name: &'static str,
        #[tracked(back)]
        pub parent: RefCell<Weak<Node>>,
        children: RefCell<Vec<Rc<Node>>>,
    }

    pub fn tree(name: &'static str, children: Vec<Rc<Node>>) -> Rc<Node> {
        let node = Rc::new(Node {
            name,
            parent: RefCell::default(),
            children: RefCell::new(children),
        });
        for child in node.children.borrow().iter() {
            *child.parent.borrow_mut() = Rc::downgrade(&node);
        }
        node
    }
}

use expect_test::expect;

use crate::exclusive::alone;

#[test]
fn a_tree_with_parents() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    for _ in 0..3 {
        let leaf = || leaky::tree("li", Vec::new());
        drop(leaky::tree("ul", vec![leaf(), leaf(), leaf()]));
    }
    let found = alone.found(|node: &leaky::Node| drop(node.parent.take()));
    found.one_kind(
        &["Node.parent", "Node.children"],
        expect![[r#"
            12 objects leaked, 1.0 KiB: 3 leaks of 1 kind

            1. 3 leaks of 4 objects each, 1.0 KiB                     leak-4e5e13323619da00
               12 × Node            made at tests/shapes/tree.rs:18:20
               Node.children[0] → Node.parent → (the first)
               born in epoch _, on thread tree::a_tree_with_parents
               for example: Node #_ { name: "ul", parent: RefCell { va…;
                 Node #_ { name: "li", parent: RefCell { va…
               fix: make `Node.parent` Weak (marked #[tracked(back)])
                 frees 3 × 4 objects, 1.0 KiB, and nothing that is in use now
                 3 of these would lose their last owner, unless the program holds them:
                   3 × Node            made at tests/shapes/tree.rs:18:20
                 or clear `Node.parent` in these objects before the last handle is dropped
               or: `Node.children`
                 9 of these would lose their last owner, unless the program holds them:
                   9 × Node            made at tests/shapes/tree.rs:18:20"#]],
    );

    let leaf = || mended::tree("li", Vec::new());
    drop(mended::tree("ul", vec![leaf(), leaf(), leaf()]));
    alone.nothing(module_path!());
}
