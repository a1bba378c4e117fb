//! Many references, their counts, more about each object, and what to draw.

use std::cell::RefCell;
use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::{Rc, Weak};

use crate::Outcome;

#[derive(Tracked)]
struct Tree {
    name: String,
    children: RefCell<Vec<Rc<Tree>>>,
    parent: RefCell<Weak<Tree>>,
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

fn tree(name: &str, children: usize) -> Rc<Tree> {
    let new = |name: String| {
        let (children, parent) = Default::default();
        Rc::new(Tree {
            name,
            children,
            parent,
        })
    };
    let tree = new(name.to_owned());
    for number in 0..children {
        let child = new(format!("{name}.{number}"));
        *child.parent.borrow_mut() = Rc::downgrade(&tree);
        tree.children.borrow_mut().push(child);
    }
    tree
}

pub(crate) fn run(pictures: &Path) -> Outcome {
    let root = tree("root", 30);
    objgraph::refs(&root).save(pictures.join("folded.svg"))?;
    objgraph::refs(&root)
        .fold(false)
        .too_many(4)
        .save(pictures.join("too-many.svg"))?;

    let root = tree("root", 3);
    let second = root.children.borrow()[1].clone();
    second
        .children
        .borrow_mut()
        .push(root.children.borrow()[0].clone());
    objgraph::refs(&root)
        .refcounts(true)
        .save(pictures.join("refcounts.svg"))?;
    objgraph::refs(&root)
        .extra_info(|node| format!("{} bytes", node.heap_bytes()))
        .save(pictures.join("extra-info.svg"))?;
    objgraph::refs(&root)
        .highlight(|node| node.strong() > Some(1))
        .legend(true)
        .save(pictures.join("highlight.svg"))?;
    Ok(())
}
