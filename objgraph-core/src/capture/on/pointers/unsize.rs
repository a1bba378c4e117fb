//! From a pointer to a value to a pointer to `dyn Trait`, or from an array to a slice.

/// Pointers that can be made into pointers to `U`; see [`unsize!`](crate::unsize).
pub trait Unsize<U: ?Sized>: Sized {
    /// The pointer inside.
    type From;
    /// The pointer inside of the result.
    type To;
    /// The result.
    type Output;

    /// Converts; `coerce` is `|inner| inner`, written where the compiler knows both types.
    fn unsize(self, coerce: impl FnOnce(Self::From) -> Self::To) -> Self::Output;
}

/// Makes a pointer to a `dyn Trait`, or to a slice, from a pointer to a value, for `Rc`, `Arc` and
/// their `Weak`s. With std's pointers the compiler does it unasked; only std's can on stable.
///
/// ```
/// use objgraph_core::{rc::Rc, unsize};
/// use std::fmt::Display;
///
/// let text: Rc<dyn Display> = unsize!(Rc::new(5) => dyn Display);
/// assert_eq!(text.to_string(), "5");
/// let slice: Rc<[i32]> = unsize!(Rc::new([1, 2, 3]) => [i32]);
/// assert_eq!(slice.len(), 3);
/// ```
#[macro_export]
macro_rules! unsize {
    ($pointer:expr => $target:ty) => {
        $crate::__private::Unsize::<$target>::unsize($pointer, |inner| inner)
    };
}
