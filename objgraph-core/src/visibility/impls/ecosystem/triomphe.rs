//! triomphe. Its `Arc` is in no table and has no weak handles. With one owner at the time, it is visited as
//! a box. With more, its target is a node of its own that counts as alive, with everything that it
//! refers to, and whose bytes are attributed to no object.

use triomphe::{Arc, OffsetArc, UniqueArc};

use crate::visibility::{Finite, Fuel, Registrar, name_of};
use crate::visibility::walk::Walk;
use crate::trace::Visitor;
use crate::tracked::{Label, Visit};

/// Bytes of the value and of the count before it.
fn bytes<T>() -> usize {
    size_of::<(usize, T)>()
}

/// `$alone` is whether there is one owner.
macro_rules! arcs {
    ($($type:ty, $arc:ident => $alone:expr;)*) => {$(
        impl<Steps, T> Finite<Steps, { name_of(stringify!($type)) }> for $type {}

        impl<T: Visit> Visit for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $arc = self;
                if $alone {
                    visitor.heap(bytes::<T>());
                    visitor.value(&**self);
                } else {
                    visitor.shared(&**self);
                }
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

            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                true
            }
        }

        impl<T: 'static> Walk for $type {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $arc = self;
                if $alone {
                    visitor.heap(bytes::<T>());
                    visitor.any(&**self);
                } else {
                    visitor.any_shared(&**self);
                }
            }
        }
    )*};
}

arcs! {
    Arc<T>, arc => arc.is_unique();
    OffsetArc<T>, arc => OffsetArc::strong_count(arc) == 1;
    UniqueArc<T>, _arc => true;
}
