//! Each error in an attribute has its message.

use crate::ast::Input;
use crate::errors::Errors;
use crate::valid;

/// Returns the errors of the whole input.
fn errors(source: &str) -> Vec<String> {
    let input = syn::parse_str(source).unwrap();
    let mut errors = Errors::default();
    let input = Input::new(&input, &mut errors);
    valid::check(&input, &mut errors);
    errors.messages()
}

/// Asserts that `source` has exactly one error, whose message starts with `expected`.
#[track_caller]
fn has_error(source: &str, expected: &str) {
    let errors = errors(source);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].starts_with(expected), "{errors:#?}");
}

/// Asserts an error about an attribute on a field.
#[track_caller]
fn on_field(attr: &str, expected: &str) {
    has_error(&format!("struct S {{ {attr} f: u8 }}"), expected);
}

/// Asserts an error about an attribute on the type.
#[track_caller]
fn on_type(attr: &str, expected: &str) {
    has_error(&format!("{attr} struct S;"), expected);
}

#[test]
fn allowed_attributes_are_no_errors() {
    for source in [
        "#[tracked(bound = \"T: Clone, U: 'static\", crate = a::b, strict, label = Self::f)] \
         struct S<T, U>(T, U);",
        "#[tracked(bound = \"\", no_label,)] #[tracked(crate = crate::x)] struct S<T>(T);",
        "struct S { #[tracked(skip)] a: u8, #[tracked(back, with = <T as F>::f::<A, B>)] b: u8 }",
        "enum E { #[tracked(skip)] A(#[tracked(skip)] u8), B(#[tracked(back)] u8), #[tracked()] C }",
        "#[repr(C, packed(2))] struct S(#[tracked(back)] u8, #[tracked(skip)] u8);",
        "#[serde(skip)] struct S(#[other::tracked(what)] u8);",
    ] {
        assert_eq!(errors(source), [""; 0], "{source}");
    }
}

#[test]
fn errors_about_unknown_and_misplaced_names_list_what_is_allowed() {
    on_field(
        "#[tracked(skp)]",
        "unknown `tracked` attribute `skp`; \
         allowed on a field: `skip`, `with = path` and `back`",
    );
    on_field(
        "#[tracked(bound = \"T: A\")]",
        "`bound` belongs on the type, not on a field; allowed on a field: `skip`",
    );
    on_type(
        "#[tracked(back)]",
        "`back` belongs on a field, not on the type; \
         allowed on the type: `bound = \"…\"`, `crate = path`, `strict`, `label = path` and `no_label`",
    );
    on_type(
        "#[tracked(skip)]",
        "`skip` belongs on a field or a variant, not on the type;",
    );
    has_error(
        "enum E { #[tracked(with = f)] A }",
        "`with` belongs on a field, not on a variant; allowed on a variant: `skip`",
    );
}

#[test]
fn errors_about_wrong_forms_show_the_right_one() {
    on_field(
        "#[tracked]",
        "expected `#[tracked(…)]`; allowed on a field:",
    );
    on_field("#[tracked = \"skip\"]", "expected `#[tracked(…)]`;");
    on_field(
        "#[tracked(\"skip\")]",
        "expected the name of an attribute; allowed on a field:",
    );
    on_field(
        "#[tracked(skip = true)]",
        "`skip` takes no value: write `#[tracked(skip)]`",
    );
    on_field("#[tracked(back(x))]", "`back` takes no value");
    on_field("#[tracked(skip skip)]", "`skip` takes no value");
    for attr in [
        "#[tracked(with)]",
        "#[tracked(with =)]",
        "#[tracked(with(f))]",
    ] {
        on_field(
            attr,
            "`with` needs the path of a function: `#[tracked(with = path)]`",
        );
    }
    on_field(
        "#[tracked(with = \"a::f\")]",
        "`with` takes a path without quotes: `#[tracked(with = a::f)]`",
    );
    on_field(
        "#[tracked(with = |x, v| ())]",
        "this is not a path; `with` needs the path of a function",
    );
    on_type(
        "#[tracked(crate)]",
        "`crate` needs the path of the objgraph crate",
    );
    on_type("#[tracked(crate = 3)]", "this is not a path;");
    on_type(
        "#[tracked(bound)]",
        "`bound` needs where-predicates in quotes:",
    );
    on_type(
        "#[tracked(bound = T)]",
        "`bound` needs where-predicates in quotes:",
    );
    on_type(
        "#[tracked(bound = \"T Clone\")]",
        "`bound` does not contain where-predicates: expected `:`",
    );
}

#[test]
fn repeated_names_are_errors() {
    on_field("#[tracked(skip, skip)]", "`skip` is given twice");
    on_field("#[tracked(back)] #[tracked(back)]", "`back` is given twice");
    on_type("#[tracked(strict, r#strict)]", "`strict` is given twice");
}

#[test]
fn contradictions_are_errors() {
    on_field(
        "#[tracked(skip, with = f)]",
        "`skip` and `with` contradict each other",
    );
    on_field(
        "#[tracked(back, skip)]",
        "`skip` and `back` contradict each other",
    );
    on_type(
        "#[tracked(label = f, no_label)]",
        "`label` and `no_label` contradict each other",
    );
    has_error(
        "enum E { #[tracked(skip)] A { #[tracked(back)] f: u8 } }",
        "`back` has no effect here: the variant `A` is skipped as a whole",
    );
    has_error(
        "#[repr(packed)] struct S(#[tracked(with = f)] u8);",
        "`with` borrows the field,",
    );
    has_error(
        "union U { a: u8 }",
        "`Tracked` cannot be derived for a union,",
    );
}

#[test]
fn strict_rejects_fields_that_no_bound_can_exclude() {
    for (source, field) in [
        ("#[tracked(strict)] #[repr(packed)] struct S { f: u8 }", "f"),
        ("#[tracked(strict)] struct S<T: ?Sized>(u8, T);", "1"),
        ("#[tracked(strict)] struct S<'a> { f: Rc<&'a u8> }", "f"),
        (
            "#[tracked(strict)] enum E<T> { A { f: Vec<E<Vec<T>>> } }",
            "A.f",
        ),
    ] {
        has_error(source, &format!("the field `{field}` cannot be visited: "));
    }
    assert_eq!(
        errors("#[tracked(strict)] #[repr(packed)] struct S(#[tracked(skip)] u8);"),
        [""; 0]
    );
}

#[test]
fn all_errors_are_reported_at_once() {
    let errors = errors(
        "#[tracked(nonsense, strict = 1, bound = \"?\")]
         enum E {
             #[tracked(back)] A(#[tracked(skip, back)] u8),
             B { #[tracked(with = 1, what)] f: u8 },
         }",
    );
    let starts: Vec<_> = errors
        .iter()
        .map(|error| error.split(&[';', ':'][..]).next().unwrap())
        .collect();
    assert_eq!(
        starts,
        [
            "unknown `tracked` attribute `nonsense`",
            "`strict` takes no value",
            "`bound` does not contain where-predicates",
            "`back` belongs on a field, not on a variant",
            "this is not a path",
            "unknown `tracked` attribute `what`",
            "`skip` and `back` contradict each other",
        ]
    );
}
