//! Names of types that are equal with every toolchain.

/// Returns a type's full name without what depends on the toolchain: the modules of std's own
/// types, which move between versions; lifetimes, which newer compilers print; and the numbers of
/// closures.
///
/// ```text
/// alloc::rc::Rc<app::Node<'_>>        →  Rc<app::Node>
/// std::sync::poison::mutex::Mutex<T>  →  Mutex<T>
/// app::main::{closure#1}              →  app::main::{closure}
/// ```
pub(super) fn stable_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(next) = rest.chars().next() {
        if next == '\'' {
            rest = lifetime_or_char(rest, &mut out);
        } else if is_path_char(next) {
            let end = rest.find(|c| !is_path_char(c)).unwrap_or(rest.len());
            push_path(&rest[..end], &mut out);
            rest = &rest[end..];
        } else {
            if next == '>' && out.ends_with('<') {
                // There were only lifetimes in it.
                out.pop();
            } else {
                out.push(next);
            }
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

fn is_path_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#')
}

/// Skips the lifetime at the start of `text`, or copies the quotation mark of a constant `'x'`;
/// returns what follows.
fn lifetime_or_char<'t>(text: &'t str, out: &mut String) -> &'t str {
    let name = &text[1..];
    let end = name
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(name.len());
    let rest = &name[end..];
    // A lifetime has a name, and no quotation mark after it.
    if end == 0 || rest.starts_with('\'') {
        out.push('\'');
        return name;
    }
    if let Some(bounds) = out.strip_suffix(" + ") {
        out.truncate(bounds.len());
        return rest;
    }
    if rest.starts_with('>') && out.ends_with(", ") {
        out.truncate(out.len() - 2);
    }
    let rest = rest.strip_prefix(',').unwrap_or(rest);
    rest.strip_prefix(' ').unwrap_or(rest)
}

fn push_path(path: &str, out: &mut String) {
    let is_of_std = ["std::", "core::", "alloc::"]
        .iter()
        .any(|head| path.starts_with(head));
    let path = match path.rfind("::") {
        Some(at) if is_of_std && !path.contains('{') => &path[at + 2..],
        _ => path,
    };
    let mut in_number = false;
    for c in path.chars() {
        match c {
            '#' => in_number = true,
            '{' | '}' if out.ends_with(c) => {}
            c => {
                in_number &= c != '}';
                if !in_number {
                    out.push(c);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::stable_name;

    #[test]
    fn names_are_equal_with_every_toolchain() {
        for (name, expected) in [
            ("app::dom::Node", "app::dom::Node"),
            ("alloc::rc::Rc<app::Node<'_>>", "Rc<app::Node>"),
            ("std::sync::mutex::Mutex<app::Node>", "Mutex<app::Node>"),
            (
                "std::sync::poison::mutex::Mutex<app::Node>",
                "Mutex<app::Node>",
            ),
            (
                "hashbrown::map::HashMap<alloc::string::String, u8>",
                "hashbrown::map::HashMap<String, u8>",
            ),
            ("app::main::{{closure}}", "app::main::{closure}"),
            ("app::main::{closure#12}", "app::main::{closure}"),
            ("app::Text<'_, '_, u8>", "app::Text<u8>"),
            ("&'static mut app::Text", "&mut app::Text"),
            ("app::Pair<u8, 'a>", "app::Pair<u8>"),
            ("app::Letter<'x'>", "app::Letter<'x'>"),
            ("alloc::boxed::Box<dyn app::Run + '_>", "Box<dyn app::Run>"),
            (
                "dyn for<'a> core::ops::function::Fn(&'a app::A) -> app::B",
                "dyn for Fn(&app::A) -> app::B",
            ),
        ] {
            assert_eq!(stable_name(name), expected, "{name}");
        }
    }
}
