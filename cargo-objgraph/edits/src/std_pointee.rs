//! Pointers that stay std's in a file that otherwise has objgraph's: those to text and slices, which
//! objgraph's cannot create, and those to types that a crate without instruments wants behind std's.

use proc_macro2::Delimiter;

use crate::edit::{Edit, EditKind, Place};
use crate::instrument::{Context, Search};
use crate::paths::{is_head, is_path_separator};
use crate::tokens::{Kind, Token};

impl Search<'_> {
    /// Finds the edit that makes `Rc<str>`, `Arc<[T]>` or `Arc::<Path>` std's, where the name at
    /// `index` is `Rc`, `Arc` or `Weak`; and `Arc<Config>` and `Arc::new(Config::default())`, if
    /// `Config` is one of [`Context::std_pointees`].
    ///
    /// Where the name comes from is a guess, by the text of the file: a pointer of another crate may
    /// have the same name.
    pub(crate) fn std_pointee(
        &mut self,
        tokens: &[Token],
        index: usize,
        place: &Place,
        context: &Context,
    ) {
        let name = tokens[index].ident().unwrap_or_default().to_owned();
        let module = match &*name {
            "Rc" => "rc",
            "Arc" => "sync",
            // Both modules have one; the text of the file decides.
            _ if self.source.contains("sync::") => "sync",
            _ => "rc",
        };
        let is_std = match pointee(tokens, index + 1) {
            Some(Pointee::OfLanguage) => true,
            Some(Pointee::Named(name @ ("Path" | "OsStr" | "CStr"))) => {
                imports_std(self.source, name)
            }
            Some(Pointee::Named(name)) => self.is_chosen(name, tokens[index].range.start, context),
            None => created(tokens, index + 1)
                .is_some_and(|name| self.is_chosen(name, tokens[index].range.start, context)),
        };
        if !is_std || !self.may_import(module) {
            return;
        }
        let Some(start) = start_of_std_path(tokens, index, module) else {
            return;
        };
        let range = tokens[start].range.start..tokens[index].range.end;
        let colon = self.source[..range.start].ends_with(':');
        let space = if colon { " " } else { "" };
        let text = format!("{space}::{}::__std::{module}::{name}", context.facade);
        self.edits.push(Edit {
            range: range.clone(),
            ..Edit::insertion(range.start, text, EditKind::Path, place).of(range)
        });
    }

    /// Returns whether a type is one of [`Context::std_pointees`], by its name or as `Self`.
    fn is_chosen(&self, name: &str, at: usize, context: &Context) -> bool {
        if context.std_pointees.is_empty() {
            return false;
        }
        let name = match name {
            "Self" => self_type(&self.source[..at]).unwrap_or(name),
            name => name,
        };
        context.std_pointees.iter().any(|std| std == name)
    }

    /// Returns whether the file may import std's pointers: by their module, or by everything of
    /// another module.
    fn may_import(&self, module: &str) -> bool {
        self.source.contains(&format!("{module}::")) || self.source.contains("::*")
    }
}

/// Returns the name of the type that `Self` is after a text: that of the last `impl`, `struct` or
/// `enum` at the beginning of a line.
fn self_type(before: &str) -> Option<&str> {
    let starts = before.rmatch_indices('\n').map(|(at, _)| at + 1);
    let mut heads = starts.chain([0]).filter_map(|start| {
        let line = before[start..].trim_start();
        let line = ["pub ", "unsafe "]
            .iter()
            .fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
        let (word, head) = line.split_once(|char| !is_part_of_name(char))?;
        match word {
            "impl" => {
                let head = head.split(['{', ';']).next()?.split(" where ").next()?;
                let is_generic = line.starts_with("impl<");
                let path = match head.rsplit_once(" for ") {
                    Some((_, path)) => path.trim(),
                    None if is_generic => head.trim().rsplit_once("> ")?.1,
                    None => head.trim(),
                };
                let path = path.split('<').next()?.trim();
                Some(path.rsplit("::").next().unwrap_or(path))
            }
            "struct" | "enum" => head.split(|char| !is_part_of_name(char)).next(),
            "trait" => Some("Self"),
            _ => None,
        }
    });
    heads.next()
}

/// What a pointer points to.
enum Pointee<'t> {
    /// `str` or a slice.
    OfLanguage,
    /// A type with this name.
    Named(&'t str),
}

/// Returns the type in the generic arguments at `index`, with or without `::`.
fn pointee(tokens: &[Token], index: usize) -> Option<Pointee<'_>> {
    let index = match is_path_separator(tokens, index) {
        true => index + 2,
        false => index,
    };
    if !tokens.get(index)?.is_punct('<') {
        return None;
    }
    // `Rc<std::path::Path>`: the last name decides.
    let argument = tokens[index + 1..].iter();
    match &argument.take_while(|token| !is_end(token)).last()?.kind {
        Kind::Ident(name) if name == "str" => Some(Pointee::OfLanguage),
        Kind::Ident(name) => Some(Pointee::Named(name)),
        Kind::Group(Delimiter::Bracket, inside) => {
            let is_array = inside.iter().any(|token| token.is_punct(';'));
            (!is_array).then_some(Pointee::OfLanguage)
        }
        _ => None,
    }
}

/// Returns the type of the value that `::new(…)` at `index` receives, as far as its first path shows:
/// `Config` for `Config { … }`, `Config::default()` and `crate::Config(5)`.
fn created(tokens: &[Token], index: usize) -> Option<&str> {
    let is_new = is_path_separator(tokens, index) && tokens.get(index + 2)?.is_ident("new");
    let argument = tokens.get(index + 3)?.group(Delimiter::Parenthesis)?;
    let path = argument.iter();
    let path = path.take_while(|token| token.ident().is_some() || token.is_punct(':'));
    let names = path.filter_map(Token::ident);
    let type_name = names
        .filter(|name| name.starts_with(char::is_uppercase))
        .last();
    type_name.filter(|_| is_new)
}

/// Returns whether a source names std's type of this name: `std::path::Path`, or in a list.
fn imports_std(source: &str, name: &str) -> bool {
    let module = match name {
        "Path" => "path::",
        _ => "ffi::",
    };
    source.match_indices(module).any(|(at, _)| {
        let before = &source[..at];
        let is_std = before.ends_with("std::")
            || !before.ends_with("::") && !before.ends_with(is_part_of_name);
        let after = &source[at + module.len()..];
        let list = after
            .strip_prefix('{')
            .and_then(|list| list.split_once('}'));
        let names = match list {
            Some((list, _)) => list,
            None => after
                .split(|char| !is_part_of_name(char))
                .next()
                .unwrap_or_default(),
        };
        is_std
            && names
                .split(|char| !is_part_of_name(char))
                .any(|word| word == name)
    })
}

fn is_part_of_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn is_end(token: &Token) -> bool {
    token.is_punct('>') || token.is_punct(',') || token.is_punct('<')
}

/// Returns where the path to the name at `index` begins, if it is the name alone or std's path.
fn start_of_std_path(tokens: &[Token], index: usize, module: &str) -> Option<usize> {
    if !is_path_separator(tokens, index.wrapping_sub(2)) {
        let is_field = index
            .checked_sub(1)
            .is_some_and(|before| tokens[before].is_punct('.'));
        return (!is_field).then_some(index);
    }
    let head = index.checked_sub(6)?;
    let is_std = is_head(tokens, head)
        && is_path_separator(tokens, head + 1)
        && tokens[head + 3].is_ident(module);
    is_std.then(|| match is_path_separator(tokens, head.wrapping_sub(2)) {
        true => head - 2,
        false => head,
    })
}

#[cfg(test)]
mod tests {
    use crate::{Context, EditKind, apply, instrument};

    fn edited(source: &str) -> String {
        let plan = instrument(source, &Context::default()).unwrap();
        let text = apply(source, &plan.edits).text;
        text.replace("::objgraph_std::__std", "STD")
    }

    #[test]
    fn pointers_to_text_and_slices_are_those_of_std() {
        for (source, expected) in [
            (
                "use std::sync::Arc; fn f(a: Arc<str>, b: Arc<[u8]>) {}",
                "use std::sync::Arc; fn f(a: STD::sync::Arc<str>, b: STD::sync::Arc<[u8]>) {}",
            ),
            (
                "use std::rc::Rc; fn f() { Rc::<std::path::Path>::from(p) }",
                "use std::rc::Rc; fn f() { STD::rc::Rc::<std::path::Path>::from(p) }",
            ),
            (
                "fn f(a: std::rc::Rc<str>) {}",
                "fn f(a: STD::rc::Rc<str>) {}",
            ),
            (
                "fn f(a: ::std::rc::Rc<str>) {}",
                "fn f(a: STD::rc::Rc<str>) {}",
            ),
            (
                "use super::*; use std::{ffi::{CStr, OsStr}}; fn f(a:&Rc<OsStr>, b: Option<Arc<CStr>>) {}",
                "use super::*; use std::{ffi::{CStr, OsStr}}; fn f(a:&STD::rc::Rc<OsStr>, b: Option<STD::sync::Arc<CStr>>) {}",
            ),
        ] {
            assert_eq!(edited(source), expected);
        }
    }

    #[test]
    fn pointers_to_chosen_types_are_those_of_std() {
        let context = Context {
            std_pointees: vec!["Config".to_owned()],
            ..Context::default()
        };
        let edited = |source: &str| {
            let edits = instrument(source, &context).unwrap().edits;
            let paths = edits.into_iter().filter(|edit| edit.kind == EditKind::Path);
            let text = apply(source, &paths.collect::<Vec<_>>()).text;
            text.replace("::objgraph_std::__std", "STD")
        };
        for (source, expected) in [
            (
                "use std::sync::Arc; fn f(a: Arc<tls::Config>, b: Arc<Config<u8>>, c: Arc<Other>) {}",
                "use std::sync::Arc; fn f(a: STD::sync::Arc<tls::Config>, b: STD::sync::Arc<Config<u8>>, c: Arc<Other>) {}",
            ),
            (
                "use std::sync::{Arc, Weak}; fn f(a: Weak<Config>) { Arc::new(tls::Config::new(1)); Arc::new(Config { a }); }",
                "use std::sync::{Arc, Weak}; fn f(a: STD::sync::Weak<Config>) { STD::sync::Arc::new(tls::Config::new(1)); STD::sync::Arc::new(Config { a }); }",
            ),
            (
                "use std::rc::Rc; fn f() { Rc::new(Other(Config)); Rc::clone(Config); }",
                "use std::rc::Rc; fn f() { Rc::new(Other(Config)); Rc::clone(Config); }",
            ),
            (
                "use std::rc::Rc;\nimpl<T: A<u8>> Wake<T> for tls::Config<T> { fn f(a: &Rc<Self>) { Rc::new(Self); } }",
                "use std::rc::Rc;\nimpl<T: A<u8>> Wake<T> for tls::Config<T> { fn f(a: &STD::rc::Rc<Self>) { STD::rc::Rc::new(Self); } }",
            ),
            (
                "use std::rc::Rc;\nimpl Config {}\npub struct Other { a: Rc<Self>, b: Rc<Config> }",
                "use std::rc::Rc;\nimpl Config {}\npub struct Other { a: Rc<Self>, b: STD::rc::Rc<Config> }",
            ),
            (
                "use std::rc::Rc;\nimpl<T> Config<T> {\n    fn f(self: Rc<Self>) {}\n}\ntrait A {\n    fn f(self: Rc<Self>) {}\n}",
                "use std::rc::Rc;\nimpl<T> Config<T> {\n    fn f(self: STD::rc::Rc<Self>) {}\n}\ntrait A {\n    fn f(self: Rc<Self>) {}\n}",
            ),
        ] {
            assert_eq!(edited(source), expected);
        }
    }

    #[test]
    fn other_pointers_stay() {
        for source in [
            "use std::sync::Arc; fn f(a: Arc<[u8; 4]>, b: Arc<String>, c: Arc<Vec<str>>) {}",
            "use std::sync::Arc; fn f() { Arc::new(str) } fn g(a: Arc) {}",
            "fn f(a: Arc<str>) {}",
            "use std::sync::Arc; use skia_path::Path; fn f(a: Arc<Path>) {}",
            "use std::sync::Arc; use curves::path::Path; use std::path::PathBuf; fn f(a: Arc<Path>) {}",
            "use std::rc::Rc; fn f(a: other::Rc<str>, b: my::rc::Rc<str>) {}",
        ] {
            assert_eq!(edited(source), source);
        }
    }
}
