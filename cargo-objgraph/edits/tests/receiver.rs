//! Methods of `Rc<Self>` become associated functions.

use expect_test::{Expect, expect};
use objgraph_edits::{apply, associated_call, receiver};

/// Renames `self` in the method that has the first `⌖` in its parameters.
fn check(source: &str, expected: Expect) {
    let offset = source.find('⌖').expect("a mark");
    let source = source.replace('⌖', "");
    let text = match receiver(&source, offset).expect("it is Rust") {
        Some(receiver) => {
            let text = apply(&source, &receiver.edits).text;
            format!("{text} // {}, {}", receiver.function, receiver.is_reference)
        }
        None => "none".to_owned(),
    };
    expected.assert_eq(&text);
}

#[test]
fn self_gets_another_name() {
    check(
        r#"impl<T> A<T> where T: B { fn a(self: &Rc<Self>) {} pub async fn f<U>(mut self: ⌖Rc<Self>, a: u8) -> u8 where U: C { self.f(self::g(|| self), m!(self.x, "{self} {self:?} {{self}")) } }"#,
        expect![[
            r#"impl<T> A<T> where T: B { fn a(self: &Rc<Self>) {} pub async fn f<U>(mut this: Rc<Self>, a: u8) -> u8 where U: C { this.f(self::g(|| this), m!(this.x, "{this} {this:?} {{self}")) } } // f, false"#
        ]],
    );
    check(
        "impl A { fn f(self: ⌖&Arc<Self>) { impl B { fn g(&self) { self.h() } } let this = 1; if self.a {} } }",
        expect![
            "impl A { fn f(receiver: &Arc<Self>) { impl B { fn g(&self) { self.h() } } let this = 1; if receiver.a {} } } // f, true"
        ],
    );
}

#[test]
fn a_trait_keeps_its_self() {
    check("trait A { fn f(self: ⌖&Rc<Self>) {} }", expect!["none"]);
    check(
        "impl A for B { fn f(self: ⌖&Rc<Self>) {} }",
        expect!["none"],
    );
    check(
        "impl B<for<'a> fn(&'a u8)> { fn f(self: ⌖&Rc<Self>) {} }",
        expect!["impl B<for<'a> fn(&'a u8)> { fn f(this: &Rc<Self>) {} } // f, true"],
    );
}

#[test]
fn other_functions_are_left() {
    check("impl A { fn f(⌖&self) {} }", expect!["none"]);
    check("fn f(a: ⌖u8) {}", expect!["none"]);
    check("struct A(⌖u8);", expect!["none"]);
}

/// Rewrites the call between `⟨` and `⟩` of the method after `.`.
fn call(source: &str, is_reference: bool) -> String {
    let start = source.find('⟨').expect("a mark");
    let plain = source.replace(['⟨', '⟩'], "");
    let end = source.find('⟩').expect("a mark") - '⟨'.len_utf8();
    let method = plain.find("open").expect("a call");
    let edit = associated_call(
        &plain,
        start..end,
        method..method + 4,
        "App::open",
        is_reference,
    );
    edit.map_or("none".to_owned(), |edit| apply(&plain, [&edit]).text)
}

#[test]
fn calls_name_the_function() {
    assert_eq!(call("f(⟨app.open()⟩)", true), "f(App::open(&app))");
    assert_eq!(
        call("⟨a.b()\n    .open(1, g(2))⟩?", false),
        "App::open(a.b(), 1, g(2))?"
    );
    assert_eq!(
        call("⟨app.open::<(u8, Vec<u8>)>(1)⟩", true),
        "App::open::<(u8, Vec<u8>)>(&app, 1)"
    );
    assert_eq!(call("⟨App::open(1)⟩", true), "none");
}
