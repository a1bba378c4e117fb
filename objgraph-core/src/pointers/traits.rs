//! The traits of std's pointers that forward to the value.

/// Writes the trait impls that `Rc` and `Arc` share.
macro_rules! pointer_traits {
    ($Pointer:ident) => {
        impl<T: ?Sized> Deref for $Pointer<T> {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                &self.inner.value
            }
        }

        impl<T: ?Sized> Clone for $Pointer<T> {
            #[inline]
            #[cfg_attr(feature = "owners", track_caller)]
            fn clone(&self) -> Self {
                Self {
                    handle: Handle::strong(|| self.inner.header.id()),
                    inner: self.inner.clone(),
                }
            }
        }

        impl<T: ?Sized> AsRef<T> for $Pointer<T> {
            fn as_ref(&self) -> &T {
                self
            }
        }

        impl<T: ?Sized> Borrow<T> for $Pointer<T> {
            fn borrow(&self) -> &T {
                self
            }
        }

        impl<T: ?Sized + fmt::Debug> fmt::Debug for $Pointer<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match crate::labelling::is_on() {
                    false => (**self).fmt(f),
                    true => crate::labelling::follow(&&**self, f),
                }
            }
        }

        impl<T: ?Sized + fmt::Display> fmt::Display for $Pointer<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match crate::labelling::is_on() {
                    false => (**self).fmt(f),
                    true => crate::labelling::follow_display(&&**self, f),
                }
            }
        }

        impl<T: ?Sized> fmt::Pointer for $Pointer<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Pointer::fmt(&std::ptr::from_ref::<T>(self), f)
            }
        }

        /// If `T` is `Eq`, pointers to one object are equal, whatever `T::eq` returns.
        impl<T: ?Sized + PartialEq> PartialEq for $Pointer<T> {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.inner == other.inner
            }

            #[allow(
                clippy::partialeq_ne_impl,
                reason = "std's pointer forwards to `T::ne`"
            )]
            #[inline]
            fn ne(&self, other: &Self) -> bool {
                self.inner != other.inner
            }
        }

        impl<T: ?Sized + Eq> Eq for $Pointer<T> {}

        impl<T: ?Sized + PartialOrd> PartialOrd for $Pointer<T> {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                (**self).partial_cmp(&**other)
            }

            #[inline]
            fn lt(&self, other: &Self) -> bool {
                **self < **other
            }

            #[inline]
            fn le(&self, other: &Self) -> bool {
                **self <= **other
            }

            #[inline]
            fn gt(&self, other: &Self) -> bool {
                **self > **other
            }

            #[inline]
            fn ge(&self, other: &Self) -> bool {
                **self >= **other
            }
        }

        impl<T: ?Sized + Ord> Ord for $Pointer<T> {
            #[inline]
            fn cmp(&self, other: &Self) -> Ordering {
                (**self).cmp(&**other)
            }
        }

        impl<T: ?Sized + Hash> Hash for $Pointer<T> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                (**self).hash(state);
            }
        }

        impl<T: ?Sized> Unpin for $Pointer<T> {}

        impl<T: ?Sized> fmt::Debug for Weak<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("(Weak)")
            }
        }

        impl<T: ?Sized> Clone for Weak<T> {
            #[inline]
            #[cfg_attr(feature = "owners", track_caller)]
            fn clone(&self) -> Self {
                zombies::record_clone(|| self.address());
                Self {
                    handle: self.handle.another_weak(),
                    inner: self.inner.clone(),
                }
            }
        }

        impl<T: ?Sized> Drop for Weak<T> {
            #[inline]
            fn drop(&mut self) {
                zombies::record_drop(|| self.address());
            }
        }

        impl<T> Default for Weak<T> {
            fn default() -> Self {
                Self::new()
            }
        }
    };
}

pub(crate) use pointer_traits;
