//! Types with parameters.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::marker::PhantomData;

use objgraph::rc::{Rc, Weak};
use objgraph::{Tracked, alive::Visibility, unsize};

use crate::assertions::{assert_fields, assert_references, type_info};

#[derive(Tracked)]
struct A;

#[derive(Tracked)]
struct B(u8);

/// Only [`Owner`] has a field that names an instance of it, among types that are not generic.
#[derive(Tracked)]
struct Gen<T, U> {
    first: T,
    second: RefCell<Option<U>>,
    itself: RefCell<Option<Rc<Gen<T, U>>>>,
}

#[derive(Tracked)]
struct Owner {
    items: RefCell<Vec<Rc<Gen<A, Rc<B>>>>>,
}

#[test]
fn an_owner_registers_all_types_that_it_reaches() {
    let item = Rc::new(Gen {
        first: A,
        second: RefCell::new(Some(Rc::new(B(1)))),
        itself: RefCell::default(),
    });
    let owner = Rc::new(Owner {
        items: RefCell::new(vec![item.clone()]),
    });
    assert_references(&owner, &["items[0] -> Gen<A, Rc<B>>"]);
    assert_references(&item, &["second -> B"]);
    if objgraph::ENABLED {
        for known in [
            type_info::<Owner>(),
            type_info::<RefCell<Vec<Rc<Gen<A, Rc<B>>>>>>(),
            type_info::<Vec<Rc<Gen<A, Rc<B>>>>>(),
            type_info::<Gen<A, Rc<B>>>(),
            type_info::<RefCell<Option<Rc<B>>>>(),
            type_info::<A>(),
            type_info::<B>(),
        ] {
            assert!(known.is_some());
        }
    }
}

#[derive(Tracked)]
struct Slot<T> {
    value: T,
}

/// It sorts, is declared and is linked before or after the types that name it; the visibility of
/// `Slot::value` must not depend on that.
#[derive(Tracked)]
struct Zed(Rc<u8>);

#[derive(Tracked)]
struct Alpha(Rc<u8>);

/// Stands for a foreign type that owns nothing.
struct Plain(u8);

#[derive(Tracked)]
struct Slots {
    zed: Slot<Zed>,
    alpha: Slot<Alpha>,
    number: Slot<u64>,
    foreign: Slot<std::process::Command>,
    plain: Slot<Plain>,
}

type AlsoSlot = Slot<LateGeneric<u8>>;

#[derive(Tracked)]
struct NoArgumentOwner(Rc<AlsoSlot>);

#[derive(Tracked)]
struct LateGeneric<T>(Rc<T>);

#[test]
fn a_bare_parameter_is_looked_up() {
    let value = Rc::new(Slots {
        zed: Slot {
            value: Zed(Rc::new(1)),
        },
        alpha: Slot {
            value: Alpha(Rc::new(1)),
        },
        number: Slot { value: 1 },
        foreign: Slot {
            value: std::process::Command::new("true"),
        },
        plain: Slot { value: Plain(1) },
    });
    assert_references(
        &value,
        &[
            "alpha.value.0 -> u8",
            "zed.value.0 -> u8",
            "foreign.value: opaque Command",
        ],
    );
    assert_fields::<Slot<Zed>>(&["value: T, Full"]);
    assert_fields::<Slot<Alpha>>(&["value: T, Full"]);
    assert_fields::<Slot<u64>>(&["value: T, Full"]);
    assert_fields::<Slot<std::process::Command>>(&["value: T, Opaque"]);
    assert_fields::<Slot<Plain>>(&["value: T, Harmless"]);
}

#[test]
fn a_late_registration_applies_everywhere() {
    if !objgraph::ENABLED {
        return;
    }
    let visibility = || type_info::<AlsoSlot>().unwrap().fields[0].visibility;
    assert_eq!(visibility(), Visibility::Opaque);
    let value = Rc::new(NoArgumentOwner(Rc::new(Slot {
        value: LateGeneric(Rc::new(1)),
    })));
    assert_references(&value, &["0 -> Slot<LateGeneric<u8>>"]);
    assert_references(&value.0, &["value: opaque LateGeneric<u8>"]);

    objgraph::register::<LateGeneric<u8>>();
    assert_eq!(visibility(), Visibility::Full);
    assert_references(&value.0, &["value.0 -> u8"]);
}

#[derive(Tracked)]
struct Defaults<T = Rc<u8>, const N: usize = 2>
where
    T: Clone,
{
    items: [T; N],
    last: Option<T>,
}

#[derive(Tracked)]
struct DefaultsOwner {
    all: Defaults,
    some: Defaults<Rc<u16>>,
    none: Box<Defaults<Rc<u32>, { 1 + 2 }>>,
}

#[test]
fn defaults_and_constants() {
    let value = Rc::new(DefaultsOwner {
        all: Defaults {
            items: [Rc::new(1), Rc::new(1)],
            last: Some(Rc::new(1)),
        },
        some: Defaults {
            items: [Rc::new(1), Rc::new(1)],
            last: None,
        },
        none: Box::new(Defaults {
            items: [Rc::new(1), Rc::new(1), Rc::new(1)],
            last: None,
        }),
    });
    assert_references(
        &value,
        &[
            "all.items[0] -> u8",
            "all.items[1] -> u8",
            "all.last -> u8",
            "none.items[0] -> u32",
            "none.items[1] -> u32",
            "none.items[2] -> u32",
            "some.items[0] -> u16",
            "some.items[1] -> u16",
        ],
    );
}

const LENGTH: usize = 2;

/// `B` is a type, too.
#[derive(Tracked)]
struct FixedArrays<const N: usize, const B: bool>([Rc<u8>; N], [Rc<u16>; LENGTH]);

#[derive(Tracked)]
struct FixedArraysOwner(
    FixedArrays<LENGTH, true>,
    FixedArrays<{ LENGTH - 1 }, false>,
);

#[test]
fn constants_from_elsewhere() {
    let value = Rc::new(FixedArraysOwner(
        FixedArrays([Rc::new(1), Rc::new(1)], [Rc::new(1), Rc::new(1)]),
        FixedArrays([Rc::new(1)], [Rc::new(1), Rc::new(1)]),
    ));
    assert_references(
        &value,
        &[
            "0.0[0] -> u8",
            "0.0[1] -> u8",
            "0.1[0] -> u16",
            "0.1[1] -> u16",
            "1.0[0] -> u8",
            "1.1[0] -> u16",
            "1.1[1] -> u16",
        ],
    );
}

#[derive(Tracked)]
struct Borrower<'a, 'b: 'a, T> {
    name: &'a str,
    leaf: &'b Rc<u8>,
    list: Vec<&'a Rc<u8>>,
    own: Rc<u8>,
    cell: RefCell<Option<Rc<T>>>,
    maybe: Option<ShortBorrow<'a>>,
}

#[derive(Tracked)]
struct ShortBorrow<'a> {
    text: std::borrow::Cow<'a, str>,
    own: Rc<u8>,
}

#[test]
fn lifetimes_on_a_value() {
    let text = String::from("text");
    let leaf = Rc::new(1_u8);
    let value = Borrower {
        name: &text,
        leaf: &leaf,
        list: vec![&leaf],
        own: leaf.clone(),
        cell: RefCell::new(Some(Rc::new(2_u16))),
        maybe: Some(ShortBorrow {
            text: text.as_str().into(),
            own: leaf.clone(),
        }),
    };
    if !objgraph::ENABLED {
        return;
    }
    let (snapshot, starts) = objgraph::core::snapshot_with(&[&value], Default::default());
    let edges = snapshot
        .edges(starts[0])
        .filter(|edge| edge.is_strong() && snapshot.node(edge.target()).pointer_kind().counts());
    let mut paths: Vec<_> = edges.map(|edge| edge.path()).collect();
    paths.sort();
    assert_eq!(paths, ["cell", "maybe.own", "own"]);
}

trait Backend: 'static {
    type Handle;
    type Error<T>;
    const NAME: &'static str;
}

struct Memory;

impl Backend for Memory {
    type Handle = Rc<u8>;
    type Error<T> = Vec<T>;
    const NAME: &'static str = "memory";
}

#[derive(Tracked)]
struct Store<K, S: Backend>
where
    K: Eq + Hash,
    S::Handle: 'static,
{
    by_key: HashMap<K, S::Handle>,
    last: Option<<S as Backend>::Handle>,
    failed: RefCell<Vec<<S as Backend>::Error<Rc<u16>>>>,
    backend: PhantomData<S>,
}

trait Marker {}

#[derive(Tracked)]
struct SelfBound<T, const N: usize>
where
    Self: Marker,
    (Self, T): Sized,
{
    items: [Option<Rc<T>>; N],
    inner: Option<Box<Self>>,
}

impl<T, const N: usize> Marker for SelfBound<T, N> {}

#[derive(Tracked)]
struct SelfBoundOwner(SelfBound<u8, 1>);

#[test]
fn a_where_clause_about_itself() {
    let value = SelfBound {
        items: [Some(Rc::new(1))],
        inner: None,
    };
    let value = SelfBound {
        items: [None],
        inner: Some(Box::new(value)),
    };
    assert_references(&Rc::new(SelfBoundOwner(value)), &["0.inner.items[0] -> u8"]);
}

#[derive(Tracked)]
struct App {
    store: Store<u8, Memory>,
}

#[test]
fn associated_types_and_where_clauses() {
    let value = Rc::new(App {
        store: Store {
            by_key: HashMap::from([(1, Rc::new(1))]),
            last: Some(Rc::new(1)),
            failed: RefCell::new(vec![vec![Rc::new(1)]]),
            backend: PhantomData,
        },
    });
    // An associated type is looked up like a parameter: `Rc<u8>` is known.
    assert_references(
        &value,
        &[
            "store.by_key[*] -> u8",
            "store.last -> u8",
            "store.failed[0]: opaque Vec<Rc<u16>>",
        ],
    );
}

#[derive(Tracked)]
struct Maybe<T: ?Sized> {
    strong: Box<T>,
    shared: Option<Rc<T>>,
    weak: Option<Weak<T>>,
}

#[derive(Tracked)]
struct MaybeOwner(Maybe<str>, Maybe<dyn Shape>, Maybe<[Rc<u8>]>);

trait Shape {
    fn area(&self) -> f64 {
        0.0
    }
}

#[derive(Tracked)]
struct Group {
    shapes: RefCell<Vec<Rc<dyn Shape>>>,
    drawn: RefCell<Weak<dyn Shape>>,
}

#[derive(Tracked)]
struct ScaledShape<T> {
    inner: T,
}

impl Shape for Group {}
impl<T: 'static> Shape for ScaledShape<T> {}

#[test]
fn a_trait_object_is_seen_through_its_concrete_type() {
    let inner = Rc::new(Group {
        shapes: RefCell::default(),
        drawn: RefCell::new(unsize!(Weak::<Group>::new() => dyn Shape)),
    });
    let shape: Rc<dyn Shape> = unsize!(inner.clone() => dyn Shape);
    let outer = Rc::new(Group {
        shapes: RefCell::new(vec![shape.clone()]),
        drawn: RefCell::new(Rc::downgrade(&shape)),
    });
    inner
        .shapes
        .borrow_mut()
        .push(unsize!(outer.clone() => dyn Shape));
    assert_references(&outer, &["drawn ~> Group", "shapes[0] -> Group"]);
    assert_references(&inner, &["shapes[0] -> Group"]);
    inner.shapes.borrow_mut().clear();
    assert!(shape.area() < 1.0);
}

#[cfg_attr(feature = "nightly", ignore = "no type has to be registered")]
#[test]
fn a_generic_behind_a_trait_object_is_registered_by_hand() {
    let leaf = Rc::new(1_u8);
    let scaled = Rc::new(ScaledShape { inner: leaf });
    let group = Rc::new(Group {
        shapes: RefCell::new(vec![unsize!(scaled.clone() => dyn Shape)]),
        drawn: RefCell::new(unsize!(Weak::<Group>::new() => dyn Shape)),
    });
    assert_references(&group, &["shapes[0] -> ScaledShape<Rc<u8>>"]);
    assert_references(&scaled, &[]);
    objgraph::register::<ScaledShape<Rc<u8>>>();
    assert_references(&scaled, &["inner -> u8"]);
}

#[test]
fn parameters_without_a_size() {
    let value = Rc::new(MaybeOwner(
        Maybe {
            strong: "text".into(),
            shared: None,
            weak: None,
        },
        Maybe {
            strong: Box::new(ScaledShape { inner: 1 }),
            shared: Some(unsize!(Rc::new(ScaledShape { inner: 1_u8 }) => dyn Shape)),
            weak: Some(unsize!(Weak::<Group>::new() => dyn Shape)),
        },
        Maybe {
            strong: Box::new([Rc::new(1)]),
            shared: Some(unsize!(Rc::new([Rc::new(1_u8)]) => [Rc<u8>])),
            weak: Some(unsize!(Weak::<[Rc<u8>; 1]>::new() => [Rc<u8>])),
        },
    ));
    assert_references(
        &value,
        &[
            "1.shared -> ScaledShape<u8>",
            "2.shared -> [Rc<u8>; 1]",
            "0.strong: opaque Box<str>",
            "1.strong: opaque Box<dyn Shape>",
            "2.strong: opaque Box<[Rc<u8>]>",
        ],
    );
}
