//! The source files of a build target: its root and the modules that it declares.
//!
//! Declarations are found by their tokens, so that those inside of macros such as `cfg_if!` count too.
//! A file that is not found this way is not instrumented, and nothing else is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::project::Root;
use crate::tree::normal;

/// What a file is to the crate that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// The root of a crate without `main`.
    Library,
    /// The root of a crate with `main`.
    Program,
    Module,
    /// A file that `include!` names.
    Included,
}

/// Returns the files of all targets with their roles, and the edition of their package. `read` returns
/// the text of a file, if there is one.
pub(crate) fn files(
    roots: &[Root],
    read: &dyn Fn(&Path) -> Option<String>,
) -> BTreeMap<PathBuf, (Role, cargo_metadata::Edition)> {
    let mut files = BTreeMap::new();
    for root in roots {
        let role = match root.is_program {
            true => Role::Program,
            false => Role::Library,
        };
        // Two targets may have the same root; then `main` is there for one of them.
        let known = files
            .entry(root.path.clone())
            .or_insert((role, root.edition));
        known.0 = known.0.max(role).min(Role::Program);
        let mut search = Search {
            read,
            seen: BTreeSet::new(),
            files: Vec::new(),
        };
        search.file(&root.path, root.path.parent().unwrap_or(Path::new("")));
        for (path, role) in search.files {
            files.entry(path).or_insert((role, root.edition));
        }
    }
    files
}

struct Search<'r> {
    read: &'r dyn Fn(&Path) -> Option<String>,
    seen: BTreeSet<PathBuf>,
    files: Vec<(PathBuf, Role)>,
}

/// Where the files of the modules are that a token stream declares.
struct Place<'p> {
    /// The folder of the file.
    dir: &'p Path,
    /// The folder of the modules of the file, with the names of the modules around the declaration.
    modules: PathBuf,
    /// Whether the declaration is inside of a module with a body.
    is_nested: bool,
}

impl Search<'_> {
    /// Searches a file whose modules are in the folder `modules`.
    fn file(&mut self, path: &Path, modules: &Path) {
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        let Some(tokens) = (self.read)(path).and_then(|text| tokens(&text)) else {
            return;
        };
        let place = Place {
            dir: path.parent().unwrap_or(Path::new("")),
            modules: modules.to_owned(),
            is_nested: false,
        };
        self.tokens(tokens, &place);
    }

    fn tokens(&mut self, tokens: TokenStream, place: &Place<'_>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        // The values of the attributes `path` before the current item.
        let mut paths = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match (token, tokens.get(at), tokens.get(at + 1)) {
                (TokenTree::Punct(hash), Some(TokenTree::Group(attribute)), _)
                    if hash.as_char() == '#' && attribute.delimiter() == Delimiter::Bracket =>
                {
                    at += 1;
                    find_paths(attribute.stream(), &mut paths);
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(name)), Some(after))
                    if word == "mod" =>
                {
                    at += 2;
                    let name = name.to_string();
                    let name = name.strip_prefix("r#").unwrap_or(&name);
                    match after {
                        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                            self.inline(name, body, &paths, place);
                        }
                        TokenTree::Punct(end) if end.as_char() == ';' => {
                            self.declared(name, &paths, place);
                        }
                        _ => {}
                    }
                    paths.clear();
                }
                (
                    TokenTree::Ident(word),
                    Some(TokenTree::Punct(bang)),
                    Some(TokenTree::Group(args)),
                ) if word == "include" && bang.as_char() == '!' => {
                    at += 2;
                    self.included(args, place);
                }
                // The visibility stands between the attributes and `mod`.
                (TokenTree::Ident(word), ..) if word == "pub" => {}
                (TokenTree::Group(group), ..) => {
                    self.tokens(group.stream(), place);
                    if group.delimiter() != Delimiter::Parenthesis {
                        paths.clear();
                    }
                }
                _ => paths.clear(),
            }
        }
    }

    /// A module with a body: `mod name { … }`.
    fn inline(&mut self, name: &str, body: &Group, paths: &[String], place: &Place<'_>) {
        let folder = match paths.first() {
            Some(path) if place.is_nested => place.modules.join(path),
            Some(path) => place.dir.join(path),
            None => place.modules.join(name),
        };
        let inner = Place {
            dir: place.dir,
            modules: folder,
            is_nested: true,
        };
        self.tokens(body.stream(), &inner);
    }

    /// A module in a file of its own: `mod name;`.
    fn declared(&mut self, name: &str, paths: &[String], place: &Place<'_>) {
        for path in paths {
            let path = match place.is_nested {
                true => place.modules.join(path),
                false => place.dir.join(path),
            };
            // A file named by `path` has its modules beside it.
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            self.module(&path, &folder);
        }
        let folder = place.modules.join(name);
        self.module(&place.modules.join(format!("{name}.rs")), &folder);
        self.module(&folder.join("mod.rs"), &folder);
    }

    fn module(&mut self, path: &Path, modules: &Path) {
        let path = normal(path);
        if (self.read)(&path).is_some() && !self.seen.contains(&path) {
            self.files.push((path.clone(), Role::Module));
            self.file(&path, modules);
        }
    }

    fn included(&mut self, args: &Group, place: &Place<'_>) {
        let tokens: Vec<TokenTree> = args.stream().into_iter().collect();
        let [TokenTree::Literal(literal)] = &tokens[..] else {
            return;
        };
        let Ok(name) = syn::parse_str::<syn::LitStr>(&literal.to_string()) else {
            return;
        };
        let path = normal(&place.dir.join(name.value()));
        if (self.read)(&path).is_some() && !self.seen.contains(&path) {
            self.files.push((path.clone(), Role::Included));
            let modules = path.parent().unwrap_or(Path::new("")).to_owned();
            self.file(&path, &modules);
        }
    }
}

/// Finds `path = "…"` in an attribute, also in `cfg_attr`.
fn find_paths(attribute: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = attribute.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match (token, tokens.get(at + 1), tokens.get(at + 2)) {
            (
                TokenTree::Ident(word),
                Some(TokenTree::Punct(is)),
                Some(TokenTree::Literal(value)),
            ) if word == "path" && is.as_char() == '=' => {
                if let Ok(value) = syn::parse_str::<syn::LitStr>(&value.to_string()) {
                    found.push(value.value());
                }
            }
            (TokenTree::Group(group), ..) => find_paths(group.stream(), found),
            _ => {}
        }
    }
}

/// Returns the tokens of a source file, or `None` if it is not Rust.
fn tokens(text: &str) -> Option<TokenStream> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = match text.starts_with("#!") && !text.starts_with("#![") {
        true => text.split_once('\n').map_or("", |(_, rest)| rest),
        false => text,
    };
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the files that are found from `/p/src/lib.rs`, without it.
    fn found(texts: &[(&str, &str)]) -> Vec<String> {
        let texts: BTreeMap<_, _> = texts
            .iter()
            .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
            .collect();
        let root = Root {
            path: "/p/src/lib.rs".into(),
            edition: cargo_metadata::Edition::E2024,
            is_program: false,
        };
        let files = files(&[root], &|path| texts.get(path).cloned());
        let names = files.keys().map(|path| path.display().to_string());
        names.filter(|name| name != "/p/src/lib.rs").collect()
    }

    #[test]
    fn modules_are_beside_the_root_and_below_other_files() {
        let texts = [
            ("/p/src/lib.rs", "mod a; pub(crate) mod b; mod r#type;"),
            ("/p/src/a.rs", "mod c;"),
            ("/p/src/a/c.rs", ""),
            ("/p/src/b/mod.rs", "mod d;"),
            ("/p/src/b/d.rs", ""),
            ("/p/src/type.rs", ""),
            ("/p/src/c.rs", "this one is not a module"),
        ];
        assert_eq!(
            found(&texts),
            [
                "/p/src/a/c.rs",
                "/p/src/a.rs",
                "/p/src/b/d.rs",
                "/p/src/b/mod.rs",
                "/p/src/type.rs"
            ]
        );
    }

    #[test]
    fn bodies_attributes_and_macros_are_followed() {
        let texts = [
            (
                "/p/src/lib.rs",
                "mod a { mod b; #[path = \"x.rs\"] mod y; } \
                 #[cfg_attr(unix, path = \"os/unix.rs\")] #[allow(dead_code)] pub mod os; \
                 cfg_if! { if #[cfg(unix)] { mod inside; } } \
                 include!(\"tables/t.in\"); include!(concat!(env!(\"OUT_DIR\"), \"/g.rs\"));",
            ),
            ("/p/src/a/b.rs", ""),
            ("/p/src/a/x.rs", ""),
            ("/p/src/os/unix.rs", "mod deep;"),
            ("/p/src/os/deep.rs", ""),
            ("/p/src/inside.rs", "mod lib { } mod inside;"),
            ("/p/src/tables/t.in", ""),
        ];
        assert_eq!(
            found(&texts),
            [
                "/p/src/a/b.rs",
                "/p/src/a/x.rs",
                "/p/src/inside.rs",
                "/p/src/os/deep.rs",
                "/p/src/os/unix.rs",
                "/p/src/tables/t.in"
            ]
        );
    }

    #[test]
    fn a_file_that_names_itself_ends_the_search() {
        let texts = [
            (
                "/p/src/lib.rs",
                "#[path = \"a.rs\"] mod one; #[path = \"lib.rs\"] mod two;",
            ),
            ("/p/src/a.rs", "#[path = \"a.rs\"] mod again;"),
        ];
        assert_eq!(found(&texts), ["/p/src/a.rs"]);
    }
}
