//! Names of types, as people write them.
//!
//! [`std::any::type_name`] returns the path of the declaration, which is often private:
//! `alloc::vec::Vec`, `std::collections::hash::map::HashMap`. [`public_name`] returns a path that
//! compiles, and [`short_name`] the name without modules.

use std::borrow::Cow;

/// Removes the modules from a type's full name, inside its generic arguments too.
///
/// An item without a name, or whose name means nothing alone, keeps the item around it: a closure
/// its function, an associated function its type.
///
/// ```
/// use objgraph_core::short_name;
///
/// assert_eq!(short_name("alloc::vec::Vec<app::Node>"), "Vec<Node>");
/// assert_eq!(short_name("app::main::{{closure}}"), "main::{{closure}}");
/// assert_eq!(short_name("dyn core::ops::Fn(app::A) -> app::B"), "dyn Fn(A) -> B");
/// assert_eq!(short_name("<i32 as core::cmp::PartialEq>::eq"), "<i32 as PartialEq>::eq");
/// ```
#[must_use]
pub fn short_name(name: &str) -> String {
    map_paths(name, |path| Cow::Borrowed(last_segments(path, 0)))
}

/// Maximum number of characters of a type's name in a text.
const SHOWN: usize = 200;

/// Cuts the name of a type after 200 characters, for texts and files. The name of a deeply nested
/// type can have a million. [`TypeInfo`](crate::TypeInfo) has the whole name.
///
/// ```
/// use objgraph_core::shown_name;
///
/// assert_eq!(shown_name("app::Node"), "app::Node");
/// assert_eq!(shown_name(&"x".repeat(300)), "x".repeat(200) + "…");
/// ```
#[must_use]
pub fn shown_name(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(SHOWN) {
        None => Cow::Borrowed(name),
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
    }
}

/// Returns a type's full name with the public paths of the types of std and of objgraph:
/// `std::collections::HashMap`, where the type is declared in `std::collections::hash::map`.
///
/// ```
/// use objgraph_core::public_name;
///
/// assert_eq!(public_name("alloc::vec::Vec<alloc::rc::Rc<app::Node>>"), "Vec<std::rc::Rc<app::Node>>");
/// ```
#[must_use]
pub fn public_name(name: &str) -> String {
    map_paths(name, public_path)
}

/// Replaces every path in a type's name. What follows a type in angle brackets, as `::eq` in
/// `<i32 as PartialEq>::eq`, is no path of its own and stays.
pub fn map_paths<'n>(name: &'n str, mut map: impl FnMut(&'n str) -> Cow<'n, str>) -> String {
    let mut out = String::with_capacity(name.len());
    for (piece, is_path) in pieces(name) {
        match is_path {
            true => out.push_str(&map(piece)),
            false => out.push_str(piece),
        }
    }
    out
}

/// Returns the name of a type without its generic arguments.
pub(crate) fn family_of(name: &str) -> &str {
    name.find('<').map_or(name, |end| &name[..end])
}

/// Lists the paths in a type's full name: its own and those of its arguments.
pub(crate) fn paths(name: &str) -> impl Iterator<Item = &str> {
    let paths = pieces(name).filter(|&(piece, is_path)| is_path && piece.contains("::"));
    paths.map(|(piece, _)| piece)
}

/// Splits a type's name into paths and what is between them.
fn pieces(name: &str) -> impl Iterator<Item = (&str, bool)> {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#');
    let mut rest = name;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let belongs = |c: char| is_path(c) == is_path(first);
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some((piece, is_path(first) && !piece.starts_with("::")))
    })
}

/// Whether `name` means the type with this full name; see [`TypeInfo::matches`](crate::TypeInfo).
pub(crate) fn matches(full: &str, name: &str) -> bool {
    let ends_with = |path: &str, end: &str| {
        let rest = path.strip_suffix(end);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
    };
    let means = |end: &str, path: &str| {
        last_segments(end, 0) == last_segments(path, 0)
            && (ends_with(path, end) || ends_with(&public_path(path), end))
    };
    let mut full = pieces(full);
    for (piece, is_path) in pieces(name) {
        let is_alike = full.next().is_some_and(|(of_full, is_path_too)| {
            is_path == is_path_too
                && match is_path {
                    true => means(piece, of_full),
                    false => piece == of_full,
                }
        });
        if !is_alike {
            return false;
        }
    }
    full.next().is_none_or(|(rest, _)| rest.starts_with('<'))
}

/// Returns the last segment of a path, with this many modules before it. A closure, which has no
/// name, keeps the function around it.
#[must_use]
pub fn last_segments(path: &str, modules: usize) -> &str {
    let mut left = modules;
    let mut cut = path.len();
    loop {
        let Some(at) = path[..cut].rfind("::") else {
            return path;
        };
        if !path[at + 2..].starts_with('{') {
            match left {
                0 => return &path[at + 2..],
                _ => left -= 1,
            }
        }
        cut = at;
    }
}

/// Returns the public path of an item of std or of objgraph; other paths stay as they are.
fn public_path(path: &str) -> Cow<'_, str> {
    /// Names in the prelude.
    const PRELUDE: [&str; 6] = ["Box", "Option", "Result", "String", "ToString", "Vec"];
    /// Public modules within the first one.
    const INNER: [&str; 3] = ["atomic", "mpsc", "os"];
    let Some((root, inside)) = path.split_once("::") else {
        return Cow::Borrowed(path);
    };
    let Some((modules, item)) = inside.rsplit_once("::") else {
        return match root {
            "alloc" | "core" => Cow::Owned(format!("std::{inside}")),
            "objgraph_core" => Cow::Owned(format!("objgraph::{inside}")),
            _ => Cow::Borrowed(path),
        };
    };
    // Closures and functions of std have no public path.
    if item.starts_with(|c: char| !c.is_uppercase()) {
        return Cow::Borrowed(path);
    }
    let mut modules = modules.split("::");
    match root {
        "alloc" | "core" | "std" if PRELUDE.contains(&item) => Cow::Borrowed(item),
        "alloc" | "core" | "std" => {
            let first = modules.next().unwrap_or_default();
            match modules.next() {
                _ if first == "os" => Cow::Borrowed(path),
                Some(inner) if INNER.contains(&inner) => {
                    Cow::Owned(format!("std::{first}::{inner}::{item}"))
                }
                _ => Cow::Owned(format!("std::{first}::{item}")),
            }
        }
        "objgraph_core" => {
            let public = modules.find(|module| matches!(*module, "rc" | "sync"));
            Cow::Owned(match public {
                Some(module) => format!("objgraph::{module}::{item}"),
                None => format!("objgraph::{item}"),
            })
        }
        _ => Cow::Borrowed(path),
    }
}

#[cfg(test)]
mod tests {
    use super::{last_segments, matches, public_name, short_name};

    #[test]
    fn short_names_keep_what_makes_them_readable() {
        for (name, expected) in [
            (
                "<i32 as core::cmp::PartialEq>::eq",
                "<i32 as PartialEq>::eq",
            ),
            (
                "<app::A as app::b::B>::f::{{closure}}",
                "<A as B>::f::{{closure}}",
            ),
            ("app::List<app::Item>::push", "List<Item>::push"),
            (
                "app::List<app::Item>::push::{{closure}}",
                "List<Item>::push::{{closure}}",
            ),
            (
                "app::make<app::Item>::{{closure}}",
                "make<Item>::{{closure}}",
            ),
            ("app::{impl#3}::run::{{closure}}", "run::{{closure}}"),
            (
                "app::main::{{closure}}::{{closure}}",
                "main::{{closure}}::{{closure}}",
            ),
            ("core::num::<impl i32>::abs", "<impl i32>::abs"),
            ("app::double", "double"),
            ("fn(app::A, &app::B) -> app::C", "fn(A, &B) -> C"),
            ("for<'a> fn(&'a app::A)", "for<'a> fn(&'a A)"),
            (
                "dyn core::iter::traits::iterator::Iterator<Item = app::A> + core::marker::Send",
                "dyn Iterator<Item = A> + Send",
            ),
            ("(app::A, [app::B; 3], &[app::C])", "(A, [B; 3], &[C])"),
            ("app::Matrix<app::R, 3, -1>", "Matrix<R, 3, -1>"),
            ("app::Split<':'>", "Split<':'>"),
            (
                "alloc::vec::Vec<core::option::Option<alloc::rc::Rc<app::A>>>",
                "Vec<Option<Rc<A>>>",
            ),
            ("*const app::A", "*const A"),
            ("app::r#mod::A", "A"),
            ("u8", "u8"),
            ("", ""),
        ] {
            assert_eq!(short_name(name), expected, "{name}");
        }
    }

    #[test]
    fn as_many_modules_are_kept_as_were_requested() {
        for (path, modules, expected) in [
            ("app::a::Node", 1, "a::Node"),
            ("app::a::Node", 9, "app::a::Node"),
            ("app::a::main::{{closure}}", 1, "a::main::{{closure}}"),
            (
                "app::{impl#3}::run::{{closure}}::{{closure}}",
                0,
                "run::{{closure}}::{{closure}}",
            ),
        ] {
            assert_eq!(last_segments(path, modules), expected);
        }
    }

    #[test]
    fn a_name_means_every_type_whose_path_ends_with_it() {
        let full = "app::dom::Node<alloc::vec::Vec<app::Text>>";
        for name in [
            "Node",
            "dom::Node",
            "app::dom::Node",
            "Node<Vec<Text>>",
            "dom::Node<Vec<app::Text>>",
            full,
        ] {
            assert!(matches(full, name), "{name}");
        }
        for name in [
            "",
            "om::Node",
            "Node<",
            "Node<Vec>",
            "Text",
            "Node<Vec<Text>>x",
            "dom",
        ] {
            assert!(!matches(full, name), "{name}");
        }
        assert!(matches("app::main::{{closure}}", "main::{{closure}}"));
        assert!(!matches("app::main::{{closure}}", "{{closure}}"));
        assert!(matches(
            "<i32 as core::cmp::PartialEq>::eq",
            "<i32 as PartialEq>::eq"
        ));
        assert!(matches(
            "std::sync::poison::mutex::Mutex<u8>",
            "std::sync::Mutex<u8>"
        ));
    }

    #[test]
    fn public_names_compile() {
        for (name, expected) in [
            (
                "std::collections::hash::map::HashMap<alloc::string::String, app::A>",
                "std::collections::HashMap<String, app::A>",
            ),
            (
                "std::sync::poison::mutex::Mutex<app::A>",
                "std::sync::Mutex<app::A>",
            ),
            ("core::cell::once::OnceCell<u8>", "std::cell::OnceCell<u8>"),
            ("core::task::wake::Waker", "std::task::Waker"),
            (
                "core::sync::atomic::AtomicBool",
                "std::sync::atomic::AtomicBool",
            ),
            (
                "std::sync::mpsc::Receiver<u8>",
                "std::sync::mpsc::Receiver<u8>",
            ),
            ("std::time::Instant", "std::time::Instant"),
            (
                "objgraph_core::pointers::rc::Rc<app::A>",
                "objgraph::rc::Rc<app::A>",
            ),
            (
                "objgraph_core::pointers::instance::Instance<app::A>",
                "objgraph::Instance<app::A>",
            ),
            ("app::sync::Rc", "app::sync::Rc"),
            (
                "dyn core::future::future::Future<Output = ()> + core::marker::Send",
                "dyn std::future::Future<Output = ()> + std::marker::Send",
            ),
        ] {
            assert_eq!(public_name(name), expected);
        }
    }

    /// Law 7: what a report names can be pasted.
    #[test]
    fn the_names_of_real_types_have_no_private_path() {
        use std::any::type_name;

        let names = [
            type_name::<crate::rc::Rc<u8>>(),
            type_name::<crate::rc::Weak<u8>>(),
            type_name::<crate::sync::Arc<u8>>(),
            type_name::<crate::sync::Weak<u8>>(),
        ];
        let expected = match crate::ENABLED {
            true => "objgraph",
            false => "std",
        };
        let expected = [
            format!("{expected}::rc::Rc<u8>"),
            format!("{expected}::rc::Weak<u8>"),
            format!("{expected}::sync::Arc<u8>"),
            format!("{expected}::sync::Weak<u8>"),
        ];
        assert_eq!(names.map(public_name), expected);
    }
}
