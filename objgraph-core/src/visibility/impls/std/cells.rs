//! Cells and locks. A trace never waits for one: a cell that is mutably borrowed or locked is busy.

use std::cell::{Cell, LazyCell, OnceCell, RefCell};
use std::sync::{LazyLock, Mutex, OnceLock, RwLock};

use super::lazy_view::LazyView;
use super::shapes::{lazy, once};
use crate::trace::Visitor;
use crate::tracked::{Label, Visit};
use crate::visibility::walk::Walk;
use crate::visibility::{CellContents, CellView, ErasedValue, Finite, Fuel, Registrar, name_of};

/// Implements `Visit` for cells that coerce to hold a `dyn Visit`. The code for that is compiled once.
macro_rules! cells {
    ($($name:ident $register:ident;)*) => {$(
        impl<Steps, T> Finite<Steps, { name_of(stringify!($name)) }> for $name<T> {}

        impl<T: Visit> Visit for $name<T> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                if !visitor.skips(T::is_leaf(), T::owns_heap) {
                    CellView::<$name<dyn Visit>>(self, const { &CellContents::of::<T>() }).visit(visitor);
                }
            }

            fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.visit(visitor);
            }

            fn register_static(registrar: &mut Registrar) {
                T::register_static(registrar);
            }

            fn register<Left: Fuel>(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.$register::<T, Left>() {
                    T::register::<Left>(registrar);
                }
            }

            fn label(&self) -> Label<'_> {
                CellView::<$name<dyn Visit>>(self, const { &CellContents::of::<T>() }).label()
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                T::owns_heap()
            }
        }

        impl<T: 'static> Walk for $name<T> {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                if std::mem::needs_drop::<T>() {
                    CellView::<$name<dyn ErasedValue>>(self, const { &CellContents::unknown::<T>() }).walk(visitor);
                }
            }
        }
    )*};
}

cells! {
    RefCell ref_cell;
    Mutex mutex;
    RwLock rw_lock;
}

once! {
    [] OnceCell<T>, cell => cell.get();
    [] OnceLock<T>, cell => cell.get();
}

lazy! {
    LazyCell<T, F>, cell => LazyView::of_cell(cell);
    LazyLock<T, F>, cell => LazyView::of_lock(cell);
}

impl<Steps, T, const NAME: u64> Finite<Steps, NAME> for Cell<T> {}

/// A `Cell` does not lend its value, so it is `Tracked` only if the value can own nothing. Any other
/// is opaque: `Cell<Option<Rc<T>>>` is, and `RefCell<Option<Rc<T>>>` is not.
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
