//! What is known of a type.

use crate::site::Site;
use crate::type_name::{self, short_name};

/// What is known of one concrete type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeInfo {
    /// The full name, as [`std::any::type_name`] gives it: `app::dom::Node<app::dom::Text>`.
    pub name: String,
    /// The name without modules: `Node<Text>`.
    pub short_name: String,
    /// The size of one value in bytes, without what it owns on the heap.
    pub size: usize,
    /// Whether values of the type can be looked into.
    pub is_visited: bool,
    /// Whether the type was registered by `#[derive(Tracked)]`.
    pub is_derived: bool,
    /// Whether the type itself implements [`Drop`].
    pub implements_drop: bool,
    /// Whether a value of the type must be dropped, as far as is known. One that need not be owns
    /// nothing: a number, a function, a closure that captures nothing.
    pub needs_drop: bool,
    /// Where the derive stands.
    pub declared: Option<Site>,
    /// The fields that the derive saw, in the order of the source.
    pub fields: Vec<Field>,
}

/// A field of a type with a derive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The field's name: `parent`, `0`, or `Variant.name` in an enum.
    pub name: &'static str,
    /// The text of its type, as it stands in the source.
    pub type_text: &'static str,
    /// The full name of its type, in which no alias, parameter or associated type is left.
    pub type_name: &'static str,
    /// Whether the trace looks into it.
    pub sight: Sight,
    /// Whether it is marked `#[tracked(back)]`: meant not to own.
    pub back: bool,
}

impl Field {
    /// A field, for whoever describes types that no derive describes; `type_text` is the full name
    /// of its type.
    #[must_use]
    pub const fn new(
        name: &'static str,
        type_text: &'static str,
        sight: Sight,
        back: bool,
    ) -> Self {
        Self {
            name,
            type_text,
            type_name: type_text,
            sight,
            back,
        }
    }
}

/// How far the trace can look into a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sight {
    /// All of it: its type is `Tracked`.
    Full,
    /// A container of std that holds values of foreign types among others: what is known in it
    /// is visited, the rest is opaque.
    Partial,
    /// By a function that the field names (`#[tracked(with = …)]`).
    With,
    /// Not at all: its type is foreign and has no derive.
    Opaque,
    /// Not at all, and it cannot matter: its type is foreign, but a value of it owns nothing.
    Harmless,
    /// Not at all: the field is marked `#[tracked(skip)]`.
    Skipped,
}

impl TypeInfo {
    /// A type of which only the name and the size are known.
    #[must_use]
    pub fn opaque(name: &str, size: usize) -> Self {
        Self {
            name: name.to_owned(),
            short_name: short_name(name),
            size,
            is_visited: false,
            is_derived: false,
            implements_drop: false,
            needs_drop: true,
            declared: None,
            fields: Vec::new(),
        }
    }

    /// The module the type is declared in: `app::dom`; empty for types of the language itself.
    ///
    /// ```
    /// use objgraph_core::TypeInfo;
    ///
    /// assert_eq!(TypeInfo::opaque("app::dom::Node<app::Text>", 8).module(), "app::dom");
    /// assert_eq!(TypeInfo::opaque("u8", 1).module(), "");
    /// ```
    #[must_use]
    pub fn module(&self) -> &str {
        let head = match self
            .name
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        {
            Some(end) => &self.name[..end],
            None => &self.name,
        };
        head.rfind("::").map_or("", |end| &head[..end])
    }

    /// Whether `name` means this type: its short name, its full name, or one with some of its
    /// modules, as reports show it where two types share the short name; with or without its
    /// generic arguments.
    ///
    /// ```
    /// use objgraph_core::TypeInfo;
    ///
    /// let info = TypeInfo::opaque("app::dom::Node<app::Text>", 8);
    /// assert!(info.matches("Node") && info.matches("Node<Text>"));
    /// assert!(info.matches("app::dom::Node") && info.matches("dom::Node"));
    /// assert!(!info.matches("om::Node") && !info.matches("Text"));
    /// ```
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        type_name::matches(&self.name, name)
    }
}
