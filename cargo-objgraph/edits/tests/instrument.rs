//! What `instrument` changes in each kind of item, as text.

use expect_test::{Expect, expect};
use objgraph_edits::{Context, Edition, Plan, Role, apply, instrument};

const DERIVE: &str = "#[derive(::objgraph_std::__objgraph::Tracked)] \
     #[tracked(crate = ::objgraph_std::__objgraph)] ";
const TEST: &str = "#[::objgraph_std::__objgraph::test(crate = ::objgraph_std::__objgraph)] ";
const GUARD: &str = "let __objgraph_guard = ::objgraph_std::__run::main_guard();";

fn plan(source: &str, context: &Context) -> Plan {
    instrument(source, context).expect("it is Rust")
}

/// Compares the edited text, with short names for what is inserted, and what is left out.
fn check_in(context: &Context, source: &str, expected: Expect) {
    let plan = plan(source, context);
    let text = apply(source, &plan.edits).text;
    assert_eq!(text.lines().count(), source.lines().count());
    let text = text
        .replace(DERIVE, "⟨derive⟩ ")
        .replace(TEST, "⟨test⟩ ")
        .replace(GUARD, "⟨guard⟩");
    let skipped = plan.skipped.iter().map(|skipped| {
        format!(
            "{:?}, line {}: {}\n",
            skipped.item, skipped.line, skipped.reason
        )
    });
    expected.assert_eq(&(text + &skipped.collect::<String>()));
}

fn check(source: &str, expected: Expect) {
    check_in(&Context::default(), source, expected);
}

fn program() -> Context {
    Context {
        role: Role::Program,
        ..Context::default()
    }
}

#[test]
fn types_get_a_derive_after_their_attributes() {
    check(
        r#"
/// A node.
#[derive(Debug)]
#[repr(C)] pub(crate) struct Node<'a, T: Ord = u8>(&'a T);
pub enum E { A, B(struct_like) }
mod inner { pub(in crate::a) struct S where u8: Copy; }
fn f() { struct Local { a: fn(u8) -> u8 } }
impl A { fn g() -> ! { enum Never {} loop {} } }
let r#struct = x.r#enum; union(a, b);
struct r#type;
"#,
        expect![[r#"

            /// A node.
            #[derive(Debug)]
            #[repr(C)] ⟨derive⟩ pub(crate) struct Node<'a, T: Ord = u8>(&'a T);
            ⟨derive⟩ pub enum E { A, B(struct_like) }
            mod inner { ⟨derive⟩ pub(in crate::a) struct S where u8: Copy; }
            fn f() { ⟨derive⟩ struct Local { a: fn(u8) -> u8 } }
            impl A { fn g() -> ! { ⟨derive⟩ enum Never {} loop {} } }
            let r#struct = x.r#enum; union(a, b);
            ⟨derive⟩ struct r#type;
        "#]],
    );
}

#[test]
fn some_types_are_left() {
    check(
        r#"
#[repr(C, packed(2))] struct P { a: u8 }
#[cfg_attr(all(), repr(packed))] struct Q { a: u8 }
pub union U { a: u8, b: i8 }
union G<T: Copy> where T: Copy { a: T }
#[derive(Clone, objgraph::Tracked)] struct T;
#[cfg_attr(debug_assertions, derive(Tracked))] enum M {}
#[repr(C)] #[doc = "packed"] struct Ok;
"#,
        expect![[r#"

            #[repr(C, packed(2))] struct P { a: u8 }
            #[cfg_attr(all(), repr(packed))] struct Q { a: u8 }
            pub union U { a: u8, b: i8 }
            union G<T: Copy> where T: Copy { a: T }
            #[derive(Clone, objgraph::Tracked)] struct T;
            #[cfg_attr(debug_assertions, derive(Tracked))] enum M {}
            #[repr(C)] #[doc = "packed"] ⟨derive⟩ struct Ok;
            Type("P"), line 2: it is `repr(packed)`
            Type("Q"), line 3: it is `repr(packed)`
            Type("U"), line 4: it is a union
            Type("G"), line 5: it is a union
            Type("T"), line 6: it is instrumented by hand
            Type("M"), line 7: it is instrumented by hand
        "#]],
    );
}

#[test]
fn types_that_a_macro_defines() {
    check(
        r#"
#[macro_export] macro_rules! node {
    ($(#[$m:meta])* $v:vis struct $name:ident $body:tt) => {
        $(#[$m])* #[derive(Debug)] $v struct $name $body
    };
    (@enum $($pub:vis)? $name:ident) => { $(#[$m])* $($pub)? enum $name {} };
    ($v:ident) => { $(struct $v;)* enum Fixed { A($v) } macro_rules! $x { () => { struct Y; } } };
}
"#,
        expect![[r#"

            #[macro_export] macro_rules! node {
                ($(#[$m:meta])* $v:vis struct $name:ident $body:tt) => {
                    $(#[$m])* #[derive(Debug)] ⟨derive⟩ $v struct $name $body
                };
                (@enum $($pub:vis)? $name:ident) => { $(#[$m])* ⟨derive⟩ $($pub)? enum $name {} };
                ($v:ident) => { $(⟨derive⟩ struct $v;)* ⟨derive⟩ enum Fixed { A($v) } macro_rules! $x { () => { ⟨derive⟩ struct Y; } } };
            }
        "#]],
    );
}

#[test]
fn types_for_a_macro_of_the_file_are_not_left() {
    check(
        "m! { struct A; }\nmacro_rules! m { (struct $n:ident;) => { struct $n; }; }\n\
         o! { struct B; }\nmacro_rules! o { () => {}; }\n",
        expect![[r#"
            m! { struct A; }
            macro_rules! m { (struct $n:ident;) => { ⟨derive⟩ struct $n; }; }
            o! { struct B; }
            macro_rules! o { () => {}; }
            Type("B"), line 3: it is in the arguments of `o!`
        "#]],
    );
}

#[test]
fn types_in_arguments_of_macros() {
    check(
        r#"
cfg_if::cfg_if! { if #[cfg(unix)] { struct A; } else { enum B {} } }
cfg_rt! { pub(crate) struct C; }
pin_project! { #[project = P] pub struct D<F> { #[pin] f: F } }
paste::paste! { struct [<Node $name>] { a: u8 } }
quote! { struct E; #[test] fn f() {} }
thread_local! { static F: u8 = { struct G; 0 }; }
if !(a) {} while !{ struct H; true } {}
let x = return !{ struct I; };
"#,
        expect![[r#"

            cfg_if::cfg_if! { if #[cfg(unix)] { ⟨derive⟩ struct A; } else { ⟨derive⟩ enum B {} } }
            cfg_rt! { ⟨derive⟩ pub(crate) struct C; }
            pin_project! { #[project = P] ⟨derive⟩ pub struct D<F> { #[pin] f: F } }
            paste::paste! { ⟨derive⟩ struct [<Node $name>] { a: u8 } }
            quote! { struct E; #[test] fn f() {} }
            thread_local! { static F: u8 = { struct G; 0 }; }
            if !(a) {} while !{ ⟨derive⟩ struct H; true } {}
            let x = return !{ ⟨derive⟩ struct I; };
            Type("E"), line 6: it is in the arguments of `quote!`
            Type("G"), line 7: it is in the arguments of `thread_local!`
        "#]],
    );
}

#[test]
fn tests_are_checked() {
    check(
        r#"
#[test] fn a() {}
#[cfg(unix)] #[test] #[should_panic(expected = "x")] fn b() { panic!("x") }
/// Doc.
#[tokio::test(flavor = "current_thread")]
async fn c() -> Result<(), Error> { Ok(()) }
#[rstest] #[case(1)] fn d(#[case] n: u8) {}
#[::core::prelude::v1::test] pub fn e() -> io::Result<()> where u8: Copy { Ok(()) }
#[std::prelude::rust_2021::test] fn i() {}
#[test_case(1; "one")] #[tokio::test] async fn f(n: u8) {}
#[traced_test] #[test] fn g() -> () {}
macro_rules! t { ($name:ident, $body:block) => { #[test] fn $name() $body }; }
proptest! { #[test] fn h(n in 0..9) {} }
#[test] extern "C" fn j<'a>() {}
#[test] const fn k() -> impl Termination {}
#[test] fn l() -> std::process::ExitCode { f() }
#[test] fn m() -> ! { loop {} }
#[quickcheck] fn n(n: u8) -> bool { true }
"#,
        expect![[r#"

            ⟨test⟩ #[test] fn a() {}
            #[cfg(unix)] ⟨test⟩ #[test] #[should_panic(expected = "x")] fn b() { panic!("x") }
            /// Doc.
            ⟨test⟩ #[tokio::test(flavor = "current_thread")]
            async fn c() -> Result<(), Error> { Ok(()) }
            ⟨test⟩ #[rstest] #[case(1)] fn d(#[case] n: u8) {}
            ⟨test⟩ #[::core::prelude::v1::test] pub fn e() -> io::Result<()> where u8: Copy { Ok(()) }
            ⟨test⟩ #[std::prelude::rust_2021::test] fn i() {}
            ⟨test⟩ #[test_case(1; "one")] #[tokio::test] async fn f(n: u8) {}
            ⟨test⟩ #[traced_test] #[test] fn g() -> () {}
            macro_rules! t { ($name:ident, $body:block) => { ⟨test⟩ #[test] fn $name() $body }; }
            proptest! { ⟨test⟩ #[test] fn h(n in 0..9) {} }
            ⟨test⟩ #[test] extern "C" fn j<'a>() {}
            ⟨test⟩ #[test] const fn k() -> impl Termination {}
            ⟨test⟩ #[test] fn l() -> std::process::ExitCode { f() }
            ⟨test⟩ #[test] fn m() -> ! { loop {} }
            ⟨test⟩ #[quickcheck] fn n(n: u8) -> bool { true }
        "#]],
    );
}

#[test]
fn some_tests_are_left() {
    check(
        r#"
#[wasm_bindgen_test] fn a() {}
#[cfg(test)] fn b() {}
#[test] async fn c() {}
#[test] unsafe extern "C" fn d() {}
#[rstest] fn g() -> impl Termination {}
#[test] #[should_panic] fn h() -> Result<(), E> {}
#[test] fn i(n: u8) {}
#[objgraph::test] fn j() {}
#[bench] fn l(b: &mut Bencher) {}
$(#[$m])* fn o() {}
"#,
        expect![[r#"

            #[wasm_bindgen_test] fn a() {}
            #[cfg(test)] fn b() {}
            #[test] async fn c() {}
            #[test] unsafe extern "C" fn d() {}
            #[rstest] fn g() -> impl Termination {}
            #[test] #[should_panic] fn h() -> Result<(), E> {}
            #[test] fn i(n: u8) {}
            #[objgraph::test] fn j() {}
            #[bench] fn l(b: &mut Bencher) {}
            $(#[$m])* fn o() {}
            Test("c"), line 4: nothing runs the `async` test
            Test("d"), line 5: the test is `unsafe`
            Test("g"), line 6: a closure cannot return the test's `impl`
            Test("h"), line 7: a test that should panic returns a value
            Test("i"), line 8: nothing supplies the test's parameters
            Test("j"), line 9: it is instrumented by hand
        "#]],
    );
}

#[test]
fn main_gets_a_guard() {
    check_in(
        &program(),
        r#"
#[cfg(unix)] fn main() {}
#[cfg(windows)] #[tokio::main] pub async fn main() -> Result<(), E> where u8: Copy {
    //! Inner documentation.
    #![allow(unused)] // A comment.
    run().await
}
cfg_if! { if #[cfg(x)] { fn main() { //! Only documentation.
} } }
mod a { fn main() {} }
fn f() { fn main() {} }
"#,
        expect![[r#"

            #[cfg(unix)] fn main() { ⟨guard⟩}
            #[cfg(windows)] #[tokio::main] pub async fn main() -> Result<(), E> where u8: Copy {
                //! Inner documentation.
                #![allow(unused)] // A comment.
                ⟨guard⟩ run().await
            }
            cfg_if! { if #[cfg(x)] { fn main() { //! Only documentation.
            ⟨guard⟩ } } }
            mod a { fn main() {} }
            fn f() { fn main() {} }
        "#]],
    );
}

#[test]
fn a_program_without_main_is_reported() {
    check_in(
        &program(),
        "#![no_main]\n#[no_mangle] pub extern \"C\" fn main(argc: i32) -> i32 { 0 }\n\
         pub use a::main;\nmod b { fn main() {} }\n",
        expect![[r#"
            #![no_main]
            #[no_mangle] pub extern "C" fn main(argc: i32) -> i32 { 0 }
            pub use a::main;
            mod b { fn main() {} }
            Main, line 1: there is no `fn main` at the root of the program
        "#]],
    );
}

#[test]
fn edition_2015_declares_the_facade() {
    let context = Context {
        edition: Edition::E2015,
        role: Role::Library,
        ..Context::default()
    };
    check_in(
        &context,
        "#!/usr/bin/env run\n//! Documentation.\n#![no_std] /* a */ #! [a]\n\n/// A\nstruct A;\n",
        expect![[r#"
            #!/usr/bin/env run
            //! Documentation.
            #![no_std] /* a */ #! [a]

            extern crate objgraph_std; /// A
            ⟨derive⟩ struct A;
        "#]],
    );
    check_in(
        &context,
        "struct A;",
        expect!["extern crate objgraph_std; extern crate core; ⟨derive⟩ struct A;"],
    );
    check_in(
        &context,
        "#! /* a */ // b\n[c] struct A;",
        expect![[r#"
        #! /* a */ // b
        [c] extern crate objgraph_std; extern crate core; ⟨derive⟩ struct A;"#]],
    );
    check_in(&context, "// Nothing.", expect!["// Nothing."]);
    let module = Context {
        role: Role::Module,
        ..context
    };
    check_in(&module, "fn f() {}", expect!["fn f() {}"]);
}

#[test]
fn paths_fall_back_to_std() {
    let context = Context {
        has_std_pointers: true,
        ..Context::default()
    };
    check_in(
        &context,
        r#"
use std::rc::{self, Rc};
use std::{fmt, rc::Rc};
use ::std::{self};
use {alloc::sync::Arc, std::fmt};
pub use std::*;
use std::{fmt, io::{self}};
use crate::std::rc::Rc; use crate::{alloc::rc::Rc};
macro_rules! m { ($std:path) => { $std::rc::Rc }; }
fn f(a: &std::rc::Rc<u8>, b:std::sync::Weak<u8>) -> ::std::rc::Rc<u8> { x!(std::rc::Rc::new(1), $crate::std::rc) }
fn g() { <std::rc::Rc<u8> as std::ops::Deref>::deref; x.std.rc; a as ::alloc::rc::Rc; T::<u8>::std::rc }
"#,
        expect![[r#"

            use ::objgraph_std::__std::rc::{self, Rc};
            use ::objgraph_std::__std::{fmt, rc::Rc};
            use ::objgraph_std::__std::{self};
            use {::objgraph_std::__std::sync::Arc, std::fmt};
            pub use ::objgraph_std::__std::*;
            use std::{fmt, io::{self}};
            use crate::std::rc::Rc; use crate::{alloc::rc::Rc};
            macro_rules! m { ($std:path) => { $std::rc::Rc }; }
            fn f(a: &::objgraph_std::__std::rc::Rc<u8>, b: ::objgraph_std::__std::sync::Weak<u8>) -> ::objgraph_std::__std::rc::Rc<u8> { x!(::objgraph_std::__std::rc::Rc::new(1), $crate::std::rc) }
            fn g() { <::objgraph_std::__std::rc::Rc<u8> as std::ops::Deref>::deref; x.std.rc; a as ::objgraph_std::__std::rc::Rc; T::<u8>::std::rc }
        "#]],
    );
}

#[test]
fn fragments_of_include_need_no_items() {
    check(
        "[1, 2, { struct A; 3 }]",
        expect!["[1, 2, { ⟨derive⟩ struct A; 3 }]"],
    );
}

#[test]
fn text_that_is_not_rust_says_where() {
    let error = instrument("\u{feff}struct A;\nfn f() { ) }", &Context::default()).unwrap_err();
    expect!["2:10: cannot parse string into token stream"].assert_eq(&error.to_string());
}

#[test]
fn an_edit_has_its_item_and_its_place() {
    let source = "\n#[a] pub struct A<F: Fn() -> u8, const N: usize = { 3 }> { b: u8 } fn f() {}\n\
         #[macro_export] macro_rules! m { () => { struct B; } }\n";
    let edits = plan(source, &Context::default()).edits;
    assert_eq!(
        &source[edits[0].subject.clone()],
        "#[a] pub struct A<F: Fn() -> u8, const N: usize = { 3 }> { b: u8 }"
    );
    assert_eq!((edits[0].line, edits[1].line), (2, 3));
    expect!["MacroRules { name: \"m\", is_exported: true }"]
        .assert_eq(&format!("{:?}", edits[1].place));
}
