//! The trait of types that can be looked into.

use std::fmt;

use crate::object_id::ObjectId;
use crate::sight::{Registrar, Unseen};
use crate::trace::{Starts, Visitor};

/// A type whose values can be looked into: what `#[derive(Tracked)]` makes of a struct or an enum,
/// and a hand-written [`Visit`] of any type.
///
/// It is the bound to ask for. It has no methods of its own, on purpose: who imports it with the
/// derive of the same name gets nothing in scope that a method of a type behind an `Rc` could be
/// mistaken for.
#[diagnostic::on_unimplemented(
    message = "objgraph cannot look into values of type `{Self}`",
    label = "this type is not `Tracked`",
    note = "for a type of your own: add `#[derive(objgraph::Tracked)]` to it",
    note = "for a foreign type: name a function with `#[tracked(with = path)]` on the field, or leave it out with `#[tracked(skip)]`"
)]
pub trait Tracked: Visit {}

impl<T: Visit + ?Sized> Tracked for T {}

/// How the references that a value holds are visited.
///
/// `#[derive(Tracked)]` writes this. Written by hand, it needs [`visit`](Self::visit) alone:
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
    message = "objgraph cannot look into values of type `{Self}`",
    label = "this type is not `Tracked`",
    note = "for a type of your own: add `#[derive(objgraph::Tracked)]` to it",
    note = "for a foreign type: name a function with `#[tracked(with = path)]` on the field, or leave it out with `#[tracked(skip)]`"
)]
pub trait Visit {
    /// Reports each reference that the value holds, itself and in the values that it owns.
    ///
    /// It must not report a reference that the value does not hold, nor one twice. It may leave
    /// some out: what it does not report can hide a leak, never invent one.
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let _ = visitor;
    }

    /// Makes the type, and those its fields name, known to the trace.
    #[doc(hidden)]
    fn register(registrar: &mut Registrar)
    where
        Self: Sized + 'static,
    {
        registrar.plain::<Self>();
    }

    /// Registers the type, and those its fields name, if it is `'static` whatever its parameters
    /// are: for calls that are given a value. A container registers its items so.
    #[doc(hidden)]
    fn register_static(registrar: &mut Registrar)
    where
        Self: Sized,
    {
        let _ = registrar;
    }

    /// Reports the references of a value that another owns: at once, or later where calls are
    /// deep. What is no deeper than its owner does it at once.
    #[doc(hidden)]
    fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>)
    where
        Self: Sized,
    {
        visitor.owned(self);
    }

    /// A short text of the value for pictures.
    #[doc(hidden)]
    fn label(&self) -> Label<'_> {
        Label::None
    }

    /// The name of the type, for a value of which nothing else is known.
    #[doc(hidden)]
    fn __type_name(&self) -> &'static str {
        std::any::type_name::<Self>()
    }

    /// The id of the value's `Instance` field.
    #[doc(hidden)]
    fn instance(&self) -> Option<ObjectId> {
        None
    }

    /// Where a trace that is asked for this value starts, if not at the value itself: at the
    /// object that a pointer refers to. Answers whether it added any.
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

    /// Whether a value of the type may own bytes on the heap, or items whose number is told; asked
    /// of leaves, which are visited for that alone.
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
    /// None, because the type has none or it is kept secret.
    None,
    /// The `Debug` text.
    Debug(&'a dyn fmt::Debug),
    /// A text by a function.
    With(Box<dyn Fn(&mut fmt::Formatter<'_>) -> fmt::Result + 'a>),
    /// A container: how many items.
    Items(usize),
}

impl<'a> Label<'a> {
    /// A label written by a function.
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

/// A value without its type, as the table hands it out.
pub(crate) type Value<'a> = &'a dyn Unseen;
