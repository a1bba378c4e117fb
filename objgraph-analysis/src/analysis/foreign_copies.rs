//! Values of another copy of objgraph.
//!
//! Where a program has two versions of objgraph, or one from two places, the pointers of each are
//! foreign types for the other. The trace visits its own pointers wherever it finds them, so a
//! pointer with its name that it could not visit is the other's.

/// Whether a value in a field, which could not be visited, is a pointer of another copy of objgraph,
/// or holds one in containers that the trace looks into.
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

/// Whether it is a type of std that the trace looks into if it can visit its arguments.
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

/// The arguments between the angle brackets of a name.
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
    fn pointers_of_another_copy_are_found_in_containers_alone() {
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
        // Ours may be in what the trace cannot look into.
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
