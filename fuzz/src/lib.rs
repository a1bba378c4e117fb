//! What reads text that others wrote, and what draws any drawing, each as a function that panics if a
//! promise is broken. The readers are private, so their files are parts of this crate too.
//!
//! `cargo test --no-default-features` runs the corpus; `cargo +nightly fuzz run TARGET`, from the
//! folder of the workspace, looks for more.

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "of what these files declare, a part is used")]

#[path = "../../objgraph-derive/src"]
mod macros {
    pub(crate) mod ast;
    pub(crate) mod attr;
    pub(crate) mod derive;
    pub(crate) mod errors;
    pub(crate) mod expand;
    pub(crate) mod growth;
    pub(crate) mod root;
    pub(crate) mod scope;
    pub(crate) mod test_attr;
    pub(crate) mod text;
    pub(crate) mod types;
    pub(crate) mod valid;
    pub(crate) mod visit_plan;
}

// They name each other so.
use macros::{
    ast, attr, derive, errors, expand, growth, root, scope, test_attr, text, types, valid,
    visit_plan,
};

/// What the files below name, where they name it.
mod analysis {
    pub(crate) use objgraph::leaks::Fingerprint;
}

#[path = "../../objgraph-core/src/order.rs"]
mod order;

#[path = "../../objgraph-analysis/src/words"]
mod words {
    mod escape;

    pub(crate) use escape::is_unprintable;
}

mod drawings;

#[path = "../../src/assert/known"]
mod known {
    mod file;
    mod read;

    pub(crate) fn check(text: &str) {
        let list = match text.parse::<file::List>() {
            Ok(list) => list,
            Err(error) => return assert!(error.starts_with("line "), "{error}"),
        };
        let written = list.to_string();
        assert_eq!(written.parse().as_ref(), Ok(&list), "{written}");
        assert!(written.parse::<toml::Table>().is_ok(), "{written}");
    }
}

use proc_macro2::TokenStream;

/// The macros: of an item, whatever is in its attributes, they make items; of an attribute of
/// theirs, in the first line, the same.
pub fn attributes(text: &str) {
    let is_items = |what: &str, tokens: TokenStream| {
        let text = tokens.to_string();
        assert!(syn::parse2::<syn::File>(tokens).is_ok(), "{what}: {text}");
    };
    if let Ok(item) = text.parse::<TokenStream>() {
        is_items("derive", derive::derive(item));
    }
    let (args, item) = text.split_once('\n').unwrap_or(("", text));
    let (Ok(args), Ok(item)) = (args.parse::<TokenStream>(), item.parse::<TokenStream>()) else {
        return;
    };
    // Of what is no item, they leave what it was beside the error.
    if syn::parse2::<syn::Item>(item.clone()).is_ok() {
        is_items("test", test_attr::test(args.clone(), item.clone()));
        is_items("root", root::root(args, item));
    }
}

/// The list of known leaks: what is read is written so that it reads the same, also for a reader
/// of the whole of TOML.
pub fn known_leaks(text: &str) {
    known::check(text);
}

/// Drawings of any nodes, edges and texts: as SVG without Graphviz and as GraphML they are XML, and
/// the other formats can be written.
pub fn pictures(text: &str) {
    let drawing = drawings::drawing(text);
    let svg = objgraph_analysis::draw::to_svg_without_dot(&drawing);
    for xml in svg.into_iter().chain([drawing.to_graphml()]) {
        assert!(roxmltree::Document::parse(&xml).is_ok(), "{xml}");
    }
    for text in [
        drawing.to_dot(),
        drawing.to_mermaid(),
        drawing.to_json(),
        drawing.to_text(),
    ] {
        assert!(!text.contains('\0'), "{text}");
    }
}

/// Fingerprints: one reads as it is written, but for the size of its letters.
pub fn fingerprints(text: &str) {
    if let Ok(fingerprint) = text.parse::<objgraph::leaks::Fingerprint>() {
        assert_eq!(fingerprint.to_string(), text.to_ascii_lowercase());
    }
}
