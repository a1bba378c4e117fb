//! std's pointers that a trace meets.

use std::any::{Any, TypeId, type_name};
use std::fmt;
use std::mem::needs_drop;

use super::tracer::{OpaqueWords, words_of};
use crate::snapshot::PointerKind;
use crate::visibility::WeakTarget;

/// What a trace records of one of std's pointers, to visit the value later.
pub(crate) struct MetPointer {
    /// The address of the value, which distinguishes it from others.
    pub(crate) address: usize,
    pub(crate) pointer_kind: PointerKind,
    pub(crate) strong: usize,
    pub(crate) weak: usize,
    pub(crate) type_name: &'static str,
    /// The size of the value; 0 if it is unknown, or differs between values of the type.
    pub(crate) size: usize,
    /// The size of the value, if it differs between values of the type.
    pub(crate) heap: usize,
    /// Whether the value may own something: it needs a drop and is not empty. A weak pointer to an
    /// unsized value does not know its size, so it may.
    pub(crate) may_own: bool,
    /// A weak handle to the value, if its type is known.
    pub(crate) handle: Option<Box<dyn WeakTarget>>,
}

impl fmt::Debug for MetPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}<{}>", self.pointer_kind, self.type_name)
    }
}

/// Whether all values of the type have one size: then a reference is only an address.
const fn has_size<T: ?Sized>() -> bool {
    size_of::<&T>() == size_of::<usize>()
}

/// One of std's strong or weak pointers, to any type.
pub(crate) trait StdPointer: Any + Sized {
    /// Whether it owns.
    const STRONG: bool;

    /// Records the pointer, with a weak handle to the value if `asks` wants one; `None` if the
    /// value is dead.
    fn met(&self, asks: Asks<'_>) -> Option<MetPointer>;

    /// Returns the words of the value; none if the pointer is weak.
    fn words(&self) -> OpaqueWords<'_>;
}

/// Returns whether to make a weak handle to the value at an address, of a type.
type Asks<'q> = &'q dyn Fn(usize, TypeId) -> bool;

macro_rules! std_pointer {
    ($module:ident, $strong:ident, $kind:ident) => {
        impl<T: ?Sized + 'static> StdPointer for std::$module::$strong<T> {
            const STRONG: bool = true;

            fn met(&self, asks: Asks<'_>) -> Option<MetPointer> {
                let size = size_of_val::<T>(self);
                let (size, heap) = if has_size::<T>() {
                    (size, 0)
                } else {
                    (0, size)
                };
                let address = std::$module::$strong::as_ptr(self).cast::<()>().addr();
                // The counts are read before the handle is made, which adds one.
                Some(MetPointer {
                    address,
                    pointer_kind: PointerKind::$kind,
                    strong: std::$module::$strong::strong_count(self),
                    weak: std::$module::$strong::weak_count(self),
                    type_name: type_name::<T>(),
                    size,
                    heap,
                    may_own: needs_drop::<T>() && size + heap > 0,
                    handle: if asks(address, TypeId::of::<T>()) {
                        Some(Box::new(std::$module::$strong::downgrade(self)))
                    } else {
                        None
                    },
                })
            }

            fn words(&self) -> OpaqueWords<'_> {
                words_of::<T>(self)
            }
        }

        impl<T: ?Sized + 'static> StdPointer for std::$module::Weak<T> {
            const STRONG: bool = false;

            fn met(&self, asks: Asks<'_>) -> Option<MetPointer> {
                let strong = self.strong_count();
                if strong == 0 {
                    return None;
                }
                let address = self.as_ptr().cast::<()>().addr();
                Some(MetPointer {
                    address,
                    pointer_kind: PointerKind::$kind,
                    strong,
                    weak: self.weak_count(),
                    type_name: type_name::<T>(),
                    size: 0,
                    heap: 0,
                    may_own: needs_drop::<T>(),
                    handle: if asks(address, TypeId::of::<T>()) {
                        Some(Box::new(self.clone()))
                    } else {
                        None
                    },
                })
            }

            fn words(&self) -> OpaqueWords<'_> {
                words_of(&())
            }
        }
    };
}

std_pointer!(rc, Rc, StdRc);
std_pointer!(sync, Arc, StdArc);
