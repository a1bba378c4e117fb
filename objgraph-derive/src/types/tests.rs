//! Facts that the text of a type reveals.

use std::collections::HashSet;

use super::*;
use crate::ast::Input;
use crate::errors::Errors;

/// Calls `check` with the type of the only field of `source`.
pub(crate) fn with_field<R>(source: &str, check: impl FnOnce(&Type, &Scope<'_>) -> R) -> R {
    let input = syn::parse_str(source).unwrap();
    let input = Input::new(&input, &mut Errors::default());
    let scope = Scope::new(&input);
    let (field, _) = input.fields().next().unwrap();
    check(field.ty, &scope)
}

/// Returns the types named inside `ty`, the field of `struct S<params>`.
fn named_in(params: &str, ty: &str) -> Vec<String> {
    with_field(&format!("struct S<{params}>({ty});"), |ty, scope| {
        let mut found = Vec::new();
        collect_named_types(ty, scope, &mut HashSet::new(), &mut found);
        let registered = found.into_iter().filter_map(|named| match named {
            NamedType::Type(ty) => Some(text(ty)),
            NamedType::Plain(_) | NamedType::Unless(..) => None,
            NamedType::Argument(ty, index) => Some(format!("{index} of {}", text(ty))),
        });
        registered.collect()
    })
}

/// Returns whether `ty`, the field of `struct S<params>`, may not be `'static`.
fn is_short(params: &str, ty: &str) -> bool {
    with_field(&format!("struct S<{params}>({ty});"), |ty, scope| {
        scope.may_be_short(ty)
    })
}

#[test]
fn types_are_named_at_every_depth_and_once() {
    assert_eq!(
        named_in("", "RefCell<Vec<Rc<Gen<A2b, Rc<Bc>>>>>"),
        [
            "A2b",
            "Bc",
            "Rc<Bc>",
            "Gen<A2b, Rc<Bc>>",
            "Vec<Rc<Gen<A2b, Rc<Bc>>>>",
        ]
    );
    assert_eq!(
        named_in("", "(Foo, [Bar; 2], (Foo, ()))"),
        ["Foo", "Bar", "[Bar; 2]", "()", "(Foo, ())"]
    );
    assert_eq!(named_in("", "a::B<Cc>::D<::e::F>"), ["Cc", "::e::F"]);
    assert_eq!(named_in("T, const N: usize", "Gen<T, N, { N }, 3>"), ["T"]);
}

#[test]
fn types_that_are_not_owned_are_left_out() {
    for ty in [
        "u8",
        "Rc<dyn Fn(Foo) -> Bar>",
        "Box<dyn Iterator<Item = Foo>>",
        "Rc<str>",
        "&'static Rc<Foo>",
        "*const Rc<Foo>",
        "fn(Foo) -> Bar",
        "made!(Foo)",
        "Gen<Item = Foo>",
        "<Vec<Foo> as IntoIterator>::Item",
        "Vec<made!(Foo)>",
    ] {
        assert_eq!(named_in("", ty), [""; 0], "{ty}");
    }
    assert_eq!(named_in("", "Rc<[Foo]>"), ["Foo"]);
    assert_eq!(named_in("", "Rc<&'static Foo>"), ["&'static Foo"]);
    assert_eq!(
        named_in("'a", "Gen<&'a Foo, Bar<'a, Rc<Baz>>>"),
        ["Baz", "Rc<Baz>"]
    );
    assert_eq!(named_in("T: ?Sized", "Rc<T>"), [""; 0]);
}

#[test]
fn arguments_that_look_like_constants_are_left_out() {
    assert_eq!(named_in("", "Buf<MAX_LEN>"), [""; 0]);
    assert_eq!(named_in("", "Buf<N>"), [""; 0]);
    assert_eq!(named_in("const n: usize", "Buf<n>"), [""; 0]);
    assert_eq!(named_in("", "Gen<m::A, Ab>"), ["m::A", "Ab"]);
    assert_eq!(
        named_in("KEY, T", "Gen<KEY, T>"),
        ["KEY", "T"],
        "parameters are types"
    );
    // std takes types there, but a program's own type of that name may take a constant.
    assert_eq!(named_in("", "Vec<Rc<DB>>"), ["0 of Rc<DB>"]);
    assert_eq!(
        named_in("", "HashMap<Key, DB, CAP>"),
        ["1 of HashMap<Key, DB, CAP>", "Key"]
    );
    assert_eq!(named_in("", "Vec<Foo, cap>"), ["Foo"]);
}

#[test]
fn lifetimes_are_found_where_they_are_free() {
    for ty in [
        "&'a u8",
        "Gen<'a>",
        "Vec<(u8, Gen<&'a u8>)>",
        "Box<dyn Foo + 'a>",
        "fn(&'a u8)",
        "Option<Box<Self>>",
        "m!(&'a u8)",
    ] {
        assert!(is_short("'a", ty), "{ty}");
    }
    for ty in [
        "&'static u8",
        "Gen<'static>",
        "for<'x> fn(&'x u8)",
        "Box<dyn for<'x> Foo<'x> + 'static>",
        "Box<dyn Fn(&u8) -> Ref<'_, u8>>",
        "a::Foo",
    ] {
        assert!(!is_short("'a", ty), "{ty}");
    }
    assert!(!is_short("T", "Option<Box<Self>>"));
}

#[test]
fn a_bound_without_static_makes_a_parameter_short() {
    let is_short = |source| with_field(source, |ty, scope| scope.may_be_short(ty));
    assert!(!is_short("struct S<T>(Vec<T>);"));
    assert!(is_short(
        "#[tracked(bound = \"T: Clone\")] struct S<T>(Vec<T>);"
    ));
    assert!(is_short("#[tracked(bound = \"\")] struct S<T>(Box<Self>);"));
    assert!(!is_short(
        "#[tracked(bound = \"T: Clone + 'static\")] struct S<T>(Vec<T>);"
    ));
    assert!(!is_short(
        "#[tracked(bound = \"\")] struct S<T: 'static>(Vec<T>);"
    ));
    assert!(!is_short(
        "#[tracked(bound = \"\")] struct S<T>(Vec<T>) where T: 'static;"
    ));
    assert!(!is_short(
        "#[tracked(bound = \"T: Clone\")] struct S<T>(Vec<u8>);"
    ));
}

#[test]
fn types_that_may_require_static_are_found() {
    let may_require =
        |ty: &str| with_field(&format!("struct S<'a, T>({ty}, T);"), may_require_static);
    for ty in [
        "Rc<&'a u8>",
        "Option<Arc<Foo<'a>>>",
        "&'a Weak<dyn Foo + 'a>",
        "Vec<(u8, Gen<&'a u8>)>",
        "Rc<Self>",
        "S<'a, &'a u8>",
        "<&'a u8 as Foo>::Out",
    ] {
        assert!(may_require(ty), "{ty}");
    }
    for ty in [
        "&'a u8",
        "Foo<'a>",
        "Vec<Option<&'a u8>>",
        "Cow<'a, [&'a u8]>",
        "&'a Rc<u8>",
        "Ref<'a, Rc<T>>",
        "Box<S<'a, T>>",
        "Box<Self>",
        "Box<dyn Foo + 'a>",
    ] {
        assert!(!may_require(ty), "{ty}");
    }
}

#[test]
fn strict_requires_the_types_that_are_no_parameters() {
    let required = |ty: &str| {
        with_field(&format!("struct S<T, H>({ty}, H);"), |ty, scope| {
            required(ty, scope)
                .into_iter()
                .map(text)
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(required("Vec<Foo>"), ["Vec<Foo>"]);
    assert_eq!(required("T"), [""; 0]);
    assert_eq!(required("T::Item"), [""; 0]);
    assert_eq!(required("Option<Rc<T>>"), [""; 0]);
    assert_eq!(required("HashMap<Foo, (T, Bar), H>"), ["Foo", "Bar"]);
    assert_eq!(required("Gen<T>"), ["Gen<T>"]);
    assert_eq!(required("PhantomData<T>"), [""; 0]);
}

#[test]
fn an_instance_has_one_argument() {
    let is = |ty: &str| is_instance(&syn::parse_str(ty).unwrap());
    assert!(is("Instance<Self>") && is("objgraph::Instance<Foo>"));
    assert!(!is("Instance") && !is("ash::Instance") && !is("Option<Instance<Self>>"));
}
