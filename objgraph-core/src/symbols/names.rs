//! Names of types and functions in symbols.
//!
//! Compilers mangle them in two ways, the legacy one and v0, and a PDB has names that are not
//! mangled. All become the names that [`std::any::type_name`] returns.

/// Returns the type that a function drops, by the symbol of the function; `None` if the symbol is of
/// another function, or has another form.
pub(super) fn dropped_type(symbol: &str) -> Option<String> {
    let path = match demangled(symbol) {
        Some(path) => path,
        None => in_pdb(symbol)?,
    };
    let name = path.strip_prefix("core::ptr::drop_")?;
    let name = name
        .strip_prefix("in_place")
        .or_else(|| name.strip_prefix("glue"))?;
    let name = name.strip_prefix("::").unwrap_or(name);
    let name = name.strip_prefix('<')?.strip_suffix('>')?;
    (!name.is_empty() && closes(name)).then(|| name.to_owned())
}

/// Returns the path of a function, by its symbol.
pub(super) fn function(symbol: &str) -> Option<String> {
    demangled(symbol)
}

/// Whether the function with this path is the code of a closure or a future of this type. The path may
/// lack the generic arguments, or have the parameters in their place.
pub(super) fn is_code_of(function: &str, of: &str) -> bool {
    is_closure(of) && without_arguments(function) == without_arguments(of)
}

/// Whether a path is that of a closure or of a future that an `async` block makes.
pub(super) fn is_closure(path: &str) -> bool {
    path.rsplit("::").next().is_some_and(|last| {
        last.starts_with("{closure#") || matches!(last, "{{closure}}" | "{closure}")
    })
}

/// Returns the name of a type or function as `type_name` writes it: `<app::Window>::open::{closure#0}`
/// becomes `app::Window::open::{{closure}}`.
pub(super) fn as_type_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(next) = rest.chars().next() {
        if let Some((inside, after)) = inherent(rest, &out) {
            out.push_str(&as_type_name(inside));
            rest = after;
            continue;
        }
        if let Some(after) = closure(rest) {
            out.push_str("{{closure}}");
            rest = after;
            continue;
        }
        rest = &rest[next.len_utf8()..];
        match next {
            // The legacy mangling has no spaces here.
            ',' if !rest.starts_with(' ') => out.push_str(", "),
            '+' if !out.ends_with(' ') => out.push_str(" + "),
            next => out.push(next),
        }
    }
    out
}

/// Splits `<app::Window>::open` into the type and the rest, if it begins a path.
fn inherent<'n>(text: &'n str, before: &str) -> Option<(&'n str, &'n str)> {
    let begins_path = before
        .chars()
        .next_back()
        .is_none_or(|last| !(last.is_alphanumeric() || matches!(last, '_' | ':' | '}' | '>')));
    let inside = text.strip_prefix('<').filter(|_| begins_path)?;
    let end = end_of(inside)?;
    let (inside, after) = (&inside[..end], &inside[end + 1..]);
    (after.starts_with("::") && !has_trait(inside)).then_some((inside, after))
}

/// Whether a type in angle brackets is followed by the trait that a function implements.
fn has_trait(inside: &str) -> bool {
    inside
        .match_indices(" as ")
        .any(|(at, _)| closes(&inside[..at]))
}

/// Skips a `{closure#0}` at the beginning.
fn closure(text: &str) -> Option<&str> {
    let number = text.strip_prefix("{closure#")?;
    let end = number.find('}')?;
    Some(&number[end + 1..])
}

/// Removes generic arguments. `<Window as Shape>` has none.
fn without_arguments(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(next) = rest.chars().next() {
        let after = &rest[next.len_utf8()..];
        let is_argument = next == '<'
            && out
                .chars()
                .next_back()
                .is_some_and(|last| last.is_alphanumeric() || matches!(last, '_' | ':' | '}'));
        match end_of(after) {
            Some(end) if is_argument => {
                let kept = out.strip_suffix("::").map_or(out.len(), str::len);
                out.truncate(kept);
                rest = &after[end + 1..];
            }
            _ => {
                out.push(next);
                rest = after;
            }
        }
    }
    out
}

/// Returns the position of the angle bracket that closes the one before `text`.
fn end_of(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            // Of a function: `fn() -> u8`.
            '>' if before == '-' => {}
            '>' if depth == 0 => return Some(at),
            '>' => depth -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

/// Whether each angle bracket in a name is closed, and none before it is opened.
fn closes(name: &str) -> bool {
    end_of(name).is_none() && end_of(&format!("{name}>")) == Some(name.len())
}

/// Returns a mangled name in plain text, without the hash.
fn demangled(symbol: &str) -> Option<String> {
    let name = rustc_demangle::try_demangle(symbol).ok()?;
    Some(format!("{name:#}"))
}

/// Returns a name that is not mangled, as the linker of MSVC writes it: closures and futures are
/// structs there, whose names end in a number. `None` if it has other types that only a PDB has.
fn in_pdb(name: &str) -> Option<String> {
    const STRUCTS: [&str; 3] = ["closure_env$", "async_fn_env$", "async_block_env$"];
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('$') {
        let head = &rest[..=at];
        let of = STRUCTS.iter().find(|of| head.ends_with(*of))?;
        out.push_str(&head[..head.len() - of.len()]);
        let number = rest[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &rest[at + 1..rest.len() - number.len()];
        if digits.is_empty() {
            return None;
        }
        out.push_str(&format!("{{closure#{digits}}}"));
        rest = number;
    }
    out.push_str(rest);
    while out.contains("> >") {
        out = out.replace("> >", ">>");
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{as_type_name, dropped_type, function, is_code_of};

    fn named(symbol: &str) -> Option<String> {
        Some(as_type_name(&dropped_type(symbol)?))
    }

    /// Symbols of Rust 1.95, whose mangling is the legacy one, and of nightly compilers with v0.
    #[test]
    fn types_of_functions_that_drop() {
        for (symbol, expected) in [
            (
                "_ZN4core3ptr59drop_in_place$LT$app..main..$u7b$$u7b$closure$u7d$$u7d$$GT$17h2c937f39d51bd98cE",
                "app::main::{{closure}}",
            ),
            // With the underscore of macOS.
            (
                "__ZN4core3ptr29drop_in_place$LT$app..Foo$GT$17h849620fc2896272aE",
                "app::Foo",
            ),
            (
                "_ZN4core3ptr100drop_in_place$LT$app..inner..S$LT$alloc..rc..Rc$LT$u8$GT$$GT$..open..$u7b$$u7b$closure$u7d$$u7d$$GT$17h6d428ef23940cf9bE",
                "app::inner::S<alloc::rc::Rc<u8>>::open::{{closure}}",
            ),
            (
                "_ZN4core3ptr138drop_in_place$LT$app..Gen$LT$$LP$alloc..rc..Rc$LT$u8$GT$$C$alloc..boxed..Box$LT$dyn$u20$app..Marker$u2b$core..marker..Send$GT$$RP$$GT$$GT$17h587c1af05483d7fcE",
                "app::Gen<(alloc::rc::Rc<u8>, alloc::boxed::Box<dyn app::Marker + core::marker::Send>)>",
            ),
            (
                "_ZN4core3ptr81drop_in_place$LT$app..Gen$LT$$u5b$alloc..rc..Rc$LT$u8$GT$$u3b$$u20$1$u5d$$GT$$GT$17hd8dedfc96558241aE",
                "app::Gen<[alloc::rc::Rc<u8>; 1]>",
            ),
            (
                "_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeNCNvCscjVagOiHhZj_3app4main0EBK_",
                "app::main::{{closure}}",
            ),
            (
                "_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeNCNvCscjVagOiHhZj_3app4mains2_0EBK_",
                "app::main::{{closure}}",
            ),
            (
                "_RINvNtCs8NwYtU1Mohg_4core3ptr9drop_glueNCNvCsJq4oCTrOPd_3app5serve0EBF_",
                "app::serve::{{closure}}",
            ),
            (
                "_RINvNtCs8NwYtU1Mohg_4core3ptr9drop_glueNtCsJq4oCTrOPd_3app3FooEBD_",
                "app::Foo",
            ),
            (
                "_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeNCINvCscjVagOiHhZj_3app7genericINtNtCslNYArtu3iFV_5alloc2rc2RchEE0EBL_",
                "app::generic<alloc::rc::Rc<u8>>::{{closure}}",
            ),
            (
                "_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeINtCscjVagOiHhZj_3app3GenAINtNtCslNYArtu3iFV_5alloc2rc2RchEj1_EEBJ_",
                "app::Gen<[alloc::rc::Rc<u8>; 1]>",
            ),
            // Of a PDB.
            ("core::ptr::drop_in_place<app::Foo>", "app::Foo"),
            (
                "core::ptr::drop_in_place<app::main::closure_env$12>",
                "app::main::{{closure}}",
            ),
            (
                "core::ptr::drop_in_place<app::serve::async_fn_env$0>",
                "app::serve::{{closure}}",
            ),
            (
                "core::ptr::drop_in_place<alloc::vec::Vec<app::Foo,alloc::alloc::Global> >",
                "alloc::vec::Vec<app::Foo, alloc::alloc::Global>",
            ),
        ] {
            assert_eq!(named(symbol).as_deref(), Some(expected), "{symbol}");
        }
    }

    #[test]
    fn other_symbols() {
        for symbol in [
            "",
            "main",
            "_ZN3app4main28_$u7b$$u7b$closure$u7d$$u7d$17h60dab9c386e09351E",
            "_RNCNvCscjVagOiHhZj_3app4main0B3_",
            "_ZN4core3ops8function6FnOnce40call_once$u7b$$u7b$vtable.shim$u7d$$u7d$17hb8ad09b3eab289ddE",
            // What debug information of an optimised program has.
            "drop_in_place<app::Foo>",
            "drop_in_place<app::main::{closure_env#0}>",
            "drop<u8, alloc::alloc::Global>",
            "core::ptr::drop_in_place",
            "core::ptr::drop_in_place<>",
            "core::ptr::drop_in_place<app::A>::inner<app::B>",
            "core::ptr::drop_in_place<enum2$<core::option::Option<app::Foo> > >",
            "core::ptr::drop_in_place<tuple$<app::Foo,app::Foo> >",
            "core::ptr::drop_in_place<app::main::closure_env$>",
            "app::drop_in_place<app::Foo>",
        ] {
            assert_eq!(named(symbol), None, "{symbol}");
        }
    }

    #[test]
    fn names_are_those_of_type_name() {
        for (name, expected) in [
            ("app::Foo", "app::Foo"),
            ("<app::S>::open::{closure#0}", "app::S::open::{{closure}}"),
            (
                "<app::inner::S<alloc::rc::Rc<u8>>>::open::{closure#1}::{closure#0}",
                "app::inner::S<alloc::rc::Rc<u8>>::open::{{closure}}::{{closure}}",
            ),
            (
                "app::Gen<<app::S<fn() -> u8>>::open::{closure#0}>",
                "app::Gen<app::S<fn() -> u8>::open::{{closure}}>",
            ),
            (
                "<app::S<u8> as app::Run>::run::{closure#0}",
                "<app::S<u8> as app::Run>::run::{{closure}}",
            ),
            (
                "<<app::S>::open::{closure#0} as app::Run>::run",
                "<app::S::open::{{closure}} as app::Run>::run",
            ),
            (
                "<app::Gen<<u8 as app::Run>::Out>>::open",
                "app::Gen<<u8 as app::Run>::Out>::open",
            ),
            (
                "app::inner::<impl app::S>::open::{{closure}}",
                "app::inner::<impl app::S>::open::{{closure}}",
            ),
            (
                "app::Gen<dyn app::A+core::marker::Send,u8>",
                "app::Gen<dyn app::A + core::marker::Send, u8>",
            ),
            (
                "app::Gen<dyn app::A + core::marker::Send, u8>",
                "app::Gen<dyn app::A + core::marker::Send, u8>",
            ),
            ("unclosed <app::S::open", "unclosed <app::S::open"),
        ] {
            assert_eq!(as_type_name(name), expected);
            assert_eq!(as_type_name(expected), expected, "once is enough");
        }
    }

    #[test]
    fn code_of_closures() {
        for (symbol, of) in [
            (
                "_ZN3app4main28_$u7b$$u7b$closure$u7d$$u7d$17h60dab9c386e09351E",
                "app::main::{{closure}}",
            ),
            (
                "_ZN3app5inner10S$LT$T$GT$4open28_$u7b$$u7b$closure$u7d$$u7d$17hd56a40bd7cdd5bbfE",
                "app::inner::S<alloc::rc::Rc<u8>>::open::{{closure}}",
            ),
            (
                "_ZN3app7generic28_$u7b$$u7b$closure$u7d$$u7d$17h0d387986cf4369b1E",
                "app::generic<alloc::rc::Rc<u8>>::{{closure}}",
            ),
            (
                "_RNCINvCscjVagOiHhZj_3app7genericINtNtCslNYArtu3iFV_5alloc2rc2RchEE0B4_",
                "app::generic<alloc::rc::Rc<u8>>::{closure#0}",
            ),
            (
                "_RNCNvMNtCscjVagOiHhZj_3app5innerINtB4_1SINtNtCslNYArtu3iFV_5alloc2rc2RchEE4open0B6_",
                "<app::inner::S<alloc::rc::Rc<u8>>>::open::{closure#0}",
            ),
        ] {
            let path = function(symbol).expect("it is mangled");
            assert!(is_code_of(&path, of), "{path}");
            assert!(!is_code_of(&path, &of.replace("app", "other")), "{path}");
            assert!(!is_code_of(&path, &format!("{of}::{{{{closure}}}}")));
        }
        // The numbers of closures are compared where symbols have them.
        let second = function("_RNCNvCscjVagOiHhZj_3app4mains_0B3_").expect("it is mangled");
        assert!(is_code_of(&second, "app::main::{closure#1}"));
        assert!(!is_code_of(&second, "app::main::{closure#0}"));
        assert!(!is_code_of("app::main", "app::main"));
    }
}
