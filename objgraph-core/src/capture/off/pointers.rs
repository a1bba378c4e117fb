//! The drop-in pointers: std's own, since tracking is off.

use std::pin::Pin;

/// Single-threaded reference-counting pointers: those of std, since tracking is off.
///
#[doc = include_str!("../../../docs/pointers.md")]
pub mod rc {
    pub use std::rc::{Rc, Weak};
}

/// Thread-safe reference-counting pointers: those of std, since tracking is off; and the rest of
/// [`std::sync`].
pub mod sync {
    #[doc(no_inline)]
    pub use std::sync::*;
    pub use std::sync::{Arc, Weak};
}

/// Makes a pointer to a `dyn Trait`, or to a slice, from a pointer to a value, for `Rc`, `Arc` and
/// their `Weak`s, and for a `Pin` of one. Tracking is off, so the compiler does it.
///
/// ```
/// use objgraph_core::{rc::Rc, unsize};
/// use std::fmt::Display;
///
/// let text: Rc<dyn Display> = unsize!(Rc::new(5) => dyn Display);
/// assert_eq!(text.to_string(), "5");
/// ```
#[macro_export]
macro_rules! unsize {
    ($pointer:expr => $target:ty) => {
        $crate::__private::Unsize::<$target>::unsize($pointer, |inner| inner)
    };
}

/// Pointers that can be made into pointers to `U`.
pub trait Unsize<U: ?Sized>: Sized {
    /// The result.
    type Output;

    /// Converts; `coerce` is `|inner| inner`, written where the compiler knows both types.
    fn unsize(self, coerce: impl FnOnce(Self) -> Self::Output) -> Self::Output;
}

macro_rules! unsize_std {
    ($($Pointer:ty => $Output:ty;)*) => {$(
        impl<T, U: ?Sized> Unsize<U> for $Pointer {
            type Output = $Output;

            fn unsize(self, coerce: impl FnOnce(Self) -> $Output) -> $Output {
                coerce(self)
            }
        }
    )*};
}

unsize_std! {
    Pin<std::rc::Rc<T>> => Pin<std::rc::Rc<U>>;
    Pin<std::sync::Arc<T>> => Pin<std::sync::Arc<U>>;
    std::rc::Rc<T> => std::rc::Rc<U>;
    std::rc::Weak<T> => std::rc::Weak<U>;
    std::sync::Arc<T> => std::sync::Arc<U>;
    std::sync::Weak<T> => std::sync::Weak<U>;
}
