//! Pointers created from other values.

/// Writes how an `Rc` or an `Arc` is created other than by `new`. `$bound` is what a new object's
/// type must implement besides `'static`, and `$Any` is the value that can be downcast.
macro_rules! pointers_made {
    ($Pointer:ident, [$($bound:path),*], $Any:ty, $strong:ident) => {
        impl<T: $($bound +)* 'static> $Pointer<T> {
            /// Creates an object without a value yet, which [`get_mut`](Self::get_mut) gives it.
            /// Removing the `MaybeUninit` is unsafe, and possible with std's pointers only.
            #[track_caller]
            #[must_use]
            pub fn new_uninit() -> $Pointer<MaybeUninit<T>> {
                $Pointer::new(MaybeUninit::uninit())
            }

            /// Creates an object without a value yet, all of whose bytes are 0.
            #[track_caller]
            #[must_use]
            pub fn new_zeroed() -> $Pointer<MaybeUninit<T>> {
                $Pointer::new(MaybeUninit::zeroed())
            }

            /// Creates a pinned object. std's function does not require `Unpin`; pinning other
            /// values needs unsafe code.
            #[track_caller]
            #[must_use]
            pub fn pin(value: T) -> Pin<Self>
            where
                T: Unpin,
            {
                Pin::new(Self::new(value))
            }
        }

        impl<T: Default + $($bound +)* 'static> Default for $Pointer<T> {
            #[track_caller]
            fn default() -> Self {
                Self::new(T::default())
            }
        }

        /// Creates an empty slice.
        impl<T: $($bound +)* 'static> Default for $Pointer<[T]> {
            #[track_caller]
            fn default() -> Self {
                Self::from([])
            }
        }

        impl<T: ?Sized + Unpin> Default for Pin<$Pointer<T>>
        where
            $Pointer<T>: Default,
        {
            #[track_caller]
            fn default() -> Self {
                Self::new($Pointer::default())
            }
        }

        impl<T: $($bound +)* 'static> From<T> for $Pointer<T> {
            #[track_caller]
            fn from(value: T) -> Self {
                Self::new(value)
            }
        }

        impl<T: $($bound +)* 'static> From<Box<T>> for $Pointer<T> {
            #[track_caller]
            fn from(value: Box<T>) -> Self {
                Self::new(*value)
            }
        }

        impl<T: $($bound +)* 'static, const N: usize> From<[T; N]> for $Pointer<[T]> {
            #[track_caller]
            fn from(values: [T; N]) -> Self {
                crate::unsize!($Pointer::new(values) => [T])
            }
        }

        /// Returns the array that a slice was created from.
        ///
        /// # Panics
        ///
        /// If `get_mut` was called on the slice: then no safe code leads back to the array.
        impl<T: $($bound +)* 'static, const N: usize> TryFrom<$Pointer<[T]>> for $Pointer<[T; N]> {
            type Error = $Pointer<[T]>;

            fn try_from(mut slice: $Pointer<[T]>) -> Result<Self, $Pointer<[T]>> {
                if slice.len() == N {
                    let id = slice.inner.header.id();
                    let made: Self = made_type::as_made(id, made_type::$strong(id));
                    Ok(made.known_as(slice.handle.take()))
                } else {
                    Err(slice)
                }
            }
        }

        impl $Pointer<$Any> {
            /// Returns the pointer with the type that it was created with, if that is `T`.
            ///
            /// # Errors
            ///
            /// The pointer itself, if the value is no `T`.
            ///
            /// # Panics
            ///
            /// If the value is a `T`, and [`get_mut`](Self::get_mut) was called on the pointer to
            /// `dyn Any`: then no safe code leads back to the type. Call it on the pointer to the
            /// `T`. Also for an `Rc` while the thread-locals of its thread are being dropped, if
            /// the part of the table that belongs to the thread is gone already. And with the feature
            /// `nightly`, if the type was [left out](crate::tracking) and the compiler converted the
            /// pointer, not [`unsize!`](crate::unsize).
            pub fn downcast<T: Any $(+ $bound)*>(mut self) -> Result<$Pointer<T>, Self> {
                if (*self).is::<T>() {
                    let id = self.inner.header.id();
                    let made: $Pointer<T> = made_type::as_made(id, made_type::$strong(id));
                    Ok(made.known_as(self.handle.take()))
                } else {
                    Err(self)
                }
            }
        }
    };
}

pub(crate) use pointers_made;
