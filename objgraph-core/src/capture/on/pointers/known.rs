//! How the pointers and the table know of each other, the same for both.

/// Writes what `Rc` and `Arc` share; `$apart` runs a function at a time when nobody else reads
/// the counts of the value.
macro_rules! known_pointer {
    ($Pointer:ident, $Inner:ident, $Header:ident, $module:ident, $apart:path, $at:ident) => {
        /// Gives the table its handle back, of the `pointer` whose header this is.
        fn attach_lent(header: &$Header, pointer: &dyn Any) {
            $apart(|| {
                // Another thread may have been faster.
                let id = header.id().filter(|_| header.is_lent());
                if id.is_some_and(|id| table::attach(id, pointer)) {
                    header.set_lent(false);
                }
            });
        }

        /// Reports a pointer whose header this is, of which no more is known than that. Not for
        /// each type, but once.
        fn reference(
            visitor: &mut Visitor<'_>,
            at: usize,
            header: &$Header,
            thin: Option<&dyn Any>,
        ) {
            if let (Some(pointer), true) = (thin, header.is_lent()) {
                attach_lent(header, pointer);
            }
            if let Some(id) = header.id() {
                visitor.reference(at, id);
            }
        }

        impl<T: ?Sized + 'static> Visit for $Pointer<T> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.visit_owned(visitor);
            }

            // Of the two it is this that a field calls, so the other is seldom compiled.
            fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.meets(self.handle.number());
                let pointer = std::ptr::from_ref(self).addr();
                let address = std::$module::$Pointer::as_ptr(&self.inner);
                if !visitor.$at(pointer, address.cast::<()>().addr()) {
                    let thin: Option<&dyn Any> = if Self::THIN { Some(&self.inner) } else { None };
                    reference(visitor, pointer, &self.inner.header, thin);
                }
            }

            fn is_leaf() -> bool {
                false
            }

            fn register(_: &mut Registrar)
            where
                Self: Sized + 'static,
            {
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                self.attach();
                starts.object_of(self.inner.header.id())
            }
        }

        impl<T: ?Sized + 'static> crate::captures::Downgrade for $Pointer<T> {
            type Weak = Weak<T>;

            #[cfg_attr(feature = "owners", track_caller)]
            fn downgrade(&self) -> Weak<T> {
                $Pointer::downgrade(self)
            }
        }

        impl<T: ?Sized> $Pointer<T> {
            /// Whether the pointer still has the type that it was made with. If not, the table's
            /// handle cannot be made anew from it.
            const THIN: bool = size_of::<&T>() == size_of::<usize>();

            pub(in super::super) fn from_inner(inner: std::$module::$Pointer<$Inner<T>>) -> Self {
                Self {
                    handle: Handle::NONE,
                    inner,
                }
            }

            #[inline]
            fn with_handle(
                inner: std::$module::$Pointer<$Inner<T>>,
                site: &'static Location<'static>,
            ) -> Self {
                let handle = Handle::strong_at(inner.header.id(), site);
                Self { handle, inner }
            }

            /// The same handle, as the program made it, to a pointer of another type.
            pub(super) fn known_as(self, handle: Handle) -> Self {
                Self {
                    handle,
                    inner: self.inner,
                }
            }

            /// A handle of the program's, made at `site`.
            pub(super) fn made_at(self, site: &'static Location<'static>) -> Self {
                Self::with_handle(self.inner, site)
            }

            /// The pointer inside, before its type is lost, and what names the handle.
            pub(super) fn into_made(self) -> (std::$module::$Pointer<$Inner<T>>, Handle)
            where
                T: 'static,
            {
                self.attach();
                (self.inner, self.handle)
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
                attach_lent(&self.inner.header, &self.inner);
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
