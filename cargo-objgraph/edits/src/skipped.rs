//! What `instrument` left as it is, and why.

use std::fmt;

use crate::edit::Place;

/// An item without an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// What it is.
    pub item: Item,
    /// Its line in the source, from 1.
    pub line: usize,
    /// Why it has no edit.
    pub reason: Reason,
    /// Whether it lies in a macro.
    pub place: Place,
}

/// What an edit would have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// A struct, an enum or a union with this name.
    Type(String),
    /// A test with this name.
    Test(String),
    /// The `main` of a program.
    Main,
    /// A `use` with this text.
    Import(String),
}

/// Why an item has no edit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// `Tracked` cannot be derived for a union.
    Union,
    /// The fields of a `repr(packed)` type cannot be borrowed.
    Packed,
    /// The item is instrumented by hand.
    ByHand,
    /// Nobody knows what this macro makes of its arguments.
    UnknownMacro(String),
    /// `#[objgraph::test]` does not accept such a function.
    Signature(&'static str),
    /// Other crates expand the macro that it is in, and may not depend on objgraph.
    ExportedMacro,
    /// The type has no field, or has `Copy`.
    NoReferences,
    /// A comment in the `use` would be lost.
    Comment,
    /// The program has no `fn main() { … }` at its root.
    NoMain,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Union => f.write_str("it is a union"),
            Self::Packed => f.write_str("it is `repr(packed)`"),
            Self::ByHand => f.write_str("it is instrumented by hand"),
            Self::UnknownMacro(name) => write!(f, "it is in the arguments of `{name}!`"),
            Self::Signature(what) => f.write_str(what),
            Self::ExportedMacro => f.write_str("it is in a macro that other crates expand"),
            Self::NoReferences => f.write_str("it holds no reference"),
            Self::Comment => f.write_str("it has a comment inside"),
            Self::NoMain => f.write_str("there is no `fn main` at the root of the program"),
        }
    }
}
