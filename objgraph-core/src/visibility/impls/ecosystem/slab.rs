//! slab. The number in a path is the key of the entry.

use slab::Slab;

use crate::visibility::{Finite, Fuel, Registrar, name_of};
use crate::visibility::walk::Walk;
use crate::snapshot::Segment;
use crate::trace::{Starts, Visitor};
use crate::tracked::{Label, Visit};

/// Returns the bytes of the entries. An entry holds a value or the number of the next vacant entry.
fn bytes<T>(slab: &Slab<T>) -> usize {
    slab.capacity() * size_of::<Result<T, usize>>()
}

impl<Steps, T> Finite<Steps, { name_of("Slab") }> for Slab<T> {}

impl<T: Visit> Visit for Slab<T> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.collection(self.len(), bytes(self));
        if visitor.skips(T::is_leaf(), T::owns_heap) {
            return;
        }
        visitor.open(Segment::Element);
        for (key, value) in self {
            visitor.set_element(key);
            visitor.value(value);
        }
        visitor.__leave();
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
        Label::Items(self.len())
    }

    fn starts(&self, starts: &mut Starts) -> bool {
        starts.all(self.iter().map(|(_, value)| value))
    }

    fn is_leaf() -> bool {
        T::is_leaf()
    }

    fn owns_heap() -> bool {
        true
    }
}

impl<T: 'static> Walk for Slab<T> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.collection(self.len(), bytes(self));
        if !std::mem::needs_drop::<T>() {
            return;
        }
        visitor.open(Segment::Element);
        for (key, value) in self {
            visitor.set_element(key);
            visitor.any(value);
        }
        visitor.__leave();
    }
}
