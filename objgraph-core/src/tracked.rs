//! The traits of types that a trace can visit.

use std::fmt;

use crate::object_id::ObjectId;
use crate::trace::{Starts, Visitor};
use crate::visibility::{ErasedObject, Fuel, Registrar};

/// A type whose values a trace can visit: one with `#[derive(Tracked)]`, or with a hand-written
/// [`Visit`].
///
/// Use it as a bound. It has no methods, on purpose: importing it with the derive of the same name
/// brings no method into scope that could be mistaken for one of a type behind an `Rc`.
#[diagnostic::on_unimplemented(
    message = "objgraph cannot trace values of type `{Self}`",
    label = "this type is not `Tracked`",
    note = "for a type of your own: add `#[derive(objgraph::Tracked)]` to it",
    note = "for a foreign type: name a function with `#[tracked(with = path)]` on the field, or leave it out with `#[tracked(skip)]`"
)]
pub trait Tracked: Visit {}

impl<T: Visit + ?Sized> Tracked for T {}

/// How a trace visits the references that a value holds.
///
/// `#[derive(Tracked)]` writes this. Written by hand, it needs only [`visit`](Self::visit):
///
/// ```
/// # use objgraph_core::{Visit, Visitor, rc::Rc};
/// struct Pool {
///     idle: Vec<Rc<String>>,
///     busy: usize,
/// }
///
/// impl Visit for Pool {
///     fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
///         visitor.field("idle", &self.idle);
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "objgraph cannot trace values of type `{Self}`",
    label = "this type is not `Tracked`",
    note = "for a type of your own: add `#[derive(objgraph::Tracked)]` to it",
    note = "for a foreign type: name a function with `#[tracked(with = path)]` on the field, or leave it out with `#[tracked(skip)]`"
)]
pub trait Visit {
    /// Reports each reference that the value holds, directly and in the values that it owns.
    ///
    /// It must not report a reference that the value does not hold, nor one twice. It may leave
    /// some out: what it does not report can hide a leak, but never cause a false one.
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let _ = visitor;
    }

    /// Registers the type, and those that its fields name, as far as the fuel `Left` allows.
    #[doc(hidden)]
    fn register<Left: Fuel>(registrar: &mut Registrar)
    where
        Self: Sized + 'static,
    {
        registrar.plain::<Self, Left>();
    }

    /// Registers the type, and those that its fields name, if it is `'static` for any parameters.
    /// Called with a value at hand; a container registers its items with it.
    #[doc(hidden)]
    fn register_static(registrar: &mut Registrar)
    where
        Self: Sized,
    {
        let _ = registrar;
    }

    /// Reports the references of a value that another owns: at once, or later if calls are nested
    /// deeply. A value that is no deeper than its owner does it at once.
    #[doc(hidden)]
    fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>)
    where
        Self: Sized,
    {
        visitor.owned(self);
    }

    /// Returns a short text of the value, for pictures.
    #[doc(hidden)]
    fn label(&self) -> Label<'_> {
        Label::None
    }

    /// Returns the name of the type, for a value of which nothing else is known.
    #[doc(hidden)]
    fn __type_name(&self) -> &'static str {
        std::any::type_name::<Self>()
    }

    /// Returns the id of the value's `Instance` field.
    #[doc(hidden)]
    fn instance(&self) -> Option<ObjectId> {
        None
    }

    /// Adds where a trace of this value starts, if not at the value itself: at the object that a
    /// pointer refers to. Returns whether it added any.
    #[doc(hidden)]
    fn starts(&self, starts: &mut Starts) -> bool {
        let _ = starts;
        false
    }

    /// Whether no value of the type can hold a reference.
    #[doc(hidden)]
    fn is_leaf() -> bool
    where
        Self: Sized,
    {
        const { !std::mem::needs_drop::<Self>() }
    }

    /// Whether a value of the type may own bytes on the heap, or items that are counted. Only for
    /// leaves, which are visited for that alone.
    #[doc(hidden)]
    fn owns_heap() -> bool
    where
        Self: Sized,
    {
        const { std::mem::needs_drop::<Self>() }
    }
}

/// A short text of a value.
#[doc(hidden)]
pub enum Label<'a> {
    /// No text, because the type has none or keeps it secret.
    None,
    /// The `Debug` text.
    Debug(&'a dyn fmt::Debug),
    /// A text that a function writes.
    With(Box<dyn Fn(&mut fmt::Formatter<'_>) -> fmt::Result + 'a>),
    /// The number of items of a container.
    Items(usize),
}

impl<'a> Label<'a> {
    /// Makes a label that a function writes.
    pub fn with(write: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result + 'a) -> Self {
        Self::With(Box::new(write))
    }
}

impl fmt::Debug for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Debug(value) => value.fmt(f),
            Self::With(write) => write(f),
            Self::Items(1) => f.write_str("1 item"),
            Self::Items(n) => write!(f, "{n} items"),
        }
    }
}

/// The value of an object without its type, as the table passes it on.
pub(crate) type Value<'a> = &'a dyn ErasedObject;
