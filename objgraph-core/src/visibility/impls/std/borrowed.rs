//! References. They do not own their target, so it is a node of its own.

use std::pin::Pin;

use super::shapes::leaves;
use crate::trace::{Starts, Visitor};
use crate::tracked::{Label, Visit};
use crate::visibility::{Fuel, Registrar};

macro_rules! references {
    ($($type:ty),*) => {$(
        impl<T: Visit> Visit for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.shared(&**self);
            }

            fn register_static(registrar: &mut Registrar) {
                T::register_static(registrar);
            }

            // A growing step in the target is visited through the registry.
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

            // A reference needs no drop, but its target may refer to objects.
            fn is_leaf() -> bool {
                T::is_leaf()
            }
        }
    )*};
}

references!(&T, &mut T, Pin<&T>);

// References to unsized values that hold nothing.
leaves!(&str, &std::path::Path, &std::ffi::OsStr, &std::ffi::CStr);

impl<T: Visit> Visit for &[T] {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.shared_elements(self.iter());
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
        Label::Items(self.len())
    }

    fn starts(&self, starts: &mut Starts) -> bool {
        starts.all(self.iter())
    }

    fn is_leaf() -> bool {
        T::is_leaf()
    }
}
