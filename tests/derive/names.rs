//! Names that are unusual, hidden, shadowed, or come from macros.

#![allow(non_camel_case_types, reason = "keywords are lower case")]

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::assertions::{assert_fields, assert_references};

#[derive(Tracked)]
struct r#struct {
    r#type: Rc<u8>,
    r#fn: Option<Rc<r#enum>>,
}

#[derive(Tracked)]
enum r#enum {
    r#match(Rc<u8>),
    r#if { r#else: Rc<u8> },
}

#[test]
fn raw_identifiers() {
    let value = Rc::new(r#struct {
        r#type: Rc::new(1),
        r#fn: Some(Rc::new(r#enum::r#match(Rc::new(1)))),
    });
    assert_references(&value, &["fn -> enum", "type -> u8"]);
    let variant = r#enum::r#if { r#else: Rc::new(1) };
    assert_references(&Rc::new(variant), &["if.else -> u8"]);
    assert_fields::<r#struct>(&["type: Rc<u8>, Full", "fn: Option<Rc<r#enum>>, Full"]);
}

#[test]
fn types_inside_functions() {
    #[derive(Tracked)]
    struct Local {
        inner: Rc<Inner>,
    }
    #[derive(Tracked)]
    struct Inner(Vec<Rc<u8>>);

    let value = Rc::new(Local {
        inner: Rc::new(Inner(vec![Rc::new(1)])),
    });
    assert_references(&value, &["inner -> Inner"]);
    assert_references(&value.inner, &["0[0] -> u8"]);
    let closure = || {
        #[derive(Tracked)]
        enum InClosure {
            One(Rc<Local>),
        }
        assert_references(&Rc::new(InClosure::One(value.clone())), &["One.0 -> Local"]);
    };
    closure();
}

macro_rules! declare {
    ($(#[$attr:meta])* $name:ident { $($field:ident: $ty:ty),* }) => {
        $(#[$attr])*
        #[derive(Tracked)]
        struct $name {
            $($field: $ty,)*
            hygienic: Vec<$crate::names::SharedVec<$($ty),*>>,
        }
    };
}

type SharedVec<T> = Rc<Vec<T>>;

declare! {
    /// It has an attribute.
    ByMacro { value: Rc<u8> }
}

macro_rules! variants {
    ($name:ident<$param:ident> = $($variant:ident($ty:ty))|*) => {
        #[derive(Tracked)]
        enum $name<$param> { $($variant($ty)),* }
    };
}

variants!(Variants<T> = One(Rc<T>) | Many(Vec<Rc<T>>));

#[derive(Tracked)]
struct VariantsOwner(Variants<u8>);

#[test]
fn behind_macros() {
    let one = Rc::new(1);
    let value = Rc::new(ByMacro {
        value: one.clone(),
        hygienic: vec![Rc::new(vec![one.clone()])],
    });
    assert_references(&value, &["hygienic[0] -> Vec<Rc<u8>>", "value -> u8"]);
    assert_references(&value.hygienic[0], &["[0] -> u8"]);
    assert_fields::<ByMacro>(&[
        "value: Rc<u8>, Full",
        "hygienic: Vec<crate::names::SharedVec<Rc<u8>>>, Full",
    ]);
    assert_references(
        &Rc::new(VariantsOwner(Variants::Many(vec![one.clone()]))),
        &["0.Many.0[0] -> u8"],
    );
    assert_references(
        &Rc::new(VariantsOwner(Variants::One(one))),
        &["0.One.0 -> u8"],
    );
}

mod renamed {
    /// Stands for a renamed or re-exported dependency.
    pub(crate) mod re {
        pub(crate) use objgraph as exported;
    }

    pub(crate) mod objgraph {}

    #[derive(re::exported::Tracked)]
    #[tracked(crate = re::exported)]
    pub(crate) struct RenamedGeneric<T> {
        pub(crate) value: re::exported::rc::Rc<T>,
    }

    #[derive(re::exported::Tracked)]
    #[tracked(crate = self::re::exported)]
    pub(crate) struct Holder(pub(crate) RenamedGeneric<u8>);
}

#[test]
fn a_renamed_dependency() {
    let value = renamed::RenamedGeneric { value: Rc::new(1) };
    let value = Rc::new(renamed::Holder(value));
    assert_references(&value, &["0.value -> u8"]);
}

/// Every name that the expansion could use is missing here, or means something else.
#[allow(unused, reason = "they are there to be in the way")]
mod shadowed {
    #![no_implicit_prelude]

    use ::objgraph::Tracked;

    pub(crate) struct Option;
    pub(crate) struct Some;
    pub(crate) struct Clone;
    pub(crate) struct Into;
    pub(crate) struct Sized;
    pub(crate) struct Visitor;
    pub(crate) struct Cell;
    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod objgraph {}

    #[derive(Tracked)]
    pub(crate) struct Neighbour<T> {
        pub(crate) value: ::objgraph::rc::Rc<T>,
        pub(crate) clone: ::objgraph::rc::Rc<u8>,
    }

    #[derive(Tracked)]
    pub(crate) enum NeighbourVariants {
        Some(::objgraph::rc::Rc<u8>),
        None,
        Visit { visitor: Neighbour<u8> },
    }
}

#[test]
fn names_that_hide_those_of_std() {
    let one = Rc::new(1);
    let visitor = shadowed::Neighbour {
        value: one.clone(),
        clone: one,
    };
    assert_references(
        &Rc::new(shadowed::NeighbourVariants::Visit { visitor }),
        &["Visit.visitor.clone -> u8", "Visit.visitor.value -> u8"],
    );
}

/// A type whose methods have the names of those that the expansion calls.
#[derive(Tracked)]
struct Methods {
    value: Rc<u8>,
    items: Vec<Rc<u8>>,
}

impl Methods {
    fn visit(&self) {}
    fn register() {}
    fn label(&self) {}
    fn clone(&self) {}
    fn __visit(&self) {}
    fn take(&self) {}
}

#[test]
fn methods_of_the_same_names() {
    let value = Rc::new(Methods {
        value: Rc::new(1),
        items: vec![Rc::new(1)],
    });
    assert_references(&value, &["items[0] -> u8", "value -> u8"]);
}

mod namesake {
    use super::{Rc, Tracked};

    /// Has the name of a type of std without references.
    #[derive(Tracked)]
    pub(super) struct String(pub(super) Rc<u8>);
}

#[test]
fn a_namesake_of_a_plain_type_is_traced() {
    use namesake::String;

    #[derive(Tracked)]
    struct NamedFields {
        name: String,
        size: Option<u8>,
    }
    #[derive(Tracked)]
    struct Plain(std::string::String, Vec<(u8, f32)>);

    let named = Rc::new(NamedFields {
        name: String(Rc::new(1)),
        size: None,
    });
    assert_references(&named, &["name.0 -> u8"]);
    assert_fields::<NamedFields>(&["name: String, Full", "size: Option<u8>, Full"]);
    assert_references(&Rc::new(Plain("a".to_owned(), vec![(1, 1.0)])), &[]);
    assert_fields::<Plain>(&["0: std::string::String, Full", "1: Vec<(u8, f32)>, Full"]);
    assert_eq!(named.size, None);
}
