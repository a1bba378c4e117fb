//! Fields of types without a derive.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::{Rc as StdRc, Weak as StdWeak};

use objgraph::rc::{Rc, Weak};
use objgraph::{Tracked, unsize};

use crate::assertions::{assert_fields, assert_references};

/// Stands for crates that have no derive.
mod elsewhere {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub(crate) struct Uuid(pub(crate) u128);

    #[derive(Debug, Default)]
    pub(crate) struct Client {
        pub(crate) hosts: Vec<String>,
    }

    pub(crate) struct Pool<T> {
        pub(crate) idle: Vec<T>,
    }
}

use elsewhere::{Client, Pool, Uuid};

#[derive(Tracked)]
struct Node(u8);

fn node() -> Rc<Node> {
    Rc::new(Node(1))
}

#[derive(Tracked)]
struct Service {
    sessions: RefCell<HashMap<Uuid, (Client, Rc<Node>)>>,
    deep: Vec<Option<Result<(Uuid, [(Client, Weak<Node>); 1]), Client>>>,
    id: Uuid,
    client: Client,
    pool: Pool<Rc<Node>>,
}

#[test]
fn a_foreign_type_hides_no_neighbour() {
    let weak = node();
    let service = Rc::new(Service {
        sessions: RefCell::new(HashMap::from([(Uuid(1), (Client::default(), node()))])),
        deep: vec![
            None,
            Some(Ok((Uuid(1), [(Client::default(), Rc::downgrade(&weak))]))),
        ],
        id: Uuid(1),
        client: Client::default(),
        pool: Pool { idle: vec![node()] },
    });
    assert_references(
        &service,
        &[
            "deep[1].1[0].1 ~> Node",
            "sessions[*].1 -> Node",
            "client: opaque Client",
            "deep[1].1[0].0: opaque Client",
            "pool: opaque Pool<Rc<Node>>",
            "sessions[*].0: opaque Client",
        ],
    );
    assert_fields::<Service>(&[
        "sessions: RefCell<HashMap<Uuid, (Client, Rc<Node>)>>, Partial",
        "deep: Vec<Option<Result<(Uuid, [(Client, Weak<Node>); 1]), Client>>>, Partial",
        "id: Uuid, Harmless",
        "client: Client, Opaque",
        "pool: Pool<Rc<Node>>, Opaque",
    ]);
}

#[derive(Tracked)]
struct Keys {
    by_node: BTreeMap<Uuid, RefCell<Vec<(Uuid, Rc<Node>)>>>,
    client: Rc<RefCell<Client>>,
    pool: Rc<Pool<Rc<Node>>>,
}

#[test]
fn a_pointer_to_a_foreign_type_is_an_edge() {
    let keys = Rc::new(Keys {
        by_node: BTreeMap::from([(Uuid(1), RefCell::new(vec![(Uuid(2), node())]))]),
        client: Rc::default(),
        pool: Rc::new(Pool { idle: vec![node()] }),
    });
    assert_references(
        &keys,
        &[
            "by_node[0][0].1 -> Node",
            "client -> RefCell<Client>",
            "pool -> Pool<Rc<Node>>",
        ],
    );
}

type Callback = Box<dyn Fn(&Node) -> u8>;

#[derive(Tracked)]
struct Listeners {
    boxed: Vec<Callback>,
    shared: RefCell<Option<Rc<dyn Fn()>>>,
    plain: fn(&Node) -> u8,
    seen: Rc<Node>,
}

#[test]
fn closures_are_opaque() {
    let held = node();
    let closure = Rc::new(move || {
        let _ = &held;
    });
    let shift = 1;
    let listeners = Rc::new(Listeners {
        // The second captures nothing, so it owns nothing.
        boxed: vec![
            Box::new(move |node| node.0 << shift),
            Box::new(|node| node.0),
        ],
        shared: RefCell::new(Some(unsize!(closure => dyn Fn()))),
        plain: |node| node.0,
        seen: node(),
    });
    assert_references(
        &listeners,
        &[
            "seen -> Node",
            "shared -> closures_are_opaque::{{closure}}",
            "boxed[0]: opaque Box<dyn Fn(&'_ Node) -> u8>",
        ],
    );
    assert_fields::<Listeners>(&[
        "boxed: Vec<Callback>, Partial",
        "shared: RefCell<Option<Rc<dyn Fn()>>>, Full",
        "plain: fn(&Node) -> u8, Harmless",
        "seen: Rc<Node>, Full",
    ]);
}

#[derive(Tracked)]
struct MixedPointers {
    std: StdRc<Node>,
    weak: StdWeak<Node>,
    any: StdRc<dyn std::any::Any>,
    ours: Rc<Node>,
}

#[test]
fn pointers_of_std_are_followed() {
    let std = StdRc::new(Node(1));
    let mixed = Rc::new(MixedPointers {
        weak: StdRc::downgrade(&std),
        std,
        any: StdRc::new(1_u8),
        ours: node(),
    });
    assert_references(
        &mixed,
        &[
            "any -> dyn Any",
            "ours -> Node",
            "std -> Node",
            "weak ~> Node",
        ],
    );
}

type Link = Option<StdRc<RefCell<AliasedLink>>>;

#[derive(Tracked)]
struct AliasedLink {
    next: Link,
    node: Rc<Node>,
}

/// No field names the cell around the type.
#[test]
fn cells_behind_aliased_pointers_are_traced() {
    let last = StdRc::new(RefCell::new(AliasedLink {
        next: None,
        node: node(),
    }));
    let first = Rc::new(AliasedLink {
        next: Some(last),
        node: node(),
    });
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    let start = snapshot
        .find(objgraph::id(&first))
        .expect("it is an object");
    let next = snapshot
        .edges(start)
        .find(|edge| edge.path() == "next")
        .expect("it is seen");
    let inner: Vec<_> = snapshot.edges(next.target()).collect();
    assert_eq!(inner.len(), 1);
    assert_eq!(inner[0].path(), "node");
}
