//! Properties of the generated code that can be checked without a compiler.

use crate::derive::derive;

/// Returns the expansion without white space.
fn expansion(source: &str) -> String {
    let tokens = derive(source.parse().unwrap());
    squeeze(&tokens.to_string())
}

fn squeeze(text: &str) -> String {
    text.replace(char::is_whitespace, "")
}

/// Asserts that the expansion of `source` contains `parts`, in this order.
#[track_caller]
fn has(source: &str, parts: &[&str]) {
    let expansion = expansion(source);
    let mut rest = expansion.as_str();
    for part in parts {
        let part = squeeze(part);
        match rest.find(&part) {
            Some(start) => rest = &rest[start + part.len()..],
            None => panic!("no `{part}` in `{rest}`, the rest of `{expansion}`"),
        }
    }
}

/// Asserts that the expansion of `source` contains none of `parts`.
#[track_caller]
fn lacks(source: &str, parts: &[&str]) {
    let expansion = expansion(source);
    for part in parts {
        assert!(
            !expansion.contains(&squeeze(part)),
            "`{part}` in `{expansion}`"
        );
    }
}

#[test]
fn tracking_on_and_off_are_gated() {
    has(
        "struct S;",
        &[
            "::objgraph::__private::on! { const _: () = {",
            "impl ::objgraph::Visit for S { fn visit<'__v>(&'__v self, __visitor: &mut ::objgraph::Visitor<'__v>) { }",
            "__p::pass_registration(<S as ::objgraph::Visit>::register::<__p::Full>)",
            "__p::submit! { Derived(&__Entry) }",
            "::objgraph::__private::off! { #[automatically_derived] impl ::objgraph::Visit for S { } }",
        ],
    );
    has(
        "#[tracked(crate = a::og)] struct S;",
        &["a::og::__private::on!", "impl a::og::Visit for S"],
    );
}

#[test]
fn fields_are_entered_by_name() {
    has(
        "struct S { r#type: Foo, #[tracked(back)] up: Weak<S>, n: u8, #[tracked(skip)] s: Foo }",
        &[
            "(&&&&__p::FieldProbe(__p::std::concat!(__p::std::module_path!(), \"::S#\", __p::std::line!(), \".type\"), &__value.r#type)).__field(__visitor);",
            "__visitor.__enter_back(",
            "\".up\"));",
            "(&&&&__p::Probe(&__value.up)).__visit(__visitor);",
            "__visitor.__leave(); }",
            "static __SPEC: __p::TypeSpec",
            "FieldSpec(\"type\", \"Foo\", (__p::ProbeResult::new(__p::TypeProbe::<Foo>::ROW, __p::ProbeResult::boxed(__p::TypeProbe::<Foo>::BOXED, __p::TypeProbe::<Foo>::OTHERWISE)), __p::std::any::type_name::<Foo>), false)",
            "FieldSpec(\"up\", \"Weak<S>\", (__p::ProbeResult::handle(__p::TypeProbe::<Weak<S> >::HANDLE, __p::TypeProbe::<Weak<S> >::LAZY),",
            "FieldSpec(\"n\", \"u8\", (__p::ProbeResult::Known(__p::Visibility::Full)",
            "FieldSpec(\"s\", \"Foo\", (__p::ProbeResult::Known(__p::Visibility::Skipped)",
        ],
    );
    has(
        "struct S(u8, Foo);",
        &["FieldProbe(", "\".1\"), &__value.1)"],
    );
}

#[test]
fn variants_bind_the_fields_that_they_visit() {
    has(
        "enum E { A(u8, Foo), B { f: Foo, #[tracked(skip)] g: Foo }, C, #[tracked(skip)] D(Foo) }",
        &[
            "match __value {",
            "E::A { 1: __f1, .. } => { (&&&&__p::FieldProbe(",
            "\"::E#\"",
            "\".A.1\"), __f1)",
            "E::B { f: __f0, .. } => { (&&&&__p::FieldProbe(",
            "\".B.f\"), __f0)",
            "_ => {} }",
            "FieldSpec(\"D.0\", \"Foo\", (__p::ProbeResult::Known(__p::Visibility::Skipped)",
        ],
    );
    lacks("enum E { A, B(u8) }", &["match"]);
    lacks("enum E { }", &["match"]);
    lacks("enum E { A(Foo) }", &["_ =>"]);
}

#[test]
fn parameters_are_static_and_not_submitted() {
    has(
        "struct S<'a, T: ?Sized, const N: usize = 2> where T: Foo { f: &'a [u8; N], t: Box<T> }",
        &[
            "impl<'__v, 'a, T: ?Sized, const N: usize> __p::std::clone::Clone",
            "for __Visit<&'__v S<'a, T, {N}>, &__p::Once<&mut ::objgraph::Visitor<'__v>>,> where T: Foo, T: 'static {",
            "LocalProbe(&__value.f)",
            "\".t\"), &__value.t)",
            "impl<'a, T: ?Sized, const N: usize> ::objgraph::Visit for S<'a, T, {N}> where T: Foo, T: 'static {",
            "Known(__p::TypeProbe::<&'a [u8; N]>::VISIBILITY)",
        ],
    );
    lacks("struct S<T>(T);", &["submit!", "CELLS"]);
    has(
        "struct S { next: Option<Rc<Self>> }",
        &[
            "static __SPEC",
            "HANDLE, __p::TypeProbe::<Option<Rc<S> > >::LAZY",
            "impl ::objgraph::Visit",
        ],
    );
    lacks("struct S<'a>(&'a u8);", &["submit!", "CELLS"]);
    has(
        "struct r#S<T>(T);",
        &[
            "submit_generic! { __p::Generic { beside: __p::std::any::type_name::<__Beside>, name: \"S\",",
        ],
    );
    has(
        "struct S(Foo);",
        &[
            "row: &<S as __p::TypeRows<__p::Full>>::VALUE, cells: &<S as __p::TypeRows<__p::Full>>::CELLS",
        ],
    );
    has(
        "#[tracked(bound = \"T: Clone + 'static\")] struct S<T>(T);",
        &["for S<T> where T: Clone + 'static {"],
    );
    lacks("#[tracked(bound = \"\")] struct S<T>(T);", &["T: 'static"]);
}

#[test]
fn opaque_fields_are_reported() {
    has(
        "struct S<'a>(Rc<&'a u8>);",
        &[
            "\".0\")); __visitor.__opaque(&__value.0);",
            "Visibility::Opaque",
        ],
    );
    has("struct S<T: ?Sized>(u8, T);", &["__opaque(&__value.1);"]);
    has(
        "#[repr(C, packed)] struct S { a: Rc<u8> }",
        &["__opaque_type::<Rc<u8> >();"],
    );
    lacks("#[repr(packed)] struct S { a: Rc<u8> }", &["self.a"]);
}

#[test]
fn types_are_registered_once() {
    let expansion = expansion(
        "struct S { a: G<Foo>, b: G<Foo>, c: Vec<G<Foo>>, d: Foo, e: Rc<Foo>, f: Vec<Bar>, g: [Bar; 2] }",
    );
    // The types of fields are registered with the fields.
    for (ty, count) in [("G<Foo>", 2), ("Vec<G<Foo>>", 1), ("Foo", 1), ("Bar", 1)] {
        let row = format!("TypeProbe::<{ty}>::ROW");
        assert_eq!(expansion.matches(&row).count(), count, "{ty}");
    }
}

/// Handles need no registration if all types around them are of std, since the code that visits them
/// knows their type.
#[test]
fn handles_in_std_containers_are_not_registered() {
    let source = "struct S { a: Option<Rc<Foo>>, b: Vec<Weak<Foo>>, c: Option<Vec<String>> }";
    has(
        source,
        &[
            "__visitor.__leaf::<__p::std::option::Option<__p::std::vec::Vec<__p::std::string::String> >, _>(",
            "\".c\"), &__value.c);",
            "TypeProbe::<Foo>::ROW",
            "__p::ProbeResult::named_as_std(__p::TypeProbe::<Option<Rc<Foo> > >::STD & __p::TypeProbe::<Rc<Foo> >::STD, __p::ProbeResult::Known(__p::Visibility::Full), __p::TypeProbe::<Rc<Foo> >::LAZY)",
            "__p::ProbeResult::named_as_std(__p::TypeProbe::<Vec<Weak<Foo> > >::STD & __p::TypeProbe::<Weak<Foo> >::STD,",
            "__p::ProbeResult::handle(__p::TypeProbe::<Option<Rc<Foo> > >::HANDLE, __p::TypeProbe::<Option<Rc<Foo> > >::LAZY)",
            "TypeProbe::<Vec<Weak<Foo> > >::ROW",
            "__p::TypeProbe::<Option<Vec<String> > >::FIELD",
        ],
    );
    has(
        "struct S { a: Vec<(Foo, Option<Rc<Bar>>)> }",
        &["TypeProbe::<Rc<Bar> >", "TypeProbe::<Option<Rc<Bar> > >"],
    );
}

/// See the module `growth`.
#[test]
fn growing_steps_depend_on_whether_they_end() {
    let source = "struct S<T: Foo>(Option<&'static G<Vec<T>>>, Rc<H<T>>);";
    has(
        source,
        &[
            "(&&&&__p::GrowingProbe::<_, (__p::IsFinite<G<Vec<T>>,",
            "fn register<__Fuel: __p::Fuel>(",
            "ProbeResult::growing(__p::StepProbe::<(__p::IsFinite<G<Vec<T>>,",
            ">, ())>::HOLDS, __p::FuelProbe::<Option<&'static G<Vec<T>>>, __Fuel>::ROW, __p::FuelProbe::<Option<&'static G<Vec<T>>>, __Fuel>::LESS,",
            "&<Self as __p::TypeRows<__Fuel>>::VALUE",
            "impl<T: Foo, __Steps, const __NAME: u64> __p::Finite<__p::More<__Steps>, __NAME> for S<T> where T: 'static, G<Vec<T>>: __p::Finite<__Steps,",
            ", H<T>: __p::Finite<__Steps,",
        ],
    );
    has(
        "struct S<'a, T>(&'a G<'a, Vec<T>>);",
        &["(&&__p::ConditionalProbe::<_, (__p::IsFinite<G<'a, Vec<T>>,"],
    );
    has(
        "struct S<T>(Rc<T>);",
        &["impl<T, __Steps, const __NAME: u64> __p::Finite<__Steps, __NAME> for S<T>"],
    );
    lacks("struct S(G<Vec<u8>>);", &["Fuel>::", "Finite", "growing"]);
}

/// The reads are in an impl that the `dead_code` lint ignores; see the module `dead_code`.
#[test]
fn reads_of_fields_do_not_count_as_uses() {
    let expansion = expansion("struct S { a: Foo, b: Bar, id: Instance<S> }");
    assert_eq!(expansion.matches("&self.").count(), 2, "{expansion}");
    assert_eq!(expansion.matches("&self.id").count(), 2, "{expansion}");
    lacks("struct S(u8);", &["__Visit"]);
}

#[test]
fn functions_are_used_with_tracking_on_and_off() {
    let source = "#[tracked(label = l)] struct S { #[tracked(with = Self::w)] f: Foo }";
    let expansion = expansion(source);
    assert_eq!(expansion.matches("Self::w(&self.f,__visitor);").count(), 2);
    assert_eq!(expansion.matches("l(self,__f)").count(), 2);
    has(
        source,
        &["Label::with(move |__f: &mut ::core::fmt::Formatter<'_>| l(self, __f))"],
    );
    has("#[tracked(no_label)] struct S;", &["__p::Label::None"]);
    has("struct S;", &["__p::TypeProbe::<Self>::__label(self)"]);
}

#[test]
fn a_strict_type_checks_its_fields() {
    has(
        "#[tracked(strict)] enum E<T> { A { f: (Foo, T) } }",
        &[
            "fn field_A_f_must_be_tracked<T: ::objgraph::Tracked + ?::core::marker::Sized>() {}",
            "field_A_f_must_be_tracked::<Foo>();",
        ],
    );
    lacks(
        "#[tracked(strict)] struct S<T>(T, u8);",
        &["must_be_tracked"],
    );
}

#[test]
fn a_struct_with_an_instance_returns_its_id() {
    has(
        "struct S { id: Instance<Self> }",
        &["fn instance(&self)", "__p::InstanceProbe(&self.id).__id()"],
    );
    lacks("struct S { id: ash::Instance }", &["fn instance"]);
    lacks("enum E { A(Instance<Self>) }", &["fn instance"]);
}

#[test]
fn an_unsized_type_is_not_registered() {
    lacks("struct S { tail: [u8] }", &["fn register", "submit"]);
    lacks("struct S(u8, dyn Foo);", &["fn register", "submit"]);
}

#[test]
fn lints_are_allowed_where_the_input_allows_them() {
    has(
        "#[expect(foo, a::b, reason = \"x\")] struct S;",
        &["#[allow(foo)] #[allow(a::b)] const _: () ="],
    );
    lacks(
        "#[expect(dead_code, unused, reason = \"x\")] struct S;",
        &["dead_code", "unused)", "reason"],
    );
    has(
        "struct S(#[deprecated] u8);",
        &["#[allow(deprecated)] const _"],
    );
    lacks("struct S(u8);", &["deprecated"]);
}

#[test]
fn errors_come_with_an_empty_impl() {
    let expansion =
        expansion("#[tracked(foo)] struct S<'a, T: Foo = u8>(&'a T, #[tracked(bar)] u8);");
    assert_eq!(expansion.matches("compile_error!").count(), 2);
    let stub = squeeze("impl<'a, T: Foo> ::objgraph::Visit for S<'a, T> where T: 'static { }");
    assert!(expansion.ends_with(&stub), "{expansion}");
    has(
        "union U { a: u8 }",
        &["compile_error!", "impl ::objgraph::Visit for U { }"],
    );
}

#[test]
fn only_a_type_that_may_be_a_box_is_asked_for_it() {
    has(
        "struct S { boxed: Box<dyn Fn()>, alias: Callback<u8> }",
        &[
            "TypeProbe::<Box<dyn Fn()> >::BOXED",
            "TypeProbe::<Callback<u8> >::BOXED",
        ],
    );
    lacks(
        "struct S<T> { list: Vec<T>, cell: RefCell<Option<S<T>>>, value: T }",
        &["BOXED"],
    );
}
