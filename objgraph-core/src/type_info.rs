//! What is known of a type.

use crate::site::Site;
use crate::type_name::{self, short_name};

/// What is known of one concrete type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeInfo {
    /// The full name, as returned by [`std::any::type_name`]: `app::dom::Node<app::dom::Text>`.
    pub name: String,
    /// The name without modules: `Node<Text>`.
    pub short_name: String,
    /// The size of one value in bytes, without what it owns on the heap.
    pub size: usize,
    /// Whether the trace can visit values of the type.
    pub is_visited: bool,
    /// Whether the type was registered by `#[derive(Tracked)]`.
    pub is_derived: bool,
    /// Whether the type itself implements [`Drop`].
    pub implements_drop: bool,
    /// Whether a value of the type must be dropped, as far as is known. A value that need not be
    /// dropped owns nothing: a number, a function, a closure that captures nothing.
    pub needs_drop: bool,
    /// The site of the derive.
    pub declared: Option<Site>,
    /// The fields that the derive saw, in the order of the source.
    pub fields: Vec<Field>,
}

/// A field of a derived type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The field's name: `parent`, `0`, or `Variant.name` in an enum.
    pub name: &'static str,
    /// The text of its type in the source.
    pub type_text: &'static str,
    /// The full name of its type, without aliases, parameters and associated types.
    pub type_name: &'static str,
    /// How far the trace can visit it.
    pub visibility: Visibility,
    /// Whether it is marked `#[tracked(back)]`: meant not to own.
    pub back: bool,
}

impl Field {
    /// Makes a field of a type without a derive; `type_text` is the full name of its type.
    #[must_use]
    pub const fn new(
        name: &'static str,
        type_text: &'static str,
        visibility: Visibility,
        back: bool,
    ) -> Self {
        Self {
            name,
            type_text,
            type_name: type_text,
            visibility,
            back,
        }
    }
}

/// How far the trace can visit a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Visibility {
    /// Completely: its type is `Tracked`.
    Full,
    /// Partially: it is a container of std that also holds values of foreign types, which are
    /// opaque.
    Partial,
    /// With a function that the field names (`#[tracked(with = …)]`).
    With,
    /// Not at all: its type is foreign and has no derive.
    Opaque,
    /// Not at all, which does not matter: its type is foreign, but a value of it owns nothing.
    Harmless,
    /// Not at all: the field is marked `#[tracked(skip)]`.
    Skipped,
}

impl TypeInfo {
    /// Describes a type by its name and size alone.
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

    /// Returns the module that the type is declared in: `app::dom`; empty for types of the language
    /// itself.
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

    /// Whether `name` means this type: its short name, its full name, or its name with some of its
    /// modules, as reports show it where two types share a short name; with or without its generic
    /// arguments.
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
