//! Types that contain each other.

use std::cell::{OnceCell, RefCell};

use objgraph::Tracked;
use objgraph::rc::{Rc, Weak};

use crate::assertions::{assert_fields, assert_references, references};

#[derive(Tracked)]
struct Tree {
    parent: RefCell<Weak<Tree>>,
    children: RefCell<Vec<Rc<Self>>>,
    first: OnceCell<Box<Tree>>,
}

fn tree() -> Tree {
    Tree {
        parent: RefCell::default(),
        children: RefCell::default(),
        first: OnceCell::new(),
    }
}

#[test]
fn a_type_in_itself() {
    let (root, child) = (Rc::new(tree()), Rc::new(tree()));
    *child.parent.borrow_mut() = Rc::downgrade(&root);
    root.children.borrow_mut().push(child.clone());
    let by_value = root.first.get_or_init(|| Box::new(tree()));
    by_value.children.borrow_mut().push(child.clone());
    assert_references(&root, &["children[0] -> Tree", "first.children[0] -> Tree"]);
    assert_references(&child, &["parent ~> Tree"]);
    assert_fields::<Tree>(&[
        "parent: RefCell<Weak<Tree>>, Full",
        "children: RefCell<Vec<Rc<Self>>>, Full",
        "first: OnceCell<Box<Tree>>, Full",
    ]);
}

#[derive(Tracked)]
enum Expr {
    Number(f64),
    Block(Vec<Stmt>),
    Call(Box<Expr>, Vec<Expr>),
}

#[derive(Tracked)]
enum Stmt {
    Value(Rc<Expr>),
    Both(Box<(Stmt, Expr)>),
}

#[test]
fn types_in_each_other() {
    let number = Rc::new(Expr::Number(1.0));
    let statement = Stmt::Both(Box::new((Stmt::Value(number), Expr::Number(2.0))));
    let call = Expr::Call(
        Box::new(Expr::Number(3.0)),
        vec![Expr::Block(vec![statement])],
    );
    assert_references(
        &Rc::new(call),
        &["Call.1[0].Block.0[0].Both.0.0.Value.0 -> Expr"],
    );
    assert_fields::<Stmt>(&["Value.0: Rc<Expr>, Full", "Both.0: Box<(Stmt, Expr)>, Full"]);
}

#[derive(Tracked)]
struct Ping<T> {
    pong: Option<Rc<Pong<T>>>,
}

#[derive(Tracked)]
struct Pong<T> {
    ping: RefCell<Option<Rc<Ping<T>>>>,
    value: T,
}

#[derive(Tracked)]
struct Court {
    ping: Rc<Ping<String>>,
}

#[test]
fn generic_types_in_each_other() {
    let pong = Rc::new(Pong {
        ping: RefCell::default(),
        value: String::new(),
    });
    let ping = Rc::new(Ping {
        pong: Some(pong.clone()),
    });
    *pong.ping.borrow_mut() = Some(ping.clone());
    let court = Rc::new(Court { ping: ping.clone() });
    assert_references(&court, &["ping -> Ping<String>"]);
    assert_references(&ping, &["pong -> Pong<String>"]);
    assert_references(&pong, &["ping -> Ping<String>"]);
    pong.ping.take();
}

#[derive(Tracked)]
struct GrowingType<T: 'static> {
    value: Rc<T>,
    larger: Option<&'static GrowingType<Vec<T>>>,
}

#[derive(Tracked)]
struct GrowingOwner(GrowingType<u8>);

#[test]
fn a_type_in_larger_versions_of_itself() {
    let value = Rc::new(GrowingOwner(GrowingType {
        value: Rc::new(1),
        larger: None,
    }));
    // The target of the reference is not visited, and belongs to no object.
    assert_references(&value, &["0.value -> u8"]);
}

#[derive(Tracked)]
struct Link(Option<Box<Link>>, Option<Rc<u8>>);

#[test]
fn depth_by_value_is_no_limit() {
    let mut link = Link(None, Some(Rc::new(1)));
    for _ in 0..5_000 {
        link = Link(Some(Box::new(link)), None);
    }
    let link = Rc::new(link);
    if objgraph::ENABLED {
        let seen = references(&objgraph::snapshot(), &link);
        assert!(seen.len() == 1 && seen[0].ends_with(".1 -> u8"), "{seen:?}");
    }
}
