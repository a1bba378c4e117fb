//! Where values are, the same for both pointers.

/// Writes the methods of `Rc` or `Arc`, and of its `Weak`, that give a raw pointer.
macro_rules! raw_pointers {
    ($Pointer:ident, $Inner:ident, $module:ident, $hold:path) => {
        impl<T: ?Sized> $Pointer<T> {
            /// Where the value is.
            #[must_use]
            pub fn as_ptr(this: &Self) -> *const T {
                std::ptr::from_ref::<T>(this)
            }

            /// Where the value is; the reference stays counted. There is no way back: `from_raw`
            /// is unsafe, and left to std's pointers.
            #[must_use = "losing the pointer will leak memory"]
            pub fn into_raw(this: Self) -> *const T {
                let pointer = Self::as_ptr(&this);
                std::mem::forget(this);
                pointer
            }

            /// Where the object is, for pins.
            #[inline]
            pub(crate) fn address(&self) -> usize {
                pins::address(&*self.inner)
            }
        }

        impl<T: ?Sized> Weak<T> {
            /// Where the allocation is.
            #[inline]
            fn address(&self) -> usize {
                self.inner.as_ptr().cast::<()>().addr()
            }

            /// A weak reference to an object that is being made.
            #[cfg_attr(feature = "owners", track_caller)]
            fn promised(promise: &Handle, inner: &std::$module::Weak<$Inner<T>>) -> Self {
                let weak = Self {
                    handle: promise.another_weak(),
                    inner: inner.clone(),
                };
                zombies::promised(|| weak.address());
                weak
            }

            /// The reference inside, and what names the handle. Since a weak reference has a drop
            /// of its own, the reference inside is a clone of the one that is dropped.
            pub(super) fn into_made(mut self) -> (std::$module::Weak<$Inner<T>>, Handle) {
                zombies::cloned(|| self.address());
                (self.inner.clone(), self.handle.take())
            }

            /// Where the value is, or was; not to be used while there is no strong reference.
            ///
            /// After the end of a value with an alignment above 8 it is not the same as before.
            #[must_use]
            pub fn as_ptr(&self) -> *const T {
                let inner = self.inner.as_ptr();
                // A weak reference to nothing is not aligned.
                if inner.addr() % align_of::<usize>() != 0 {
                    return inner as *const T;
                }
                match $hold(&self.inner, |inner| std::ptr::from_ref(&inner.value)) {
                    Some(pointer) => pointer,
                    None => inner.wrapping_byte_add(size_of::<ObjectId>()) as *const T,
                }
            }

            /// Where the value is; the weak reference stays counted. There is no way back:
            /// `from_raw` is unsafe, and left to std's pointers.
            #[must_use = "losing the pointer will leak memory"]
            pub fn into_raw(self) -> *const T {
                let pointer = self.as_ptr();
                std::mem::forget(self);
                pointer
            }
        }
    };
}

pub(crate) use raw_pointers;
