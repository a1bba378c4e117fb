//! The type behind a pointer that an error of the compiler is about: its pointers may have to stay
//! std's, because a crate without instruments wants them.

/// Types of std that hold others. Half of a program is behind such a pointer, so a file falls back
/// instead.
const CONTAINERS: [&str; 14] = [
    "RwLock", "Mutex", "RefCell", "Cell", "OnceCell", "OnceLock", "Vec", "Option", "Result", "Box",
    "String", "HashMap", "BTreeMap", "VecDeque",
];

/// Returns the path of the type behind the first `Arc<…>`, `Rc<…>` or `Weak<…>` in a message, as the
/// compiler prints it: `async_lock::RwLock` in ``found for struct `Arc<async_lock::RwLock<T>>` ``.
pub(crate) fn in_message(message: &str) -> Option<&str> {
    let starts = ["Arc<", "Rc<", "Weak<"].into_iter();
    let starts = starts.flat_map(|name| message.match_indices(name));
    let mut starts: Vec<usize> = starts.map(|(at, name)| at + name.len()).collect();
    starts.sort_unstable();
    let mut paths = starts.into_iter().map(|start| {
        let path = &message[start..];
        let end = path.find(|char: char| !(char.is_alphanumeric() || char == '_' || char == ':'));
        &path[..end.unwrap_or(path.len())]
    });
    paths.find(|path| is_chosen(path))
}

/// Returns whether the pointers of a type can fall back together: it has a name that few types share.
fn is_chosen(path: &str) -> bool {
    let name = last(path);
    let is_parameter = name.len() < 2 || !name.starts_with(char::is_uppercase);
    let root = path.split_once("::").map_or("std", |(root, _)| root);
    let is_std = matches!(
        root,
        "std" | "alloc" | "core" | "objgraph_std" | "objgraph_alloc"
    );
    let is_container = is_std && CONTAINERS.contains(&name);
    !is_parameter && !is_container
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Returns the names that a source has for the type with this path: that of its import, or its own.
pub(crate) fn local_names(source: &str, path: &str) -> Vec<String> {
    let name = last(path);
    let root = path.split_once("::").map(|(root, _)| root);
    let imports = root.is_some_and(|root| source.contains(&format!("{root}::")));
    if let (true, Some(alias)) = (imports, alias(source, name)) {
        return vec![alias.to_owned()];
    }
    match CONTAINERS.contains(&name) && !imports {
        true => Vec::new(),
        false => vec![name.to_owned()],
    }
}

/// Returns `AsyncRwLock`, if the source has `RwLock as AsyncRwLock`.
fn alias<'s>(source: &'s str, name: &str) -> Option<&'s str> {
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    let pattern = format!("{name} as ");
    source.match_indices(&pattern).find_map(|(at, _)| {
        let is_whole = !source[..at].ends_with(is_part);
        let alias = &source[at + pattern.len()..];
        let alias = alias.split(|char| !is_part(char)).next()?;
        (is_whole && !alias.is_empty() && alias != "_").then_some(alias)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_read_from_the_message() {
        for (message, path) in [
            (
                "no method named `read_arc` found for reference `&objgraph_std::sync::Arc<async_lock::RwLock<T>>`",
                Some("async_lock::RwLock"),
            ),
            (
                "expected `Arc<ServerConfig>`, found a different `Arc<ServerConfig>`",
                Some("ServerConfig"),
            ),
            (
                "expected `Arc<RwLock<_>>`, found `Arc<RwLock<Names>>`",
                None,
            ),
            ("expected `&Arc<_>`, found `&Arc<str>`", None),
            (
                "found for struct `objgraph_std::sync::Arc<objgraph_std::sync::RwLock<Names>>`",
                None,
            ),
            ("expected `Rc<T>`", None),
            ("expected `Weak<dyn Source>`", None),
            (
                "the trait bound `Rc<Inner>: Wake` is not satisfied",
                Some("Inner"),
            ),
            ("mismatched types", None),
        ] {
            assert_eq!(in_message(message), path, "{message}");
        }
    }

    #[test]
    fn a_source_may_have_another_name() {
        let path = "async_lock::RwLock";
        let source = "use async_lock::{Mutex, RwLock as AsyncRwLock}; use std::sync::RwLock;";
        assert_eq!(local_names(source, path), ["AsyncRwLock"]);
        assert_eq!(local_names("use async_lock::RwLock;", path), ["RwLock"]);
        assert_eq!(local_names("use std::sync::RwLock;", path), [""; 0]);
        assert_eq!(
            local_names("use crate::config::*;", "ServerConfig"),
            ["ServerConfig"]
        );
    }
}
