//! Recognizes pointers of another copy of objgraph.
//!
//! If a program links two versions of objgraph, or one version from two sources, the pointers of
//! each are foreign types to the other. The trace visits its own pointers wherever it finds them,
//! so a pointer with its name that it could not visit belongs to the other copy.

/// Returns whether the type of a value that could not be visited is a pointer of another copy of
/// objgraph, or a traced container of such pointers.
pub(crate) fn is_foreign_copy(full_name: &str) -> bool {
    let (path, arguments) = match full_name.split_once('<') {
        Some((path, arguments)) => (path, arguments.strip_suffix('>').unwrap_or(arguments)),
        None => return false,
    };
    if path.starts_with("objgraph_core::") {
        return ["rc::Rc", "rc::Weak", "sync::Arc", "sync::Weak"]
            .iter()
            .any(|pointer| path.ends_with(pointer));
    }
    is_container(path) && arguments_of(arguments).any(is_foreign_copy)
}

/// Returns whether the path names a container of std that the trace visits if it can visit the
/// arguments.
fn is_container(path: &str) -> bool {
    let of_std = ["std::", "core::", "alloc::"]
        .iter()
        .any(|root| path.starts_with(root));
    let name = path.rsplit("::").next().unwrap_or(path);
    of_std
        && [
            "Option", "Box", "Vec", "VecDeque", "RefCell", "Mutex", "RwLock", "BTreeMap",
            "HashMap", "OnceCell", "OnceLock",
        ]
        .contains(&name)
}

/// Splits what is between the angle brackets of a name into its arguments.
fn arguments_of(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0usize;
    text.split(move |c| {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && c == ','
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_containers_reveal_pointers_of_another_copy() {
        const RC: &str = "objgraph_core::pointers::rc::Rc<app::Plugin<u8, i8>>";
        const WEAK: &str = "objgraph_core::pointers::sync::Weak<app::Plugin>";
        for name in [
            RC.to_owned(),
            WEAK.to_owned(),
            format!("core::option::Option<{RC}>"),
            format!("core::cell::RefCell<alloc::vec::Vec<{WEAK}>>"),
            format!("std::collections::hash::map::HashMap<(u8, u8), {RC}>"),
        ] {
            assert!(is_foreign_copy(&name), "{name}");
        }
        // These may hold pointers of our own copy, where the trace could not see them.
        for name in [
            format!("core::cell::Cell<core::option::Option<{RC}>>"),
            format!("other::List<{RC}>"),
            format!("std::collections::hash::map::HashMap<u8, other::List<{RC}>>"),
            "objgraph_core::pointers::instance::Instance<u8>".to_owned(),
            "alloc::rc::Rc<u8>".to_owned(),
            "i32".to_owned(),
        ] {
            assert!(!is_foreign_copy(&name), "{name}");
        }
    }
}
