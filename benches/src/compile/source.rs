//! The sources of the generated crates.

use std::fmt::Write as _;

/// What is derived for each type of a crate, and used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Derive {
    /// `Tracked`, of which tracking uses everything.
    Tracked,
    /// `Serialize`, and each value is serialized.
    Serialize,
    /// `Clone` and `Debug`.
    CloneDebug,
}

/// The files of a crate, by name.
pub(super) type Files = Vec<(String, String)>;

/// Returns a program without types.
pub(super) fn empty() -> Files {
    vec![("main.rs".to_owned(), "fn main() {}\n".to_owned())]
}

/// Returns the program that is built: it creates one value of each type, and drops it. Without a `main`
/// that calls it, the compiler would compile nothing of what is generated for a type. The types are
/// divided among `modules` files; in `main.rs` itself, if that is 0.
pub(super) fn program(derive: Derive, structs: usize, modules: usize) -> Files {
    let uses = derive.uses();
    let mut main = format!(
        "#![allow(dead_code)]\n{uses}#[derive({})]\npub struct S0;\n",
        derive.path()
    );
    let mut files = Files::new();
    let numbers: Vec<usize> = (1..=structs).collect();
    if modules == 0 {
        main.extend(numbers.iter().map(|&number| derive.type_and_use(number)));
    } else {
        for (index, numbers) in numbers.chunks(structs.div_ceil(modules)).enumerate() {
            let types: String = numbers
                .iter()
                .map(|&number| derive.type_and_use(number))
                .collect();
            files.push((
                format!("m{index}.rs"),
                format!("{uses}use crate::*;\n{types}"),
            ));
            // Writing to a string never fails.
            let _ = writeln!(main, "mod m{index};\npub use m{index}::*;");
        }
    }
    let calls: String = numbers
        .iter()
        .map(|number| format!("    length += s{number}();\n"))
        .collect();
    let last = match derive {
        Derive::Tracked => "objgraph::show_growth();",
        Derive::Serialize | Derive::CloneDebug => "",
    };
    let _ = writeln!(
        main,
        "fn main() {{\n    let mut length = 0;\n{calls}    println!(\"{{length}}\");\n    {last}\n}}"
    );
    files.push(("main.rs".to_owned(), main));
    files
}

/// Adds a function at the beginning of a file, as an edit that moves everything below it.
pub(super) fn edit(file: &mut String) {
    file.insert_str(0, "pub fn added() -> usize {\n    1\n}\n\n");
}

impl Derive {
    fn path(self) -> &'static str {
        match self {
            Self::Tracked => "Tracked",
            Self::Serialize => "serde::Serialize",
            Self::CloneDebug => "Clone, Debug",
        }
    }

    fn uses(self) -> &'static str {
        match self {
            Self::Tracked => "use std::collections::HashMap;\nuse objgraph::{Tracked, rc::Rc};\n",
            Self::Serialize | Self::CloneDebug => {
                "use std::collections::HashMap;\nuse std::rc::Rc;\n"
            }
        }
    }

    /// Returns a struct, and a function that creates one.
    fn type_and_use(self, number: usize) -> String {
        let derive = self.path();
        let integer = ["u8", "u16", "u32", "u64"][number % 4];
        let other = number / 2;
        let length = match self {
            Self::Serialize => "serde_json::to_string(&value).unwrap().len()",
            Self::Tracked | Self::CloneDebug => "std::hint::black_box(&value).list.len()",
        };
        format!(
            "#[derive({derive})]\npub struct S{number} {{\n    number: u64,\n    name: String,\n    \
             nick: Option<String>,\n    list: Vec<u32>,\n    \
             map: HashMap<String, {integer}>,\n    other: Option<Rc<S{other}>>,\n}}\n\
             pub fn s{number}() -> usize {{\n    let value = S{number} {{\n        \
             number: {number}, name: String::new(), nick: None, list: Vec::new(),\n        \
             map: HashMap::new(), other: None,\n    }};\n    {length}\n}}\n"
        )
    }
}
