//! Boxes, including those of values whose type is unknown.

use std::any::Any;
use std::pin::Pin;

use crate::object_id::ObjectId;
use crate::trace::{Starts, Visitor};
use crate::tracked::{Label, Tracked, Visit};
use crate::visibility::walk::Walk;
use crate::visibility::{Finite, Fuel, Registrar, name_of};

/// Implements `Visit` for boxes, pinned or not, that lend their contents.
macro_rules! boxes {
    ($($type:ty),*) => {$(
        impl<Steps, T> Finite<Steps, { name_of(stringify!($type)) }> for $type {}

        impl<T: Visit> Visit for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.heap(size_of::<T>());
                visitor.value(&**self);
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
                if registrar.plain::<Self, Left>() {
                    T::register::<Left>(registrar);
                }
            }

            fn label(&self) -> Label<'_> {
                (**self).label()
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                (**self).starts(starts)
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                size_of::<T>() > 0 || T::owns_heap()
            }
        }

        impl<T: 'static> Walk for $type {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.heap(size_of::<T>());
                visitor.any(&**self);
            }
        }
    )*};
}

// Only pinned pointers that lend a reference for their own lifetime. A `Pin<Rc<T>>` gives an `Rc<T>`
// only by a clone, which the program could see in the count.
boxes!(Box<T>, Pin<Box<T>>);

/// Implements `Visit` for boxes of `dyn Any`, whose type the registry may know.
macro_rules! any_boxes {
    ($($type:ty),*) => {$(
        impl Visit for Box<$type> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let value: &'a dyn Any = &**self;
                visitor.heap(size_of_val(value));
                if !visitor.known(value) && size_of_val(value) > 0 {
                    visitor.__opaque(value);
                }
            }
        }
    )*};
}

any_boxes!(dyn Any, dyn Any + Send, dyn Any + Send + Sync);

/// Implements `Visit` for boxes of `dyn Tracked`.
///
/// A program can write the same impl for a trait of its own, `trait Shape: Tracked`:
///
/// ```
/// # use objgraph_core::{Tracked, Visit, Visitor};
/// trait Shape: Tracked {}
///
/// impl Visit for Box<dyn Shape> {
///     fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
///         (**self).visit(visitor);
///     }
/// }
/// ```
macro_rules! tracked_boxes {
    ($($type:ty),*) => {$(
        impl Visit for Box<$type> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.heap(size_of_val::<$type>(&**self));
                (**self).visit(visitor);
            }

            fn label(&self) -> Label<'_> {
                (**self).label()
            }

            fn instance(&self) -> Option<ObjectId> {
                (**self).instance()
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                (**self).starts(starts)
            }
        }
    )*};
}

tracked_boxes!(
    dyn Tracked,
    dyn Tracked + Send,
    dyn Tracked + Send + Sync,
    dyn Visit,
    dyn Visit + Send,
    dyn Visit + Send + Sync
);
