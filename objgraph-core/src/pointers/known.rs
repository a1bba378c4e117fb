//! How the table and a trace know the objects of both pointers.

/// Writes what `Rc` and `Arc` share; `$apart` runs a function while no other thread reads the
/// counts of the value.
macro_rules! known_pointer {
    ($Pointer:ident, $Inner:ident, $Header:ident, $module:ident, $apart:path, $at:ident) => {
        /// Restores the table's handle, made from `pointer`, which is std's strong or weak pointer
        /// to the object with this header. Returns whether it did.
        fn attach_lent(header: &$Header, pointer: &dyn Any) -> bool {
            let mut is_attached = false;
            $apart(|| {
                // Another thread may have restored it meanwhile.
                let id = header.id().filter(|_| header.is_lent());
                is_attached = id.is_some_and(|id| record::attach(id, pointer));
                if is_attached {
                    header.set_lent(false);
                }
            });
            is_attached
        }

        /// Returns the id of the object with this header. If the table has no handle to it, and
        /// gets one from `pointer`, the object is visited after all.
        fn visited_id(
            visitor: &mut Visitor<'_>,
            header: &$Header,
            pointer: Option<&dyn Any>,
        ) -> Option<ObjectId> {
            let id = header.id()?;
            if header.is_lent() && pointer.is_some_and(|pointer| attach_lent(header, pointer)) {
                visitor.visit_later(id);
            }
            Some(id)
        }

        /// Adds an object to the table of whose type objects were left out. `pointer` is std's pointer
        /// to it.
        #[cold]
        fn add_left_out(
            header: &$Header,
            pointer: &dyn Any,
            target: TypeId,
            site: &'static Location<'static>,
        ) {
            let Some(meta) = choice::meta_of(target, PointerKind::$Pointer) else {
                return;
            };
            $apart(|| {
                // Another thread may have added it meanwhile.
                if header.id().is_none() {
                    let added = record::add_from(meta, site, pointer);
                    header.set_id(added.id);
                    if !added.is_attached {
                        header.set_lent(true);
                    }
                }
            });
        }

        // Not generic, so that they are compiled once.
        fn reference(
            visitor: &mut Visitor<'_>,
            at: usize,
            header: &$Header,
            pointer: Option<&dyn Any>,
            target: fn() -> &'static str,
            may_own: bool,
        ) {
            match visited_id(visitor, header, pointer) {
                Some(id) => visitor.reference(at, id),
                None if may_own => visitor.left_out(target()),
                None => {}
            }
        }

        fn weak_reference(visitor: &mut Visitor<'_>, header: &$Header, pointer: Option<&dyn Any>) {
            if let Some(id) = visited_id(visitor, header, pointer) {
                visitor.weak_reference(id);
            }
        }

        impl<Steps, T: ?Sized, const NAME: u64> Finite<Steps, NAME> for $Pointer<T> {}

        impl<T: ?Sized + 'static> Visit for $Pointer<T> {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.visit_owned(visitor);
            }

            // A field calls this one of the two, so the other is rarely compiled.
            fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.record_handle(self.handle.number());
                // Casts, because a debug build compiles each function of std for each type.
                let pointer = &raw const *self as usize;
                let address = &raw const *self.inner as *const () as usize;
                if !visitor.$at(pointer, address) {
                    let thin: Option<&dyn Any> = if Self::THIN { Some(&self.inner) } else { None };
                    let may_own = const { needs_drop::<T>() };
                    let header = &self.inner.header;
                    reference(visitor, pointer, header, thin, type_name::<T>, may_own);
                }
            }

            fn is_leaf() -> bool {
                false
            }

            fn register<Left: Fuel>(_: &mut Registrar)
            where
                Self: Sized + 'static,
            {
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                self.attach();
                starts.object_of(self.inner.header.id())
            }
        }

        /// The object is in the table already, unless its type was left out, and is traced again after
        /// `get_mut` or `make_mut`.
        impl<T: Visit + 'static> crate::Watch for $Pointer<T> {
            fn watch_at(&self, site: &'static Location<'static>) -> Option<ObjectId> {
                crate::register::<T>();
                self.add_left_out(site);
                self.attach();
                self.inner.header.id()
            }
        }

        impl<T: ?Sized + 'static> crate::closures::Downgrade for $Pointer<T> {
            type Weak = Weak<T>;

            #[cfg_attr(feature = "owners", track_caller)]
            fn downgrade(&self) -> Weak<T> {
                self.attach();
                $Pointer::downgrade(self)
            }
        }

        impl<T: ?Sized> $Pointer<T> {
            /// Whether the pointer still has the type that it was created with. If not, the table's
            /// handle cannot be restored from it.
            const THIN: bool = size_of::<&T>() == size_of::<usize>();

            pub(crate) fn from_inner(inner: std::$module::$Pointer<$Inner<T>>) -> Self {
                Self {
                    handle: Handle::NONE,
                    inner,
                }
            }

            #[inline(always)]
            fn with_handle(
                inner: std::$module::$Pointer<$Inner<T>>,
                site: &'static Location<'static>,
            ) -> Self {
                let handle = Handle::strong_at(|| inner.header.id(), site);
                Self { handle, inner }
            }

            /// Returns the pointer with the record of the handle that it was converted from.
            pub(crate) fn known_as(self, handle: Handle) -> Self {
                Self {
                    handle,
                    inner: self.inner,
                }
            }

            /// Returns the pointer as a handle that the program created at `site`.
            pub(crate) fn made_at(self, site: &'static Location<'static>) -> Self {
                Self::with_handle(self.inner, site)
            }

            /// Returns std's pointer, before its type is lost, and the record of the handle.
            pub(crate) fn into_made(self) -> (std::$module::$Pointer<$Inner<T>>, Handle)
            where
                T: 'static,
            {
                self.attach();
                (self.inner, self.handle)
            }

            /// Restores the table's handle. Where there is a reference to the pointer, no `&mut` to
            /// the value is alive any more.
            ///
            /// `clone` and `downgrade` cannot do this, because they have no bound `T: 'static`:
            /// through a pointer of a shorter lifetime, `get_mut` may have stored a reference that
            /// does not live as long as the table may keep its handle.
            #[inline]
            fn attach(&self)
            where
                T: 'static,
            {
                if Self::THIN && self.inner.header.is_lent() {
                    self.attach_lent();
                }
            }

            /// Adds the object to the table if it was left out.
            pub(crate) fn add_left_out(&self, site: &'static Location<'static>)
            where
                T: 'static,
            {
                if choice::was_made() && Self::THIN && self.inner.header.id().is_none() {
                    add_left_out(&self.inner.header, &self.inner, TypeId::of::<T>(), site);
                }
            }

            #[cold]
            fn attach_lent(&self)
            where
                T: 'static,
            {
                attach_lent(&self.inner.header, &self.inner);
            }

            /// Takes away the table's handle, before a `&mut` to the value is handed out.
            fn detach(&self) {
                let header = &self.inner.header;
                if let Some(id) = header.id() {
                    $apart(|| {
                        record::detach(id);
                        header.set_lent(true);
                    });
                }
            }

            /// Returns the id of the object; `None` if its type was left out, or the table is full.
            #[doc(hidden)]
            pub fn __id(this: &Self) -> Option<ObjectId> {
                this.inner.header.id()
            }
        }
    };
}

pub(crate) use known_pointer;
