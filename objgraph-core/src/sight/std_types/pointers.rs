//! std's own pointers: what they point to is a node of its own, visited through the registry.

use std::any::TypeId;

use crate::sight::{Registrar, registry};
use crate::trace::{Starts, StdPointer, Visitor};
use crate::tracked::{Label, Visit};

macro_rules! pointers {
    ($($module:ident::$name:ident),*) => {$(
        impl<T: ?Sized + 'static> Visit for std::$module::$name<T> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.std_pointer(self);
            }

            fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.visit(visitor);
            }

            fn register(_: &mut Registrar)
            where
                Self: 'static,
            {
            }

            fn label(&self) -> Label<'_> {
                Label::None
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                starts.pointer(self.met(&is_known))
            }
        }
    )*};
}

/// Where a trace starts, a way back to the value is wanted, wherever it is.
fn is_known(_: usize, target: TypeId) -> bool {
    registry().get(target).is_some()
}

pointers!(rc::Rc, rc::Weak, sync::Arc, sync::Weak);
