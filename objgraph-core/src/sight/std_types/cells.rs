//! Cells and locks. None is ever waited for: what is borrowed mutably, or locked, is busy.

use std::cell::{Cell, LazyCell, OnceCell, RefCell};
use std::sync::{LazyLock, Mutex, OnceLock, RwLock, TryLockError};

use crate::sight::Registrar;
use crate::sight::walk::Walk;
use crate::trace::Visitor;
use crate::tracked::{Label, Tracked};

/// Cells that lend their value by a guard; `$try` gives the guard, or nothing if it is busy.
macro_rules! guarded {
    ($($type:ty, $cell:ident => $try:expr;)*) => {$(
        impl<T: Tracked> Tracked for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $cell = self;
                match $try {
                    Some(guard) => visitor.lent::<T>(&guard),
                    None => visitor.busy::<T>(),
                }
            }

            fn register(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self>() {
                    T::register(registrar);
                }
            }

            fn label(&self) -> Label<'_> {
                Label::with(move |f| {
                    let $cell = self;
                    match $try {
                        Some(guard) => std::fmt::Display::fmt(&T::label(&guard), f),
                        None => f.write_str("<busy>"),
                    }
                })
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }
        }

        impl<T: 'static> Walk for $type {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $cell = self;
                match $try {
                    Some(guard) => {
                        let value: &T = &guard;
                        visitor.guarded(|guarded| guarded.with(|visitor| visitor.any(value)));
                    }
                    None => visitor.busy::<T>(),
                }
            }
        }
    )*};
}

/// A lock that panicked while it was held still lends its value.
fn unpoisoned<G>(tried: Result<G, TryLockError<G>>) -> Option<G> {
    match tried {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

guarded! {
    RefCell<T>, cell => cell.try_borrow().ok();
    Mutex<T>, cell => unpoisoned(cell.try_lock());
    RwLock<T>, cell => unpoisoned(cell.try_read());
}

/// Cells that are empty first, and then hold one value for good.
macro_rules! once {
    ($($type:ident),*) => {$(
        impl<T: Tracked> Tracked for $type<T> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                if let Some(value) = self.get() {
                    visitor.value(value);
                }
            }

            fn register(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self>() {
                    T::register(registrar);
                }
            }

            fn label(&self) -> Label<'_> {
                self.get().map_or(Label::None, T::label)
            }
        }

        impl<T: 'static> Walk for $type<T> {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                if let Some(value) = self.get() {
                    visitor.any(value);
                }
            }
        }
    )*};
}

once!(OnceCell, OnceLock);

/// A `Cell` lends nothing, so only what holds no reference can be known of it.
impl<T: Copy + Tracked> Tracked for Cell<T> {
    fn label(&self) -> Label<'_> {
        Label::None
    }

    fn is_leaf() -> bool {
        true
    }
}

impl<T: 'static, F: 'static> Walk for LazyCell<T, F> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.__opaque_type::<Self>();
    }
}

impl<T: 'static, F: 'static> Walk for LazyLock<T, F> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.__opaque_type::<Self>();
    }
}
