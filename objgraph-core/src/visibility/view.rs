//! Values whose type is not known where they are met.
//!
//! The registry holds, for each type that is known, a function from a reference to what there is
//! to see. The function keeps its type, as a `dyn Any`; who has the value knows the type too, so
//! it is there that the two are put together. That is code for each type that is met, and none for
//! each type that could be: a derive makes known not only its type, but the cells around it.

use std::any::{Any, TypeId, type_name};
use std::cell::RefCell;
use std::fmt;
use std::rc;
use std::sync::{self, Mutex, RwLock, TryLockError};

use super::walk::Walk;
use crate::snapshot::Holder;
use crate::trace::{Visitor, patiently};
use crate::tracked::{Label, Visit};

/// What there is to see of a value of type `T`.
pub(crate) type See<T> = for<'a> fn(&'a T) -> Seen<'a>;

/// A [`See`] for a type that is not told.
pub(crate) type AnySee = &'static (dyn Any + Send + Sync);

/// What there is to see of a value.
#[derive(Clone, Copy)]
pub(crate) enum Seen<'a> {
    Value(&'a dyn Visit),
    /// A container, whatever it holds.
    Walk(&'a dyn Walk),
    RefCell(Lent<'a, RefCell<dyn Visit>>),
    Mutex(Lent<'a, Mutex<dyn Visit>>),
    RwLock(Lent<'a, RwLock<dyn Visit>>),
}

/// A cell that lends its value by a guard, and what is missed where it does not.
pub(crate) struct Lent<'a, C: ?Sized>(pub(crate) &'a C, pub(crate) &'static Inside);

impl<C: ?Sized> Clone for Lent<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: ?Sized> Copy for Lent<'_, C> {}

/// What is asked of the type of a value that is busy: a constant, since to write code costs the
/// compiler more.
pub(crate) struct Inside {
    pub(crate) name: fn() -> &'static str,
    /// As [`Visit::is_leaf`]: what holds no reference hides none.
    pub(crate) is_leaf: fn() -> bool,
}

impl Inside {
    /// A type that can be looked into.
    pub(crate) const fn of<T: Visit>() -> Self {
        Self {
            name: type_name::<T>,
            is_leaf: T::is_leaf,
        }
    }

    /// A type of which is not known what it holds.
    pub(crate) const fn unseen<T>() -> Self {
        Self {
            name: type_name::<T>,
            is_leaf: || false,
        }
    }
}

impl<'a> Seen<'a> {
    #[inline]
    pub(crate) fn visit(&self, visitor: &mut Visitor<'a>) {
        match *self {
            Self::Value(value) => value.visit(visitor),
            Self::Walk(value) => value.walk(visitor),
            Self::RefCell(cell) => cell.visit(visitor),
            Self::Mutex(cell) => cell.visit(visitor),
            Self::RwLock(cell) => cell.visit(visitor),
        }
    }

    /// Whether this is the same value, seen as the same type.
    #[allow(
        ambiguous_wide_pointer_comparisons,
        reason = "a value and its first field are at one address; if its type is told in two ways, \
                  it is met in the second a little later"
    )]
    pub(crate) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Value(one), Self::Value(other)) => std::ptr::eq(one, other),
            (Self::Walk(one), Self::Walk(other)) => std::ptr::eq(one, other),
            _ => false,
        }
    }

    pub(crate) fn label(self) -> Label<'a> {
        match self {
            Self::Value(value) => value.label(),
            Self::Walk(_) => Label::None,
            Self::RefCell(cell) => cell.label(),
            Self::Mutex(cell) => cell.label(),
            Self::RwLock(cell) => cell.label(),
        }
    }
}

/// What cells and locks do, once for all that they may hold.
macro_rules! lent {
    ($($name:ident, $cell:ident => $try:expr $(, poisoned $poisoned:expr)?;)*) => {$(
        impl<'a, 'b> Lent<'a, $name<dyn Visit + 'b>> {
            pub(crate) fn visit(self, visitor: &mut Visitor<'a>) {
                let $cell = self.0;
                $(if $poisoned {
                    visitor.poisoned((self.1.name)());
                })?
                match patiently(|| $try) {
                    Some(guard) => visitor.lent_here(&*guard),
                    None => visitor.busy_inside(self.1),
                }
            }

            pub(crate) fn label(self) -> Label<'a> {
                let $cell = self.0;
                Label::with(move |f| {
                    $(if $poisoned {
                        f.write_str("<poisoned> ")?;
                    })?
                    match $try {
                        Some(guard) => fmt::Display::fmt(&guard.label(), f),
                        None => f.write_str("<busy>"),
                    }
                })
            }
        }

        impl<'a> Lent<'a, $name<dyn Unseen>> {
            pub(crate) fn walk(self, visitor: &mut Visitor<'a>) {
                let $cell = self.0;
                $(if $poisoned {
                    visitor.poisoned((self.1.name)());
                })?
                match patiently(|| $try) {
                    Some(guard) => visitor.guarded(|guarded| {
                        guarded.with(|visitor| visitor.any_named(&*guard, self.1.name));
                    }),
                    None => visitor.busy_inside(self.1),
                }
            }
        }
    )*};
}

lent! {
    RefCell, cell => cell.try_borrow().ok();
    Mutex, cell => unpoisoned(cell.try_lock()), poisoned cell.is_poisoned();
    RwLock, cell => unpoisoned(cell.try_read()), poisoned cell.is_poisoned();
}

/// A lock that panicked while it was held still lends its value.
pub(crate) fn unpoisoned<G>(tried: Result<G, TryLockError<G>>) -> Option<G> {
    match tried {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// A value of any type.
pub(crate) trait Unseen: Any {
    /// What there is to see of it, by a [`See`] of its type.
    fn seen(&self, see: AnySee) -> Option<Seen<'_>>;
}

impl<T: 'static> Unseen for T {
    #[expect(
        clippy::manual_map,
        reason = "a closure is one more function for each type"
    )]
    fn seen(&self, see: AnySee) -> Option<Seen<'_>> {
        match see.downcast_ref::<See<T>>() {
            Some(see) => Some(see(self)),
            None => None,
        }
    }
}

/// A weak handle to a value behind a pointer of std.
pub(crate) trait Behind {
    /// The type of the value.
    fn target(&self) -> TypeId;

    /// The name of the type of the value.
    fn type_name(&self) -> &'static str;

    /// Hands what there is to see of the value, by a [`See`] of its type, to `take`; false if the
    /// value is gone.
    fn look(&self, see: AnySee, take: &mut dyn FnMut(Seen<'_>)) -> bool;

    /// Another handle to the value.
    fn again(&self) -> Box<dyn Behind>;

    /// Where the allocation is.
    fn address(&self) -> usize;

    /// The strong and the weak references to the value, this handle among them.
    fn counts(&self) -> (usize, usize);

    /// What counts the references.
    fn holder(&self) -> Holder;
}

macro_rules! behind {
    ($($module:ident $holder:ident),*) => {$(
        impl<T: ?Sized + 'static> Behind for $module::Weak<T> {
            fn target(&self) -> TypeId {
                TypeId::of::<T>()
            }

            fn type_name(&self) -> &'static str {
                type_name::<T>()
            }

            fn look(&self, see: AnySee, take: &mut dyn FnMut(Seen<'_>)) -> bool {
                let strong = self.upgrade();
                if let (Some(value), Some(see)) = (&strong, see.downcast_ref::<See<T>>()) {
                    take(see(value));
                }
                strong.is_some()
            }

            fn again(&self) -> Box<dyn Behind> {
                Box::new(self.clone())
            }

            fn address(&self) -> usize {
                self.as_ptr().cast::<()>().addr()
            }

            fn counts(&self) -> (usize, usize) {
                (self.strong_count(), self.weak_count())
            }

            fn holder(&self) -> Holder {
                Holder::$holder
            }
        }
    )*};
}

behind!(rc StdRc, sync StdArc);
