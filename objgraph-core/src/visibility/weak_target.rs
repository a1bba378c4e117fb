//! Weak handles to values behind pointers of std.

use std::any::{TypeId, type_name};
use std::mem::needs_drop;
use std::{rc, sync};

use super::view::{AnyViewFn, View, ViewFn};
use crate::snapshot::PointerKind;
use crate::trace::{OpaqueWords, words_of};

/// A weak handle to a value behind a pointer of std.
pub(crate) trait WeakTarget {
    /// Returns the type of the value.
    fn target(&self) -> TypeId;

    /// Returns the name of the type of the value.
    fn type_name(&self) -> &'static str;

    /// Passes the view that a [`ViewFn`] gives of the value to `take`, if the function is for its type.
    /// Returns false if the value is gone.
    fn with_view(&self, view: AnyViewFn, take: &mut dyn FnMut(View<'_>)) -> bool;

    /// Passes the words of the value to `take`, if it may own something. Returns false if the value is gone.
    #[allow(dead_code, reason = "called with the feature `scan`")]
    fn with_words(&self, take: &mut dyn FnMut(OpaqueWords<'_>)) -> bool;

    /// Returns another handle to the value.
    fn clone_handle(&self) -> Box<dyn WeakTarget>;

    /// Returns the address of the allocation.
    fn address(&self) -> usize;

    /// Returns the numbers of strong and of weak references to the value. The weak ones include this
    /// handle.
    fn counts(&self) -> (usize, usize);

    /// Returns which kind of pointer holds the value.
    fn pointer_kind(&self) -> PointerKind;
}

macro_rules! weak_targets {
    ($($module:ident $kind:ident),*) => {$(
        impl<T: ?Sized + 'static> WeakTarget for $module::Weak<T> {
            fn target(&self) -> TypeId {
                TypeId::of::<T>()
            }

            fn type_name(&self) -> &'static str {
                type_name::<T>()
            }

            fn with_view(&self, view: AnyViewFn, take: &mut dyn FnMut(View<'_>)) -> bool {
                let strong = self.upgrade();
                if let (Some(value), Some(view)) = (&strong, view.downcast_ref::<ViewFn<T>>()) {
                    take(view(value));
                }
                strong.is_some()
            }

            fn with_words(&self, take: &mut dyn FnMut(OpaqueWords<'_>)) -> bool {
                if !needs_drop::<T>() {
                    return true;
                }
                let strong = self.upgrade();
                if let Some(value) = &strong {
                    take(words_of::<T>(value));
                }
                strong.is_some()
            }

            fn clone_handle(&self) -> Box<dyn WeakTarget> {
                Box::new(self.clone())
            }

            fn address(&self) -> usize {
                self.as_ptr().cast::<()>().addr()
            }

            fn counts(&self) -> (usize, usize) {
                (self.strong_count(), self.weak_count())
            }

            fn pointer_kind(&self) -> PointerKind {
                PointerKind::$kind
            }
        }
    )*};
}

weak_targets!(rc StdRc, sync StdArc);
