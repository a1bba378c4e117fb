//! Values behind `dyn` have no names: the feature `symbols` is off.

use super::{ConcreteType, DynFunctions};

/// The vtable of a value: unknown.
#[derive(Clone, Copy)]
pub(crate) struct DynVtable;

/// Returns the vtable of a value.
#[cfg(feature = "scan")]
#[inline(always)]
pub(crate) fn vtable_of<T: ?Sized>(_: &T) -> DynVtable {
    DynVtable
}

impl DynVtable {
    pub(crate) const NONE: Self = Self;

    #[inline(always)]
    pub(crate) fn functions(self, _: &str) -> Option<DynFunctions> {
        None
    }
}

pub(crate) fn concrete_type(_: DynFunctions) -> Option<ConcreteType> {
    None
}
