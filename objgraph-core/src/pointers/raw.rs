//! The addresses of values and allocations.

/// Writes the methods of `Rc` or `Arc`, and of its `Weak`, that return a raw pointer.
macro_rules! raw_pointers {
    ($Pointer:ident, $Inner:ident, $module:ident, $hold:path) => {
        impl<T: ?Sized> $Pointer<T> {
            /// Returns a pointer to the value.
            #[must_use]
            pub fn as_ptr(this: &Self) -> *const T {
                std::ptr::from_ref::<T>(this)
            }

            /// Returns a pointer to the value, and keeps the reference counted. There is no way
            /// back: `from_raw` is unsafe, and possible with std's pointers only.
            #[must_use = "losing the pointer will leak memory"]
            pub fn into_raw(this: Self) -> *const T {
                let pointer = Self::as_ptr(&this);
                std::mem::forget(this);
                pointer
            }

            /// Returns the address of the object, for pins.
            #[inline]
            pub(crate) fn address(&self) -> usize {
                pins::address(&*self.inner)
            }
        }

        impl<T: ?Sized> Weak<T> {
            /// Returns the address of the allocation.
            #[inline]
            fn address(&self) -> usize {
                self.inner.as_ptr().cast::<()>().addr()
            }

            /// Makes a weak reference to an object that `new_cyclic` has not created yet.
            #[cfg_attr(feature = "owners", track_caller)]
            fn promised(promise: &Handle, inner: &std::$module::Weak<$Inner<T>>) -> Self {
                let weak = Self {
                    handle: promise.another_weak(),
                    inner: inner.clone(),
                };
                zombies::record_promise(|| weak.address());
                weak
            }

            /// Returns std's pointer, and the record of the handle. A weak reference implements
            /// `Drop`, so it cannot be taken apart: std's pointer is a clone of the one that is
            /// dropped.
            pub(super) fn into_made(mut self) -> (std::$module::Weak<$Inner<T>>, Handle) {
                zombies::record_clone(|| self.address());
                (self.inner.clone(), self.handle.take())
            }

            /// Returns a pointer to where the value is, or was. Do not use it without a strong
            /// reference.
            ///
            /// It changes when the value dies, for a value with an alignment above 8.
            #[must_use]
            pub fn as_ptr(&self) -> *const T {
                let inner = self.inner.as_ptr();
                // The address in a weak reference to nothing is not aligned.
                if inner.addr() % align_of::<usize>() != 0 {
                    return inner as *const T;
                }
                match $hold(&self.inner, |inner| std::ptr::from_ref(&inner.value)) {
                    Some(pointer) => pointer,
                    None => inner.wrapping_byte_add(size_of::<ObjectId>()) as *const T,
                }
            }

            /// Returns a pointer to the value, and keeps the weak reference counted. There is no
            /// way back: `from_raw` is unsafe, and possible with std's pointers only.
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
