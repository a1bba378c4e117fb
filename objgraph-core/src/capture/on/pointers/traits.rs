//! The traits of std's pointers, the same for both.

/// Writes the trait impls that `Rc` and `Arc` share; `$bound` is what a new object's type must
/// be beside `'static`.
macro_rules! pointer_traits {
    ($Pointer:ident, $Inner:ident, $module:ident, [$($bound:path),*]) => {
        impl<T: ?Sized> Deref for $Pointer<T> {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                &self.inner.value
            }
        }

        impl<T: ?Sized + 'static> Clone for $Pointer<T> {
            #[inline]
            fn clone(&self) -> Self {
                self.attach();
                Self { inner: self.inner.clone() }
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
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized + fmt::Display> fmt::Display for $Pointer<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized> fmt::Pointer for $Pointer<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Pointer::fmt(&std::ptr::from_ref::<T>(self), f)
            }
        }

        impl<T: ?Sized + PartialEq> PartialEq for $Pointer<T> {
            fn eq(&self, other: &Self) -> bool {
                **self == **other
            }
        }

        impl<T: ?Sized + Eq> Eq for $Pointer<T> {}

        impl<T: ?Sized + PartialOrd> PartialOrd for $Pointer<T> {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                (**self).partial_cmp(&**other)
            }
        }

        impl<T: ?Sized + Ord> Ord for $Pointer<T> {
            fn cmp(&self, other: &Self) -> Ordering {
                (**self).cmp(&**other)
            }
        }

        impl<T: ?Sized + Hash> Hash for $Pointer<T> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                (**self).hash(state);
            }
        }

        impl<T: ?Sized + Error> Error for $Pointer<T> {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                (**self).source()
            }
        }

        impl<T: Default + $($bound +)* 'static> Default for $Pointer<T> {
            #[track_caller]
            fn default() -> Self {
                Self::new(T::default())
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
                $crate::unsize!($Pointer::new(values) => [T])
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
            fn clone(&self) -> Self {
                Self { inner: self.inner.clone() }
            }
        }

        impl<T> Default for Weak<T> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<T, U: ?Sized> Unsize<U> for $Pointer<T> {
            type From = std::$module::$Pointer<$Inner<T>>;
            type To = std::$module::$Pointer<$Inner<U>>;
            type Output = $Pointer<U>;

            fn unsize(self, coerce: impl FnOnce(Self::From) -> Self::To) -> $Pointer<U> {
                $Pointer { inner: coerce(self.inner) }
            }
        }

        impl<T, U: ?Sized> Unsize<U> for Weak<T> {
            type From = std::$module::Weak<$Inner<T>>;
            type To = std::$module::Weak<$Inner<U>>;
            type Output = Weak<U>;

            fn unsize(self, coerce: impl FnOnce(Self::From) -> Self::To) -> Weak<U> {
                Weak { inner: coerce(self.inner) }
            }
        }

        impl<T: ?Sized + 'static> Tracked for $Pointer<T> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.attach();
                if let Some(id) = self.inner.header.id() {
                    visitor.reference(id, true);
                }
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                self.attach();
                self.inner.header.id().map(|id| starts.object(id)).is_some()
            }
        }

        impl<T: ?Sized> $Pointer<T> {
            /// A reference to the pointer is a sign that no `&mut` to the value lives any more:
            /// the table may have its handle back.
            #[inline]
            fn attach(&self)
            where
                T: 'static,
            {
                if self.inner.header.is_lent() {
                    self.attach_lent();
                }
            }

            #[cold]
            fn attach_lent(&self)
            where
                T: 'static,
            {
                let header = &self.inner.header;
                if header.id().is_some_and(|id| table::attach(id, &self.inner)) {
                    header.set_lent(false);
                }
            }

            /// Before a `&mut` to the value is handed out.
            fn detach(&self) {
                if let Some(id) = self.inner.header.id() {
                    table::detach(id);
                    self.inner.header.set_lent(true);
                }
            }

            /// The object's id; `None` if the table is full.
            #[doc(hidden)]
            pub fn __id(this: &Self) -> Option<ObjectId> {
                this.inner.header.id()
            }
        }
    };
}

pub(super) use pointer_traits;
