//! std's own pointers. Their target is a node of its own, visited through the registry.

use crate::trace::{Starts, StdPointer, Visitor};
use crate::tracked::{Label, Visit};
#[cfg(feature = "nightly")]
use crate::visibility::add_if_tracked;
use crate::visibility::{Finite, Fuel, Registrar};

macro_rules! pointers {
    ($($module:ident::$name:ident),*) => {$(
        impl<Steps, T: ?Sized, const NAME: u64> Finite<Steps, NAME> for std::$module::$name<T> {}

        impl<T: ?Sized + 'static> Visit for std::$module::$name<T> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.std_pointer(self);
            }

            fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.visit(visitor);
            }

            fn register<Left: Fuel>(_: &mut Registrar)
            where
                Self: 'static,
            {
            }

            /// The value that a query receives points to a value whose type no bound names.
            #[cfg(feature = "nightly")]
            fn register_static(registrar: &mut Registrar) {
                add_if_tracked::<T>(registrar);
            }

            fn label(&self) -> Label<'_> {
                Label::None
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                // A trace that starts here needs a handle to the value, whatever its type.
                starts.pointer(self.met(&|_, _| true))
            }
        }
    )*};
}

pointers!(rc::Rc, rc::Weak, sync::Arc, sync::Weak);
