//! The attributes of the derive.

use std::cell::RefCell;
use std::fmt;

use objgraph::rc::{Rc, Weak};
use objgraph::{Tracked, Visitor};

use crate::assertions::{assert_fields, assert_references};

#[derive(Debug, Tracked)]
struct Leaf(u8);

fn leaf() -> Rc<Leaf> {
    Rc::new(Leaf(1))
}

#[derive(Tracked)]
struct SkipFields {
    #[tracked(skip)]
    hidden: Rc<Leaf>,
    shown: Rc<Leaf>,
}

#[derive(Tracked)]
enum SkipVariants {
    #[tracked(skip)]
    Hidden(Rc<Leaf>, Rc<Leaf>),
    Half(#[tracked(skip)] Rc<Leaf>, Rc<Leaf>),
    Shown(Rc<Leaf>),
}

#[test]
fn skip() {
    let value = Rc::new(SkipFields {
        hidden: leaf(),
        shown: leaf(),
    });
    assert_references(&value, &["shown -> Leaf"]);
    assert_fields::<SkipFields>(&["hidden: Rc<Leaf>, Skipped", "shown: Rc<Leaf>, Full"]);

    assert_references(&Rc::new(SkipVariants::Hidden(leaf(), leaf())), &[]);
    assert_references(
        &Rc::new(SkipVariants::Half(leaf(), leaf())),
        &["Half.1 -> Leaf"],
    );
    assert_references(&Rc::new(SkipVariants::Shown(leaf())), &["Shown.0 -> Leaf"]);
    assert_fields::<SkipVariants>(&[
        "Hidden.0: Rc<Leaf>, Skipped",
        "Hidden.1: Rc<Leaf>, Skipped",
        "Half.0: Rc<Leaf>, Skipped",
        "Half.1: Rc<Leaf>, Full",
        "Shown.0: Rc<Leaf>, Full",
    ]);
}

/// Stands for a type of another crate whose content is accessible.
struct Foreign<T> {
    items: Vec<T>,
}

fn visit_foreign<'a, T: Tracked>(foreign: &'a Foreign<T>, visitor: &mut Visitor<'a>) {
    visitor.field("items", &foreign.items);
}

#[derive(Tracked)]
struct WithFields<T: 'static> {
    #[tracked(with = visit_foreign)]
    by_function: Foreign<Rc<Leaf>>,
    #[tracked(with = Self::visit_method)]
    by_method: Foreign<T>,
    #[tracked(with = any::visit::<T>)]
    by_any: T,
    beside: Rc<Leaf>,
}

mod any {
    pub(super) fn visit<'a, T: 'static>(value: &'a T, visitor: &mut objgraph::Visitor<'a>) {
        visitor.any(value);
    }
}

impl<T: 'static> WithFields<T> {
    fn visit_method<'a>(foreign: &'a Foreign<T>, visitor: &mut Visitor<'a>) {
        for item in &foreign.items {
            visitor.any(item);
        }
    }
}

#[derive(Tracked)]
enum WithVariants {
    One(u8, #[tracked(with = visit_foreign, back)] Foreign<Rc<Leaf>>),
    Two,
}

#[derive(Tracked)]
struct WithOwner(WithFields<Rc<Leaf>>, WithVariants);

#[test]
fn with() {
    let value = WithFields {
        by_function: Foreign {
            items: vec![leaf()],
        },
        by_method: Foreign {
            items: vec![leaf()],
        },
        by_any: leaf(),
        beside: leaf(),
    };
    let variant = WithVariants::One(
        1,
        Foreign {
            items: vec![leaf()],
        },
    );
    assert_references(
        &Rc::new(WithOwner(value, variant)),
        &[
            "0.beside -> Leaf",
            "0.by_any -> Leaf",
            "0.by_function.items[0] -> Leaf",
            "0.by_method -> Leaf",
            "1.One.1.items[0] -> Leaf (back)",
        ],
    );
    assert_fields::<WithFields<Rc<Leaf>>>(&[
        "by_function: Foreign<Rc<Leaf>>, With",
        "by_method: Foreign<T>, With",
        "by_any: T, With",
        "beside: Rc<Leaf>, Full",
    ]);
    assert_fields::<WithVariants>(&["One.0: u8, Full", "One.1: Foreign<Rc<Leaf>>, With, back"]);
}

#[derive(Tracked)]
struct Child {
    #[tracked(back)]
    parent: RefCell<Option<Rc<Parent>>>,
    #[tracked(back)]
    owner: RefCell<Weak<Parent>>,
    next: RefCell<Option<Rc<Child>>>,
}

#[derive(Tracked)]
struct Parent {
    children: RefCell<Vec<Child>>,
}

#[test]
fn back() {
    let parent = Rc::new(Parent {
        children: RefCell::default(),
    });
    let child = |parent: &Rc<Parent>| Child {
        parent: RefCell::new(Some(parent.clone())),
        owner: RefCell::new(Rc::downgrade(parent)),
        next: RefCell::default(),
    };
    let other = Rc::new(child(&parent));
    let first = child(&parent);
    *first.next.borrow_mut() = Some(other.clone());
    parent.children.borrow_mut().push(first);
    assert_references(
        &parent,
        &[
            "children[0].next -> Child",
            "children[0].owner ~> Parent (back)",
            "children[0].parent -> Parent (back)",
        ],
    );
    assert_fields::<Child>(&[
        "parent: RefCell<Option<Rc<Parent>>>, Full, back",
        "owner: RefCell<Weak<Parent>>, Full, back",
        "next: RefCell<Option<Rc<Child>>>, Full",
    ]);
    other.parent.take();
    parent.children.borrow_mut().clear();
}

#[derive(Tracked)]
#[tracked(strict)]
struct StrictFields<T> {
    leaf: Option<Rc<Leaf>>,
    parameter: T,
    list: Vec<(T, Rc<Leaf>)>,
    #[tracked(skip)]
    skipped: Foreign<u8>,
    #[tracked(with = visit_foreign)]
    with: Foreign<Rc<Leaf>>,
}

#[derive(Tracked)]
#[tracked(strict)]
struct StrictOwner(StrictFields<u8>);

#[test]
fn strict() {
    let value = Rc::new(StrictOwner(StrictFields {
        leaf: Some(leaf()),
        parameter: 1,
        list: vec![(1, leaf())],
        skipped: Foreign { items: vec![] },
        with: Foreign {
            items: vec![leaf()],
        },
    }));
    assert_references(
        &value,
        &[
            "0.leaf -> Leaf",
            "0.list[0].1 -> Leaf",
            "0.with.items[0] -> Leaf",
        ],
    );
}

/// Requires more than `'static`.
#[derive(Tracked)]
#[tracked(bound = "T: Tracked + 'static, U: 'static")]
struct Bound<T, U> {
    known: T,
    looked_up: U,
}

/// Requires less than `'static`.
#[derive(Tracked)]
#[tracked(bound = "")]
struct NoBound<T> {
    value: T,
    own: Rc<Leaf>,
}

#[derive(Tracked)]
struct BoundOwner(Bound<Rc<Leaf>, Rc<Leaf>>, NoBound<Rc<Leaf>>);

#[test]
fn bound() {
    let value = Rc::new(BoundOwner(
        Bound {
            known: leaf(),
            looked_up: leaf(),
        },
        NoBound {
            value: leaf(),
            own: leaf(),
        },
    ));
    assert_references(
        &value,
        &[
            "0.known -> Leaf",
            "0.looked_up -> Leaf",
            "1.own -> Leaf",
            "1.value: opaque Rc<Leaf>",
        ],
    );
}

#[derive(Debug, Tracked)]
#[tracked(label = Self::title)]
struct TitleLabel {
    title: String,
}

impl TitleLabel {
    fn title(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

#[derive(Tracked)]
#[tracked(label = angles)]
struct AngleLabel<T: fmt::Display>(T);

fn angles<T: fmt::Display>(shown: &AngleLabel<T>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<{}>", shown.0)
}

#[derive(Debug, Tracked)]
#[tracked(no_label)]
struct Secret(String);

#[derive(Tracked)]
struct NoLabel(u8);

#[derive(Tracked)]
struct EndlessLabel(Vec<u8>);

impl fmt::Debug for EndlessLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            f.write_str("and so on, ")?;
        }
    }
}

#[derive(Tracked)]
struct LabelOwner(Option<Rc<AngleLabel<u8>>>);

#[test]
fn labels() {
    if !objgraph::ENABLED {
        return;
    }
    let label = |object| objgraph::core::label_of(object).unwrap_or_default();
    let titled = Rc::new(TitleLabel {
        title: "A title".to_owned(),
    });
    assert_eq!(label(objgraph::id(&titled)), "A title");
    let shown = Rc::new(AngleLabel(7_u8));
    let _names = LabelOwner(Some(shown.clone()));
    assert_eq!(label(objgraph::id(&shown)), "<7>");
    let secret = Rc::new(Secret("password".to_owned()));
    assert_eq!(label(objgraph::id(&secret)), "");
    let debug = leaf();
    assert_eq!(label(objgraph::id(&debug)), "Leaf(1)");
    let silent = Rc::new(NoLabel(1));
    assert_eq!(label(objgraph::id(&silent)), "");
    let long = Rc::new(EndlessLabel(vec![]));
    let text = label(objgraph::id(&long));
    assert!(
        text.starts_with("and so on, and so on, ") && text.chars().count() <= 41,
        "{text}"
    );
}
