//! A pointer of std that a trace met.

use std::any::{Any, type_name};
use std::fmt;

use crate::sight::{Registry, StdWeak};
use crate::snapshot::Holder;
use crate::tracked::Value;

/// What a trace keeps of a pointer of std that it met, to visit the value later.
pub(crate) struct MetPointer {
    /// Where the value is, which tells it from others.
    pub(crate) address: usize,
    pub(crate) holder: Holder,
    pub(crate) strong: usize,
    pub(crate) weak: usize,
    pub(crate) type_name: &'static str,
    /// The size of the value; 0 if it is not known, or not one for all values of the type.
    pub(crate) size: usize,
    /// The size of a value of a type without a size.
    pub(crate) heap: usize,
    /// A way back to the value; none if its type is not known.
    pub(crate) handle: Option<StdWeak>,
}

impl MetPointer {
    /// By a handle; `None` if nothing is alive behind it.
    pub(crate) fn new(handle: StdWeak, type_name: &'static str) -> Option<Self> {
        // The handle itself is one of the weak references.
        let (address, holder, strong, weak) = match &handle {
            StdWeak::Rc(weak) => (
                weak.as_ptr().cast::<()>().addr(),
                Holder::StdRc,
                weak.strong_count(),
                weak.weak_count(),
            ),
            StdWeak::Arc(weak) => (
                weak.as_ptr().cast::<()>().addr(),
                Holder::StdArc,
                weak.strong_count(),
                weak.weak_count(),
            ),
        };
        let handle = Some(handle);
        (strong > 0).then_some(Self {
            address,
            holder,
            strong,
            weak: weak.saturating_sub(1),
            type_name,
            size: 0,
            heap: 0,
            handle,
        })
    }
}

impl fmt::Debug for MetPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}<{}>", self.holder, self.type_name)
    }
}

/// Whether all values of the type are of one size: then a reference to one is an address alone.
const fn has_size<T: ?Sized>() -> bool {
    size_of::<&T>() == size_of::<usize>()
}

/// A strong or weak pointer of std, whatever it points to.
pub(crate) trait StdPointer: Any + Sized {
    /// Whether it owns.
    const STRONG: bool;

    /// What a trace keeps of it; `None` if nothing is alive behind it.
    fn met(&self, registry: &Registry) -> Option<MetPointer>;
}

macro_rules! std_pointer {
    ($module:ident, $strong:ident, $holder:ident) => {
        impl<T: ?Sized + 'static> StdPointer for std::$module::$strong<T> {
            const STRONG: bool = true;

            fn met(&self, registry: &Registry) -> Option<MetPointer> {
                let pointer: Value<'_> = self;
                let size = size_of_val::<T>(self);
                let (size, heap) = if has_size::<T>() {
                    (size, 0)
                } else {
                    (0, size)
                };
                // Counted before the handle is made, which is one more.
                Some(MetPointer {
                    address: std::$module::$strong::as_ptr(self).cast::<()>().addr(),
                    holder: Holder::$holder,
                    strong: std::$module::$strong::strong_count(self),
                    weak: std::$module::$strong::weak_count(self),
                    type_name: type_name::<T>(),
                    size,
                    heap,
                    handle: registry.weaken(pointer),
                })
            }
        }

        impl<T: ?Sized + 'static> StdPointer for std::$module::Weak<T> {
            const STRONG: bool = false;

            fn met(&self, registry: &Registry) -> Option<MetPointer> {
                let strong = self.strong_count();
                if strong == 0 {
                    return None;
                }
                let pointer: Value<'_> = self;
                Some(MetPointer {
                    address: self.as_ptr().cast::<()>().addr(),
                    holder: Holder::$holder,
                    strong,
                    weak: self.weak_count(),
                    type_name: type_name::<T>(),
                    size: 0,
                    heap: 0,
                    handle: registry.weaken(pointer),
                })
            }
        }
    };
}

std_pointer!(rc, Rc, StdRc);
std_pointer!(sync, Arc, StdArc);
