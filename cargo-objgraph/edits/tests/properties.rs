//! Laws that hold for every source.

use std::fmt::Write as _;

use objgraph_edits::{
    Context, Edit, EditKind, Edited, Edition, Position, Role, adopt, apply, instrument,
};
use proptest::prelude::*;

/// Returns sources made of items, each on lines of its own or not.
fn source() -> impl Strategy<Value = String> {
    let name = "[A-Z][a-zé]{0,3}";
    let attributes = prop::collection::vec(
        prop::sample::select(vec![
            "#[derive(Debug)]",
            "#[repr(C)]",
            "/// Documentation.\n",
            "#[cfg(unix)]",
            "#[test]",
            "#[tokio::test]",
            "// struct A;\n",
            "/* enum B */",
        ]),
        0..3,
    );
    let visibility = prop::sample::select(vec!["", "pub ", "pub(crate) "]);
    let body = prop::sample::select(vec![
        "struct NAME;",
        "struct NAME<'a, T: 'static>(&'a T) where T: Copy;",
        "enum NAME { A(std::rc::Rc<u8>), B }",
        "fn NAME() { struct Inner { a: u8 } }",
        "fn main() { let x = \"é\"; }",
        "async fn NAME() -> Result<(), E> { Ok(()) }",
        "mod NAME { pub enum E {} }",
        "use std::{rc::Rc, fmt};",
        "macro_rules! NAME { ($v:vis $n:ident) => { $v struct $n { a: alloc::sync::Arc<u8> } }; }",
        "cfg_if! { if #[cfg(a)] { struct NAME; } }",
        "type NAME = Vec<std::sync::Weak<u8>>;",
    ]);
    let end = prop::sample::select(vec!["", " ", "\n", "\r\n", "\n\n    "]);
    let item = (attributes, visibility, body, name, end).prop_map(
        |(attributes, visibility, body, name, end)| {
            let attributes = attributes.join("");
            format!(
                "{attributes}{visibility}{}{end}",
                body.replace("NAME", &name)
            )
        },
    );
    let head = prop::sample::select(vec![
        "",
        "\u{feff}",
        "#!/usr/bin/env run\n",
        "//! Documentation.\n",
        "#![no_std]\n",
    ]);
    (head, prop::collection::vec(item, 0..8))
        .prop_map(|(head, items)| head.to_owned() + &items.concat())
}

fn context() -> impl Strategy<Value = Context> {
    let role = prop::sample::select(vec![Role::Module, Role::Library, Role::Program]);
    let edition = prop::sample::select(vec!["2015", "2024"]);
    (role, edition, any::<bool>()).prop_map(|(role, edition, has_std_pointers)| Context {
        role,
        edition: edition.parse().unwrap(),
        has_std_pointers,
        ..Context::default()
    })
}

/// The edited text as characters, each with the byte of the source that it comes from, or its edit.
fn naive(source: &str, edits: &[Edit]) -> Vec<(char, Result<usize, usize>)> {
    let mut chars = Vec::new();
    for at in 0..=source.len() {
        for (index, edit) in edits.iter().enumerate() {
            if edit.range.start == at {
                chars.extend(edit.text.chars().map(|char| (char, Err(index))));
            }
        }
        let is_replaced = edits.iter().any(|edit| edit.range.contains(&at));
        if source.is_char_boundary(at) && !is_replaced {
            chars.extend(source[at..].chars().next().map(|char| (char, Ok(at))));
        }
    }
    chars
}

fn check_map(source: &str, edits: &[Edit], edited: &Edited) {
    let expected = naive(source, edits);
    let mut at = 0;
    for (char, origin) in expected {
        assert_eq!(edited.text[at..].chars().next(), Some(char), "at {at}");
        let found = edited.map.origin(at);
        match origin {
            Ok(offset) => {
                assert_eq!((found.offset, found.edit), (offset, None), "at {at}");
                assert_eq!(edited.map.edited(offset), at);
            }
            Err(edit) => {
                assert_eq!(
                    (found.offset, found.edit),
                    (edits[edit].range.start, Some(edit))
                );
                assert!(edited.map.edits_in(at..at + 1).any(|found| found == edit));
            }
        }
        at += char.len_utf8();
    }
    assert_eq!(edited.text.len(), at);
    assert_eq!(edited.map.origin(at).offset, source.len());
    assert_eq!(edited.map.original(0..at), 0..source.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// An edit keeps the number of lines, and the copy parses if the source does. So does any part
    /// of the edits.
    #[test]
    fn copies_are_rust_with_the_same_lines(
        source in source(),
        context in context(),
        kept in any::<u64>(),
    ) {
        let plan = instrument(&source, &context).unwrap();
        let kept: Vec<Edit> = plan
            .edits
            .into_iter()
            .enumerate()
            .filter(|(index, _)| kept >> (index % 64) & 1 == 1)
            .map(|(_, edit)| edit)
            .collect();
        let copy = apply(&source, &kept);
        prop_assert_eq!(copy.text.matches('\n').count(), source.matches('\n').count());
        if syn::parse_file(&source).is_ok() {
            let parsed = syn::parse_file(&copy.text);
            prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed.err(), copy.text);
        }
        check_map(&source, &kept, &copy);
    }

    /// Without what is inserted, and with what is replaced put back, the copy is the source.
    #[test]
    fn edits_can_be_undone(source in source(), context in context()) {
        let edits = instrument(&source, &context).unwrap().edits;
        let copy = apply(&source, &edits);
        let mut text = String::new();
        let mut before = None;
        for (at, char) in copy.text.char_indices() {
            let edit = copy.map.origin(at).edit;
            match edit {
                None => text.push(char),
                Some(index) if edit != before => text += &source[edits[index].range.clone()],
                Some(_) => {}
            }
            before = edit;
        }
        prop_assert_eq!(text, source);
    }

    /// The types with a derive are those that a parser finds, outside of macros.
    #[test]
    fn every_type_has_a_derive(source in source(), context in context()) {
        let Ok(file) = syn::parse_file(&source) else {
            return Ok(());
        };
        let mut expected = Vec::new();
        types(&file.items, &mut expected);
        let mut found = Vec::new();
        for edit in instrument(&source, &context).unwrap().edits {
            if let EditKind::Derive { type_name } = edit.kind
                && edit.place == objgraph_edits::Place::Code
            {
                found.push(type_name);
            }
        }
        prop_assert_eq!(found, expected);
    }

    /// An adopted source is Rust if the source is, and has nothing left to adopt.
    #[test]
    fn what_is_adopted_is_rust_and_complete(source in source()) {
        let plan = adopt(&source, Edition::E2024).unwrap();
        let text = apply(&source, &plan.edits).text;
        if syn::parse_file(&source).is_ok() {
            let parsed = syn::parse_file(&text);
            prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed.err(), text);
        }
        prop_assert_eq!(adopt(&text, Edition::E2024).unwrap().edits, []);
    }

    /// Lines and columns are those of a count from the start.
    #[test]
    fn positions_are_counted(text in "[aé\r\n]{0,20}", mark in any::<bool>()) {
        let text = if mark { format!("\u{feff}{text}") } else { text };
        let (mut line, mut column) = (1, 1);
        for (at, char) in text.char_indices().chain([(text.len(), ' ')]) {
            if char != '\u{feff}' {
                prop_assert_eq!(Position::of(&text, at), Position { line, column });
                prop_assert_eq!(Position { line, column }.offset(&text), Some(at));
            }
            match char {
                '\n' => (line, column) = (line + 1, 1),
                '\u{feff}' => {}
                _ => column += 1,
            }
        }
        prop_assert_eq!(Position { line: line + 1, column: 1 }.offset(&text), None);
        prop_assert_eq!(Position { line, column: column + 1 }.offset(&text), None);
    }

    /// Text that is not Rust is an error, and never a panic.
    #[test]
    fn any_text_is_edited_or_refused(text in "[\\PC\n]{0,40}", context in context()) {
        if let Ok(plan) = instrument(&text, &context) {
            let _ = apply(&text, &plan.edits);
        }
    }

    #[test]
    fn any_tokens_are_edited(words in prop::collection::vec(prop::sample::select(vec![
        "#", "!", "[", "]", "(", ")", "{", "}", "$", "*", "?", "<", ">", ":", "::", ";", ",", "->", "=>",
        "struct", "enum", "union", "fn", "main", "test", "pub", "std", "rc", "async", "extern", "\"C\"",
        "macro_rules", "macro", "derive", "repr", "packed", "if", "cfg", "vis", "use", "a", "\n", "///",
    ]), 0..30), context in context()) {
        let mut source = String::new();
        for word in words {
            write!(source, "{word} ").unwrap();
        }
        if let Ok(plan) = instrument(&source, &context) {
            let copy = apply(&source, &plan.edits);
            check_map(&source, &plan.edits, &copy);
        }
    }
}

fn types(items: &[syn::Item], names: &mut Vec<String>) {
    for item in items {
        match item {
            syn::Item::Struct(item) => names.push(item.ident.to_string()),
            syn::Item::Enum(item) => names.push(item.ident.to_string()),
            syn::Item::Mod(item) => types(item.content.as_ref().map_or(&[], |c| &c.1), names),
            syn::Item::Fn(item) => {
                for stmt in &item.block.stmts {
                    if let syn::Stmt::Item(item) = stmt {
                        types(std::slice::from_ref(item), names);
                    }
                }
            }
            _ => {}
        }
    }
}

#[test]
fn deep_nesting_is_no_limit() {
    let depth = 20_000;
    let source = format!("fn f() {}struct A;{}", "{".repeat(depth), "}".repeat(depth));
    let plan = instrument(&source, &Context::default()).unwrap();
    assert_eq!(plan.edits.len(), 1);
}
