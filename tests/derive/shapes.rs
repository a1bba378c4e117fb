//! Structs and enums of every shape.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::marker::PhantomData;
use std::sync::{Mutex, RwLock};

use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;
use objgraph::{Instance, Tracked};

use crate::assertions::{assert_fields, assert_references, type_info};

#[derive(Tracked)]
struct Leaf(u8);

fn leaf() -> Rc<Leaf> {
    Rc::new(Leaf(1))
}

#[derive(Tracked)]
struct NamedFields {
    one: Rc<Leaf>,
    many: RefCell<Vec<Rc<Leaf>>>,
    weak: Weak<Leaf>,
    number: u32,
}

#[test]
fn a_struct_with_names() {
    let (one, other) = (leaf(), leaf());
    let value = Rc::new(NamedFields {
        one: one.clone(),
        many: RefCell::new(vec![one, other.clone()]),
        weak: Rc::downgrade(&other),
        number: 1,
    });
    assert_references(
        &value,
        &[
            "many[0] -> Leaf",
            "many[1] -> Leaf",
            "one -> Leaf",
            "weak ~> Leaf",
        ],
    );
    assert_fields::<NamedFields>(&[
        "one: Rc<Leaf>, Full",
        "many: RefCell<Vec<Rc<Leaf>>>, Full",
        "weak: Weak<Leaf>, Full",
        "number: u32, Full",
    ]);
}

#[derive(Tracked)]
struct Tuple(u8, Rc<Leaf>, (Option<Rc<Leaf>>, [Rc<Leaf>; 2]));

#[test]
fn a_struct_without_names() {
    let value = Rc::new(Tuple(1, leaf(), (Some(leaf()), [leaf(), leaf()])));
    assert_references(
        &value,
        &[
            "1 -> Leaf",
            "2.0 -> Leaf",
            "2.1[0] -> Leaf",
            "2.1[1] -> Leaf",
        ],
    );
    assert_fields::<Tuple>(&[
        "0: u8, Full",
        "1: Rc<Leaf>, Full",
        "2: (Option<Rc<Leaf>>, [Rc<Leaf>; 2]), Full",
    ]);
}

#[derive(Tracked)]
struct Unit;

#[derive(Tracked)]
struct Braces {}

#[derive(Tracked)]
struct Parens();

#[test]
fn structs_of_nothing() {
    assert_references(&Rc::new(Unit), &[]);
    assert_references(&Rc::new(Braces {}), &[]);
    assert_references(&Rc::new(Parens()), &[]);
    assert_fields::<Unit>(&[]);
    assert_fields::<Braces>(&[]);
    assert_fields::<Parens>(&[]);
}

#[derive(Tracked)]
#[repr(u8)]
enum EveryVariant {
    Unit,
    Tuple(Rc<Leaf>, u8, Rc<Leaf>),
    Struct { value: Rc<Leaf>, number: u8 },
    Nested(Box<EveryVariant>),
    Empty {},
    Number = 40,
}

#[test]
fn an_enum() {
    assert_references(&Rc::new(EveryVariant::Unit), &[]);
    assert_references(&Rc::new(EveryVariant::Empty {}), &[]);
    assert_references(
        &Rc::new(EveryVariant::Tuple(leaf(), 1, leaf())),
        &["Tuple.0 -> Leaf", "Tuple.2 -> Leaf"],
    );
    let inner = EveryVariant::Struct {
        value: leaf(),
        number: 1,
    };
    assert_references(
        &Rc::new(EveryVariant::Nested(Box::new(inner))),
        &["Nested.0.Struct.value -> Leaf"],
    );
    assert_fields::<EveryVariant>(&[
        "Tuple.0: Rc<Leaf>, Full",
        "Tuple.1: u8, Full",
        "Tuple.2: Rc<Leaf>, Full",
        "Struct.value: Rc<Leaf>, Full",
        "Struct.number: u8, Full",
        "Nested.0: Box<EveryVariant>, Full",
    ]);
}

#[derive(Clone, Copy, Tracked)]
#[repr(u8)]
enum Plain {
    One = 1,
    Two = 2,
}

#[derive(Tracked)]
enum Never {}

#[test]
fn enums_of_nothing() {
    assert_references(&Rc::new([Plain::One, Plain::Two]), &[]);
    assert_references(&Rc::new(None::<Never>), &[]);
    assert_fields::<Plain>(&[]);
    assert_fields::<Never>(&[]);
}

#[derive(Tracked)]
struct Containers {
    by_name: HashMap<String, Rc<Leaf>>,
    sorted: BTreeMap<Rc<str>, Vec<(u8, Rc<Leaf>)>>,
    queue: VecDeque<Option<Rc<Leaf>>>,
    result: Result<Rc<Leaf>, String>,
    boxed: Box<[Rc<Leaf>]>,
    locked: Mutex<Option<Arc<Leaf>>>,
    read: RwLock<Vec<Arc<Leaf>>>,
}

#[test]
fn containers_of_std() {
    let value = Rc::new(Containers {
        by_name: HashMap::from([("one".to_owned(), leaf())]),
        sorted: BTreeMap::new(),
        queue: VecDeque::from([None, Some(leaf())]),
        result: Ok(leaf()),
        boxed: Box::new([leaf()]),
        locked: Mutex::new(Some(Arc::new(Leaf(1)))),
        read: RwLock::new(vec![Arc::new(Leaf(1))]),
    });
    assert_references(
        &value,
        &[
            "boxed[0] -> Leaf",
            "by_name[*] -> Leaf",
            "locked -> Leaf",
            "queue[1] -> Leaf",
            "read[0] -> Leaf",
            "result -> Leaf",
        ],
    );
}

#[derive(Tracked)]
struct BusyCells {
    cell: RefCell<Rc<Leaf>>,
    lock: Mutex<Rc<Leaf>>,
    seen: RefCell<Rc<Leaf>>,
}

#[test]
fn busy_cells_are_reported() {
    let value = Rc::new(BusyCells {
        cell: RefCell::new(leaf()),
        lock: Mutex::new(leaf()),
        seen: RefCell::new(leaf()),
    });
    let _cell = value.cell.borrow_mut();
    let _lock = value.lock.lock();
    let _seen = value.seen.borrow();
    assert_references(
        &value,
        &["seen -> Leaf", "cell: busy Rc<Leaf>", "lock: busy Rc<Leaf>"],
    );
}

#[derive(Tracked)]
struct PhantomOwner {
    ghost: PhantomData<Rc<Leaf>>,
    function: fn(&Leaf) -> Rc<Leaf>,
    real: Rc<Leaf>,
}

#[test]
fn phantom_data_holds_nothing() {
    let value = Rc::new(PhantomOwner {
        ghost: PhantomData,
        function: |_| leaf(),
        real: leaf(),
    });
    assert_references(&value, &["real -> Leaf"]);
    assert_fields::<PhantomOwner>(&[
        "ghost: PhantomData<Rc<Leaf>>, Full",
        "function: fn(&Leaf) -> Rc<Leaf>, Harmless",
        "real: Rc<Leaf>, Full",
    ]);
}

#[derive(Tracked)]
struct InstanceOwner {
    leaf: Rc<Leaf>,
    id: Instance<Self>,
}

#[derive(Tracked)]
struct Owner {
    items: Vec<InstanceOwner>,
}

#[test]
fn an_instance_is_a_node_of_its_own() {
    let owner = Rc::new(Owner {
        items: vec![InstanceOwner {
            leaf: leaf(),
            id: Instance::new(),
        }],
    });
    assert_references(&owner, &["items[0] -> InstanceOwner"]);
    assert_references(&owner.items[0].id, &["leaf -> Leaf"]);
}

#[derive(Tracked)]
struct Generic<T> {
    value: T,
    items: Vec<T>,
}

#[derive(Tracked)]
struct GenericOwner {
    generic: Generic<InstanceOwner>,
}

#[test]
fn an_instance_behind_a_type_parameter_is_a_node_of_its_own() {
    let owned = || InstanceOwner {
        leaf: leaf(),
        id: Instance::new(),
    };
    let owner = Rc::new(GenericOwner {
        generic: Generic {
            value: owned(),
            items: vec![owned()],
        },
    });
    assert_references(
        &owner,
        &[
            "generic.items[0] -> InstanceOwner",
            "generic.value -> InstanceOwner",
        ],
    );
    assert_references(&owner.generic.value.id, &["leaf -> Leaf"]);
    assert_references(&owner.generic.items[0].id, &["leaf -> Leaf"]);
}

#[derive(Tracked)]
struct DropImpl(Rc<Leaf>);

impl Drop for DropImpl {
    fn drop(&mut self) {}
}

#[test]
fn a_drop_impl_is_recorded() {
    assert_references(&Rc::new(DropImpl(leaf())), &["0 -> Leaf"]);
    if objgraph::ENABLED {
        assert!(type_info::<DropImpl>().is_some_and(|info| info.implements_drop));
        assert!(type_info::<Leaf>().is_some_and(|info| !info.implements_drop));
        let declared = type_info::<DropImpl>().and_then(|info| info.declared.clone());
        assert!(declared.is_some_and(|site| site.file.ends_with("shapes.rs")));
    }
}

#[derive(Tracked)]
struct Tail {
    first: Rc<Leaf>,
    rest: [Option<Rc<Leaf>>],
}

#[test]
fn an_unsized_type_is_visited_behind_its_owner() {
    // Safe code can only make one from a type with a known length, which this is not; it must
    // build.
    let _: Option<fn(&Tail)> = None;
}

#[repr(C, packed)]
#[derive(Tracked)]
struct PackedFields {
    number: u8,
    leaf: Rc<Leaf>,
}

#[test]
fn a_packed_type_is_opaque_inside() {
    let value = Rc::new(PackedFields {
        number: 1,
        leaf: leaf(),
    });
    assert_references(&value, &["leaf: opaque Rc<Leaf>"]);
    assert_fields::<PackedFields>(&["number: u8, Opaque", "leaf: Rc<Leaf>, Opaque"]);
}

/// The last field is a parameter that may be unsized, so the type is sized only for some arguments.
#[test]
fn a_type_with_an_unsized_parameter_is_visited() {
    #[derive(Tracked)]
    struct Tail<T: ?Sized> {
        next: RefCell<Option<Rc<Tail<u16>>>>,
        rest: T,
    }
    let tail = Rc::new(Tail {
        next: RefCell::new(None),
        rest: 1_u16,
    });
    objgraph::register::<Tail<u16>>();
    *tail.next.borrow_mut() = Some(tail.clone());
    assert_references(&tail, &["next -> Tail<u16>"]);
    let slice: &Tail<[u16]> = &Tail {
        next: RefCell::new(None),
        rest: [tail.rest, 2],
    };
    assert_eq!(slice.rest, [1, 2]);
    *tail.next.borrow_mut() = None;
}
