//! Views of values whose type the trace does not know.
//!
//! For each registered type, the registry holds a function from a reference to a [`View`]. The type of
//! the function is erased, as a `dyn Any`, and so is the type of the value ([`ErasedValue`]). The value
//! downcasts the function, so the code for it is compiled only for types of values that exist. The
//! other way round, it would be compiled for every registered type, which includes the cells around
//! each type with a derive.

use std::any::{Any, type_name};
use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, RwLock, TryLockError};

use super::walk::Walk;
use crate::trace::{OpaqueWords, Visitor, patiently, words_of};
use crate::tracked::{Label, Visit};

/// Returns the view of a value of type `T`.
pub(crate) type ViewFn<T> = for<'a> fn(&'a T) -> View<'a>;

/// A [`ViewFn`] of an erased type.
pub(crate) type AnyViewFn = &'static (dyn Any + Send + Sync);

/// Returns the view of a value, if it has the type that the function was made for.
pub(crate) type DynViewFn = for<'a> fn(&'a dyn Any) -> Option<View<'a>>;

/// What the trace can visit in a value.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    Value(&'a dyn Visit),
    /// A container with items of any type.
    Walk(&'a dyn Walk),
    RefCell(CellView<'a, RefCell<dyn Visit>>),
    Mutex(CellView<'a, Mutex<dyn Visit>>),
    RwLock(CellView<'a, RwLock<dyn Visit>>),
    /// A box of a value of an unknown type.
    OpaqueBox(&'a dyn OpaqueBox),
}

/// A box of a value of an unknown type.
pub(crate) trait OpaqueBox {
    /// Returns the name of the type of the box.
    fn type_name(&self) -> &'static str;

    /// Returns the size of the content.
    fn content_size(&self) -> usize;

    /// Returns the words of the content.
    fn words(&self) -> OpaqueWords<'_>;
}

macro_rules! opaque_boxes {
    ($($type:ty),*) => {$(
        impl<T: ?Sized> OpaqueBox for $type {
            fn type_name(&self) -> &'static str {
                type_name::<Self>()
            }

            fn content_size(&self) -> usize {
                size_of_val::<T>(self)
            }

            fn words(&self) -> OpaqueWords<'_> {
                words_of::<T>(self)
            }
        }
    )*};
}

opaque_boxes!(Box<T>, Pin<Box<T>>);

/// A cell that lends its contents by a guard, and what the trace misses while it cannot.
pub(crate) struct CellView<'a, C: ?Sized>(pub(crate) &'a C, pub(crate) &'static CellContents);

impl<C: ?Sized> Clone for CellView<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: ?Sized> Copy for CellView<'_, C> {}

/// What the trace needs to know of contents that are busy. A constant, because generated code costs
/// more compile time.
pub(crate) struct CellContents {
    pub(crate) name: fn() -> &'static str,
    /// As [`Visit::is_leaf`]: contents that hold no reference hide none.
    pub(crate) is_leaf: fn() -> bool,
}

impl CellContents {
    /// Describes contents that the trace can visit.
    pub(crate) const fn of<T: Visit>() -> Self {
        Self {
            name: type_name::<T>,
            is_leaf: T::is_leaf,
        }
    }

    /// Describes contents that may hold anything.
    pub(crate) const fn unknown<T>() -> Self {
        Self {
            name: type_name::<T>,
            is_leaf: || false,
        }
    }
}

impl<'a> View<'a> {
    #[inline]
    pub(crate) fn visit(&self, visitor: &mut Visitor<'a>) {
        match *self {
            Self::Value(value) => value.visit(visitor),
            Self::Walk(value) => value.walk(visitor),
            Self::RefCell(cell) => cell.visit(visitor),
            Self::Mutex(cell) => cell.visit(visitor),
            Self::RwLock(cell) => cell.visit(visitor),
            Self::OpaqueBox(value) => visitor.opaque_box(value),
        }
    }

    /// Whether both are views of the same value as the same type.
    #[allow(
        ambiguous_wide_pointer_comparisons,
        reason = "a value and its first field have the same address; a value that has two vtables \
                  is recognised one round later"
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
            Self::Walk(_) | Self::OpaqueBox(_) => Label::None,
            Self::RefCell(cell) => cell.label(),
            Self::Mutex(cell) => cell.label(),
            Self::RwLock(cell) => cell.label(),
        }
    }
}

/// Visits and labels cells and locks, by code that is shared by all types of contents.
macro_rules! cell_views {
    ($($name:ident, $cell:ident => $try:expr $(, poisoned $poisoned:expr)?;)*) => {$(
        impl<'a, 'b> CellView<'a, $name<dyn Visit + 'b>> {
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

        impl<'a> CellView<'a, $name<dyn ErasedValue>> {
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

cell_views! {
    RefCell, cell => cell.try_borrow().ok();
    Mutex, cell => unpoisoned(cell.try_lock()), poisoned cell.is_poisoned();
    RwLock, cell => unpoisoned(cell.try_read()), poisoned cell.is_poisoned();
}

/// Returns the guard of a lock that is free, even if a thread panicked while it held the lock.
pub(crate) fn unpoisoned<G>(tried: Result<G, TryLockError<G>>) -> Option<G> {
    match tried {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// A value of any type.
pub(crate) trait ErasedValue: Any {
    /// Returns the view that a [`ViewFn`] gives of the value, if the function is for its type.
    fn view(&self, view: AnyViewFn) -> Option<View<'_>>;
}

impl<T: 'static> ErasedValue for T {
    #[expect(
        clippy::manual_map,
        reason = "a closure is one more function for each type"
    )]
    fn view(&self, view: AnyViewFn) -> Option<View<'_>> {
        match view.downcast_ref::<ViewFn<T>>() {
            Some(view) => Some(view(self)),
            None => None,
        }
    }
}
