//! smallvec.

use smallvec::{Array, SmallVec};

use crate::visibility::{Finite, Fuel, Registrar, name_of};
use crate::visibility::walk::Walk;
use crate::trace::{Starts, Visitor};
use crate::tracked::{Label, Visit};

/// Returns the bytes of the buffer, which exists once the items do not fit inline.
fn bytes<A: Array>(list: &SmallVec<A>) -> usize {
    if list.spilled() {
        list.capacity() * size_of::<A::Item>()
    } else {
        0
    }
}

impl<Steps, A: Array> Finite<Steps, { name_of("SmallVec") }> for SmallVec<A> {}

impl<A: Array> Visit for SmallVec<A>
where
    A::Item: Visit,
{
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.collection(self.len(), bytes(self));
        visitor.elements(self.as_slice());
    }

    fn register_static(registrar: &mut Registrar) {
        A::Item::register_static(registrar);
    }

    fn register<Left: Fuel>(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self, Left>() {
            A::Item::register::<Left>(registrar);
        }
    }

    fn label(&self) -> Label<'_> {
        Label::Items(self.len())
    }

    fn starts(&self, starts: &mut Starts) -> bool {
        starts.all(self.as_slice())
    }

    fn is_leaf() -> bool {
        A::Item::is_leaf()
    }

    fn owns_heap() -> bool {
        true
    }
}

impl<A: Array> Walk for SmallVec<A>
where
    Self: 'static,
    A::Item: 'static,
{
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.collection(self.len(), bytes(self));
        if std::mem::needs_drop::<A::Item>() {
            visitor.any_elements(self.as_slice());
        }
    }
}
