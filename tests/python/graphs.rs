//! The graphs of `graphs.py`.

use std::cell::RefCell;
use std::fmt;

use objgraph::rc::{Rc, Weak};
use objgraph::{ObjectId, Tracked, unsize};

/// Anything that a field refers to.
pub(crate) trait Thing {}

pub(crate) type Field = RefCell<Option<Rc<dyn Thing>>>;

macro_rules! things {
    ($($(#[$attribute:meta])* $name:ident { $($field:ident),* })*) => {$(
        $(#[$attribute])*
        #[derive(Tracked, Default)]
        pub(crate) struct $name {
            $(pub(crate) $field: Field,)*
            pub(crate) weak: RefCell<Option<Weak<Node>>>,
        }

        impl Thing for $name {}

        /// Formats like a Python dict.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let fields: &[&Field] = &[$(&self.$field),*];
                let items = fields.iter().filter(|field| field.borrow().is_some()).count();
                write!(f, "{} items", items + usize::from(self.weak.borrow().is_some()))
            }
        }
    )*};
}

things! {
    Node { left, right, me }
    Leaf { back }
    Wide { a, b, c, d, e, f, g, h, i, j, k, l, m, n }
    Closer { data }
    Holder { data }
}

impl Drop for Closer {
    fn drop(&mut self) {}
}

/// Returns an object with a text and without references.
#[derive(Tracked)]
pub(crate) struct Text(pub(crate) &'static str);

impl Thing for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Returns a root.
#[derive(Tracked)]
pub(crate) struct App {
    #[allow(dead_code, reason = "the trace reads it")]
    pub(crate) node: Rc<Node>,
}

/// Makes `field` refer to `to`.
pub(crate) fn set<T: Thing + 'static>(field: &Field, to: &Rc<T>) {
    let to = Rc::clone(to);
    *field.borrow_mut() = Some(unsize!(to => dyn Thing));
}

/// Returns the names of objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(pub(crate) Vec<(ObjectId, String)>);

impl Names {
    pub(crate) fn add<T>(&mut self, name: impl Into<String>, object: &Rc<T>) {
        self.0.push((objgraph::id(object), name.into()));
    }

    pub(crate) fn get(&self, id: ObjectId) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == id);
        found.map_or("?", |(_, name)| name)
    }
}

/// Builds a tree: a -> b, c; b -> d -> e; c -> d.
pub(crate) struct Tree {
    pub(crate) a: Rc<Node>,
    pub(crate) b: Rc<Node>,
    pub(crate) c: Rc<Node>,
    pub(crate) d: Rc<Node>,
    pub(crate) e: Rc<Leaf>,
    pub(crate) names: Names,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let node = || Rc::new(Node::default());
        let mut tree = Self {
            a: node(),
            b: node(),
            c: node(),
            d: node(),
            e: Rc::new(Leaf::default()),
            names: Names::default(),
        };
        set(&tree.d.left, &tree.e);
        set(&tree.c.right, &tree.d);
        set(&tree.b.left, &tree.d);
        set(&tree.a.left, &tree.b);
        set(&tree.a.right, &tree.c);
        tree.names.add("a", &tree.a);
        tree.names.add("b", &tree.b);
        tree.names.add("c", &tree.c);
        tree.names.add("d", &tree.d);
        tree.names.add("e", &tree.e);
        tree
    }
}
