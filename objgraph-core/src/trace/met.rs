//! A pointer of std that a trace met.

use std::any::{Any, TypeId, type_name};
use std::fmt;

use crate::sight::{Behind, Registry};
use crate::snapshot::Holder;

/// What a trace keeps of a pointer of std that it met, to visit the value later.
pub(crate) struct MetPointer {
    /// Where the value is, which tells it from others.
    pub(crate) address: usize,
    pub(crate) holder: Holder,
    pub(crate) strong: usize,
    pub(crate) weak: usize,
    pub(crate) type_name: &'static str,
    pub(crate) size: usize,
    /// A way back to the value; none if its type is not known.
    pub(crate) handle: Option<Box<dyn Behind>>,
}

impl fmt::Debug for MetPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}<{}>", self.holder, self.type_name)
    }
}

/// A strong or weak pointer of std, whatever it points to.
pub(crate) trait StdPointer: Any + Sized {
    /// Whether it owns.
    const STRONG: bool;

    /// What a trace keeps of it; `None` if nothing is alive behind it.
    fn met(&self, registry: &Registry) -> Option<MetPointer>;
}

/// A handle to a value whose type is known.
fn handle(
    registry: &Registry,
    target: TypeId,
    make: impl FnOnce() -> Box<dyn Behind>,
) -> Option<Box<dyn Behind>> {
    registry.get(target).is_some().then(make)
}

macro_rules! std_pointer {
    ($module:ident, $strong:ident, $holder:ident) => {
        impl<T: ?Sized + 'static> StdPointer for std::$module::$strong<T> {
            const STRONG: bool = true;

            fn met(&self, registry: &Registry) -> Option<MetPointer> {
                // The counts are taken before the handle is made, which is one more.
                Some(MetPointer {
                    address: std::$module::$strong::as_ptr(self).cast::<()>().addr(),
                    holder: Holder::$holder,
                    strong: std::$module::$strong::strong_count(self),
                    weak: std::$module::$strong::weak_count(self),
                    type_name: type_name::<T>(),
                    size: size_of_val::<T>(self),
                    handle: handle(registry, TypeId::of::<T>(), || {
                        Box::new(std::$module::$strong::downgrade(self))
                    }),
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
                Some(MetPointer {
                    address: self.as_ptr().cast::<()>().addr(),
                    holder: Holder::$holder,
                    strong,
                    weak: self.weak_count(),
                    type_name: type_name::<T>(),
                    size: 0,
                    handle: handle(registry, TypeId::of::<T>(), || Box::new(self.clone())),
                })
            }
        }
    };
}

std_pointer!(rc, Rc, StdRc);
std_pointer!(sync, Arc, StdArc);
