//! Cells and locks. None is ever waited for: what is borrowed mutably, or locked, is busy.

use std::cell::{Cell, LazyCell, OnceCell, RefCell};
use std::sync::{LazyLock, Mutex, OnceLock, RwLock, TryLockError};

use super::shapes::{guarded, lazy, once};
use crate::tracked::{Label, Visit};

/// A lock that panicked while it was held still lends its value.
fn unpoisoned<G>(tried: Result<G, TryLockError<G>>) -> Option<G> {
    match tried {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

guarded! {
    [] RefCell<T>, cell => cell.try_borrow().ok();
    [] Mutex<T>, cell => unpoisoned(cell.try_lock()), poisoned cell.is_poisoned();
    [] RwLock<T>, cell => unpoisoned(cell.try_read()), poisoned cell.is_poisoned();
}

once! {
    [] OnceCell<T>, cell => cell.get();
    [] OnceLock<T>, cell => cell.get();
}

lazy! {
    LazyCell<T, F>, cell => LazyCell::get(cell);
    LazyLock<T, F>, cell => LazyLock::get(cell);
}

/// A `Cell` lends nothing, so it is known only where its value can own nothing. Any other is
/// opaque, as a foreign type would be: `Cell<Option<Rc<T>>>` is, and a `RefCell` in its place is
/// not.
impl<T: Copy + Visit> Visit for Cell<T> {
    fn label(&self) -> Label<'_> {
        Label::None
    }

    fn is_leaf() -> bool {
        true
    }

    fn owns_heap() -> bool {
        false
    }
}
