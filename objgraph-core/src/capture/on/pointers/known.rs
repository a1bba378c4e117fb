//! How the pointers and the table know of each other, the same for both.

/// Writes what `Rc` and `Arc` share; `$apart` runs a function at a time when nobody else reads
/// the counts of the value.
macro_rules! known_pointer {
    ($Pointer:ident, $Inner:ident, $module:ident, $apart:path) => {
        impl<T: ?Sized + 'static> Visit for $Pointer<T> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let address = std::$module::$Pointer::as_ptr(&self.inner);
                if visitor.reference_at(self, address.cast::<()>().addr()) {
                    return;
                }
                self.attach();
                if let Some(id) = self.inner.header.id() {
                    visitor.reference(self, id);
                }
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                self.attach();
                self.inner.header.id().map(|id| starts.object(id)).is_some()
            }

            fn passes_on() -> bool {
                true
            }
        }

        impl<T: ?Sized> $Pointer<T> {
            /// Whether the pointer still has the type that it was made with. If not, the table's
            /// handle cannot be made anew from it.
            const THIN: bool = size_of::<&T>() == size_of::<usize>();

            pub(in super::super) fn from_inner(inner: std::$module::$Pointer<$Inner<T>>) -> Self {
                Self { inner }
            }

            /// The pointer inside, before its type is lost.
            pub(super) fn into_made(self) -> std::$module::$Pointer<$Inner<T>>
            where
                T: 'static,
            {
                self.attach();
                self.inner
            }

            /// A reference to the pointer is a sign that no `&mut` to the value lives any more:
            /// the table may have its handle back.
            #[inline]
            fn attach(&self)
            where
                T: 'static,
            {
                if Self::THIN && self.inner.header.is_lent() {
                    self.attach_lent();
                }
            }

            #[cold]
            fn attach_lent(&self)
            where
                T: 'static,
            {
                let header = &self.inner.header;
                $apart(|| {
                    // Another thread may have been faster.
                    let id = header.id().filter(|_| header.is_lent());
                    if id.is_some_and(|id| table::attach(id, &self.inner)) {
                        header.set_lent(false);
                    }
                });
            }

            /// Before a `&mut` to the value is handed out.
            fn detach(&self) {
                let header = &self.inner.header;
                if let Some(id) = header.id() {
                    $apart(|| {
                        table::detach(id);
                        header.set_lent(true);
                    });
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

pub(super) use known_pointer;
