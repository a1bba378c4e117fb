//! Opaque values inside of visited ones.

use std::cell::{Cell, LazyCell, RefCell};
use std::sync::{LazyLock, mpsc};

use objgraph::Tracked;
use objgraph::rc::Rc;
use objgraph::sync::Arc;

use crate::{Foreign, assert_ways, is_found, ways_between};

#[derive(Tracked)]
struct Target(u8);

#[derive(Tracked)]
struct Owner {
    plain: Foreign<Rc<Target>>,
    many: RefCell<Vec<Foreign<Rc<Target>>>>,
    cell: Cell<Option<Rc<Target>>>,
}

#[test]
fn fields_and_items() {
    let target = Rc::new(Target(0));
    let owner = Rc::new(Owner {
        plain: Foreign(target.clone()),
        many: RefCell::new(vec![Foreign(target.clone()), Foreign(target.clone())]),
        cell: Cell::new(Some(target.clone())),
    });
    assert_ways(
        &owner,
        &target,
        &["cell ?> 1", "many[0] ?> 1", "many[1] ?> 1", "plain ?> 1"],
    );
    owner.cell.take();
    owner.many.borrow_mut().pop();
    assert_ways(&owner, &target, &["many[0] ?> 1", "plain ?> 1"]);
}

#[derive(Tracked)]
struct Lazy<F: FnOnce() -> u8 + 'static> {
    cell: LazyCell<u8, F>,
    lock: LazyLock<u8, F>,
}

/// Until its first use, a lazy cell holds the function that makes its value.
#[test]
fn functions_of_lazy_cells() {
    let target = Rc::new(Target(0));
    let (one, two) = (target.clone(), target.clone());
    let make = |held: Rc<Target>| move || held.0;
    let lazy = Lazy {
        cell: LazyCell::new(make(one)),
        lock: LazyLock::new(make(two)),
    };
    let found = ways_of_root(&lazy, &target);
    let expected = ["cell ?> 1", "lock ?> 1"];
    assert!(found == expected || !is_found("?>"), "{found:?}");
    assert_eq!(*lazy.cell + *lazy.lock, 0);
    assert!(ways_of_root(&lazy, &target).is_empty());
}

/// A type argument that may borrow has no `TypeId`.
#[derive(Tracked)]
struct Borrower<'a> {
    both: Pair<&'a u8>,
    then: Then<'a>,
}

struct Pair<T>(T, Rc<Target>);

#[derive(Tracked)]
enum Then<'a> {
    Call { pair: Pair<&'a u8> },
}

#[test]
fn values_that_may_borrow() {
    let target = Rc::new(Target(0));
    let number = 1;
    let pair = || Pair(&number, target.clone());
    let borrower = Borrower {
        both: pair(),
        then: Then::Call { pair: pair() },
    };
    let found = ways_of_root(&borrower, &target);
    let expected = ["both ?> 1", "then.Call.pair ?> 1"];
    assert!(found == expected || !is_found("?>"), "{found:?}");
}

/// Returns how a root leads to an object; nothing where tracking is off.
fn ways_of_root(value: &impl objgraph::Visit, target: &Rc<Target>) -> Vec<String> {
    objgraph::snapshot::with_root("root", value, || {
        let snapshot = objgraph::snapshot();
        let root = snapshot.nodes().find(|node| node.root() == Some("root"));
        let target = snapshot.find(objgraph::id(target));
        match (root, target) {
            (Some(root), Some(target)) => ways_between(&snapshot, root.node_id(), target),
            _ => Vec::new(),
        }
    })
}

/// A lock of another crate, whose feature opens it.
#[derive(Tracked)]
struct Session {
    peer: tokio::sync::Mutex<Option<Arc<Target>>>,
}

#[test]
fn locks_of_other_crates() {
    let target = Arc::new(Target(0));
    let session = Arc::new(Session {
        peer: tokio::sync::Mutex::new(Some(target.clone())),
    });
    let expected = match cfg!(feature = "tokio") {
        true => "peer ->",
        false => "peer ?> 1",
    };
    assert_ways(&session, &target, &[expected]);
}

/// A channel keeps its messages behind a pointer, which is not followed.
#[derive(Tracked)]
struct Mailbox {
    messages: mpsc::Receiver<Rc<Target>>,
}

#[test]
fn no_pointer_is_followed() {
    let target = Rc::new(Target(0));
    let (sender, messages) = mpsc::channel();
    let mailbox = Rc::new(Mailbox { messages });
    sender.send(target.clone()).expect("it is received");
    assert_ways(&mailbox, &target, &[]);
}
