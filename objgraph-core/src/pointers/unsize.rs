//! Conversion of a pointer to a value into one to `dyn Trait`, and of an array into a slice.
//!
//! The table's handle is the only way back to the type. So an object whose type was left out enters
//! the table here: `downcast` works as with std.

use std::panic::Location;
use std::pin::Pin;

use super::{rc, sync};
use crate::pointers::inner::{ArcInner, RcInner};
use crate::table::choice;

/// Pointers that can be converted into pointers to `U`; see [`unsize!`](crate::unsize).
pub trait Unsize<U: ?Sized>: Sized {
    /// std's pointer inside.
    type From;
    /// std's pointer inside the result.
    type To;
    /// The result.
    type Output;

    /// Converts the pointer. `coerce` is `|inner| inner`, written where the compiler knows both
    /// types.
    #[track_caller]
    fn unsize(self, coerce: impl FnOnce(Self::From) -> Self::To) -> Self::Output;
}

macro_rules! unsize_ours {
    ($($module:ident::$Pointer:ident of $Inner:ident;)*) => {$(
        impl<T: 'static, U: ?Sized> Unsize<U> for $module::$Pointer<T> {
            type From = std::$module::$Pointer<$Inner<T>>;
            type To = std::$module::$Pointer<$Inner<U>>;
            type Output = $module::$Pointer<U>;

            #[track_caller]
            fn unsize(self, coerce: impl FnOnce(Self::From) -> Self::To) -> Self::Output {
                self.add_left_out(Location::caller());
                let (inner, handle) = self.into_made();
                $module::$Pointer::from_inner(coerce(inner)).known_as(handle)
            }
        }

        impl<T: 'static, U: ?Sized> Unsize<U> for $module::Weak<T> {
            type From = std::$module::Weak<$Inner<T>>;
            type To = std::$module::Weak<$Inner<U>>;
            type Output = $module::Weak<U>;

            #[track_caller]
            fn unsize(self, coerce: impl FnOnce(Self::From) -> Self::To) -> Self::Output {
                if choice::was_made() {
                    if let Some(strong) = self.upgrade() {
                        strong.add_left_out(Location::caller());
                    }
                }
                let (inner, handle) = self.into_made();
                let inner = coerce(inner);
                $module::Weak { handle, inner }
            }
        }

        // Only for values that are `Unpin`, which safe code may take out of the pin and put back.
        impl<T: Unpin + 'static, U: ?Sized + Unpin> Unsize<U> for Pin<$module::$Pointer<T>> {
            type From = std::$module::$Pointer<$Inner<T>>;
            type To = std::$module::$Pointer<$Inner<U>>;
            type Output = Pin<$module::$Pointer<U>>;

            #[track_caller]
            fn unsize(self, coerce: impl FnOnce(Self::From) -> Self::To) -> Self::Output {
                Pin::new(Pin::into_inner(self).unsize(coerce))
            }
        }
    )*};
}

unsize_ours! {
    rc::Rc of RcInner;
    sync::Arc of ArcInner;
}

// For code that is written once for both sets of pointers; std's need no help.
macro_rules! unsize_std {
    ($($Pointer:ty => $Output:ty;)*) => {$(
        impl<T, U: ?Sized> Unsize<U> for $Pointer {
            type From = Self;
            type To = $Output;
            type Output = $Output;

            fn unsize(self, coerce: impl FnOnce(Self) -> $Output) -> $Output {
                coerce(self)
            }
        }
    )*};
}

unsize_std! {
    std::rc::Rc<T> => std::rc::Rc<U>;
    std::rc::Weak<T> => std::rc::Weak<U>;
    std::sync::Arc<T> => std::sync::Arc<U>;
    std::sync::Weak<T> => std::sync::Weak<U>;
    Pin<std::rc::Rc<T>> => Pin<std::rc::Rc<U>>;
    Pin<std::sync::Arc<T>> => Pin<std::sync::Arc<U>>;
}

/// Converts a pointer to a value into one to a `dyn Trait`, or a pointer to an array into one to a
/// slice: for `Rc`, `Arc` and their `Weak`s, and for a `Pin` of a value that is `Unpin`. The
/// compiler converts std's pointers without this macro, and ours on nightly with the feature
/// `nightly`.
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
