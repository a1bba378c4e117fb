//! Growing steps, judging by the names in a type.

use super::*;
use crate::types::tests::with_field;

/// Returns the growing steps in `ty`, the field of `struct S<T, U, N>`.
fn steps_in(ty: &str) -> Vec<String> {
    with_field(&source(ty), |ty, scope| {
        growing_steps(ty, scope).into_iter().map(text).collect()
    })
}

/// Returns the types that must be finite for `struct S<T, U, N>` with a field `ty` to be finite.
fn required_for(ty: &str) -> Option<Vec<String>> {
    with_field(&source(ty), |ty, scope| {
        let mut found = Vec::new();
        steps(ty, scope, &mut found)?;
        Some(found.into_iter().map(text).collect())
    })
}

fn source(ty: &str) -> String {
    format!("struct S<T, U, const N: usize>({ty}, U);")
}

#[test]
fn growing_steps_are_found() {
    for (ty, steps) in [
        ("Level<(T, T)>", &["Level<(T, T)>"][..]),
        ("Option<&'static Level<[T; N]>>", &["Level<[T; N]>"]),
        (
            "[a::Level<&'static T, u8>; 2]",
            &["a::Level<&'static T, u8>"],
        ),
        ("Level<fn(T)>", &["Level<fn(T)>"]),
        ("Level<Box<dyn Foo<T>>>", &["Level<Box<dyn Foo<T>>>"]),
        ("Level<T::Next, U>", &["Level<T::Next, U>"]),
        ("Level<Self>", &["Level<Self>"]),
        ("S<Vec<T>, U, N>", &["S<Vec<T>, U, N>"]),
        (
            "Arena<Node<Vec<T>>>",
            &["Arena<Node<Vec<T>>>", "Node<Vec<T>>"],
        ),
        ("(Slot<T>, Vec<Arena<Slot<T>>>)", &["Arena<Slot<T>>"]),
        ("&'static level!(T)", &["level!(T)"]),
    ] {
        assert_eq!(steps_in(ty), steps, "{ty}");
    }
}

#[test]
fn other_steps_do_not_grow() {
    for ty in [
        "Level<T>",
        "Level<U, T, N, { N }>",
        "Level<Vec<u8>>",
        "S<U, T, N>",
        "Self",
        "Vec<Option<Box<T>>>",
        "HashMap<T, Vec<U>>",
        // A visit stops at a counted pointer.
        "RefCell<Weak<Level<(T, T)>>>",
        "T::Ptr<Vec<T>>",
        "<T as Foo<(T, T)>>::Bar",
        "fn(Level<(T, T)>)",
        "Box<dyn Foo<Level<(T, T)>>>",
        "*const Level<(T, T)>",
        "level!(u8)",
    ] {
        assert_eq!(steps_in(ty), [""; 0], "{ty}");
    }
    let without_parameters = with_field("struct S<'a>(Level<(&'a u8, u8)>);", |ty, scope| {
        growing_steps(ty, scope).len()
    });
    assert_eq!(without_parameters, 0);
}

#[test]
fn a_type_in_larger_instances_of_itself_grows() {
    let is_growing = |ty: &str| with_field(&source(ty), is_growing);
    assert!(is_growing("Option<&'static S<Vec<T>, U, N>>"));
    assert!(is_growing("Vec<a::S<u8, S<T, U, N>, N>>"));
    assert!(!is_growing("Vec<Level<Vec<T>>>"));
    assert!(!is_growing("Box<S<U, T, N>>"));
}

#[test]
fn generic_types_that_a_field_names_must_be_finite() {
    for (ty, types) in [
        ("Vec<(T, u8)>", Some(&[][..])),
        ("Level<u8>", Some(&[])),
        ("Option<Rc<S<T, U, N>>>", Some(&[])),
        ("Box<Self>", Some(&[])),
        ("T::Next", Some(&[])),
        ("Rc<Level<T>>", Some(&["Level<T>"])),
        ("&'static [Slot<Vec<U>>]", Some(&["Slot<Vec<U>>"])),
        ("S<U, T, N>", Some(&["S<U, T, N>"])),
        ("Arena<Slot<T>>", Some(&["Arena<Slot<T>>", "Slot<T>"])),
        ("<Slot<T> as Foo>::Bar", None),
        ("Vec<level!(T)>", None),
        ("Vec<level!(u8)>", Some(&[])),
    ] {
        let types = types.map(|types| types.iter().map(ToString::to_string).collect());
        assert_eq!(required_for(ty), types, "{ty}");
    }
}

#[test]
fn many_steps_cost_more_than_few() {
    let cost = |ty: &str| with_field(&source(ty), |ty, scope| step_cost([ty].into_iter(), scope));
    assert_eq!(cost("Level<T>"), 0);
    assert_eq!(cost("Rc<Level<(T, T)>>"), 1);
    assert_eq!(cost("(A<(T, T)>, A<(T, T)>, B<(T, T)>, C<(T, T)>)"), 1);
    assert_eq!(
        cost("(A<[T; 1]>, Rc<A<[T; 2]>>, &'static A<[T; 3]>, A<[T; 4]>)"),
        2
    );
    let many: String = (0..11).map(|index| format!("A<[T; {index}]>,")).collect();
    assert_eq!(cost(&format!("({many})")), 4);
}

#[test]
fn names_are_numbered_without_their_path() {
    let number = |ty: &str| name_of(&syn::parse_str(ty).unwrap());
    assert_eq!(number("a::b::Arena<u8>"), number("Arena"));
    assert_eq!(number("r#type<u8>"), number("type_::r#type"));
    assert_ne!(number("Arena"), number("Arenas"));
    // The number of `Range` in `objgraph-core`.
    assert_eq!(number("Range<T>"), 0x122E_9F78_24A2_AF12);
}
