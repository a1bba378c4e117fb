//! Persistent collections: clones share their common items.
//!
//! An item that several collections share exists once, and its references count once. The collections
//! do not reveal what they share, so each item is a node of its own and is visited once, as the target
//! of a reference. Such a node counts as alive: it can hide a leak, and never causes a false one. The
//! bytes of shared items are attributed to no object, and not counted.

/// Collections of one kind of item `T`.
macro_rules! shared_collections {
    ($([$($generics:tt)*] $type:ty $(where [$($bounds:tt)*])?, $segment:ident;)*) => {$(
        impl<Steps, T, $($generics)*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type $(where $($bounds)*)? {}

        impl<T: $crate::tracked::Visit, $($generics)*> $crate::tracked::Visit for $type
        $(where $($bounds)*)?
        {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                visitor.length(self.len());
                if T::is_leaf() {
                    return;
                }
                visitor.open($crate::snapshot::Segment::$segment);
                for (index, value) in self.iter().enumerate() {
                    visitor.set_element(index);
                    visitor.shared(value);
                }
                visitor.__leave();
            }

            fn register_static(registrar: &mut $crate::visibility::Registrar) {
                T::register_static(registrar);
            }

            fn register<Left: $crate::visibility::Fuel>(registrar: &mut $crate::visibility::Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self, Left>() {
                    T::register::<Left>(registrar);
                }
            }

            fn label(&self) -> $crate::tracked::Label<'_> {
                $crate::tracked::Label::Items(self.len())
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                true
            }
        }

        impl<T: 'static, $($generics)*> $crate::visibility::walk::Walk for $type
        $(where $($bounds)*)?
        {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                visitor.length(self.len());
                visitor.open($crate::snapshot::Segment::$segment);
                for (index, value) in self.iter().enumerate() {
                    visitor.set_element(index);
                    visitor.any_shared(value);
                }
                visitor.__leave();
            }
        }
    )*};
}

/// Maps from `K` to `V`.
macro_rules! shared_maps {
    ($([$($generics:tt)*] $type:ty $(where [$($bounds:tt)*])?, $segment:ident;)*) => {$(
        impl<Steps, K, V, $($generics)*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type $(where $($bounds)*)? {}

        impl<K: $crate::tracked::Visit, V: $crate::tracked::Visit, $($generics)*>
            $crate::tracked::Visit for $type
        $(where $($bounds)*)?
        {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                visitor.length(self.len());
                if K::is_leaf() && V::is_leaf() {
                    return;
                }
                visitor.open($crate::snapshot::Segment::$segment);
                for (index, (key, value)) in self.iter().enumerate() {
                    visitor.set_element(index);
                    visitor.__enter("key");
                    visitor.shared(key);
                    visitor.__leave();
                    visitor.shared(value);
                }
                visitor.__leave();
            }

            fn register_static(registrar: &mut $crate::visibility::Registrar) {
                K::register_static(registrar);
                V::register_static(registrar);
            }

            fn register<Left: $crate::visibility::Fuel>(registrar: &mut $crate::visibility::Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self, Left>() {
                    K::register::<Left>(registrar);
                    V::register::<Left>(registrar);
                }
            }

            fn label(&self) -> $crate::tracked::Label<'_> {
                $crate::tracked::Label::Items(self.len())
            }

            fn is_leaf() -> bool {
                K::is_leaf() && V::is_leaf()
            }

            fn owns_heap() -> bool {
                true
            }
        }

        impl<K: 'static, V: 'static, $($generics)*> $crate::visibility::walk::Walk for $type
        $(where $($bounds)*)?
        {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                visitor.length(self.len());
                visitor.open($crate::snapshot::Segment::$segment);
                for (index, (key, value)) in self.iter().enumerate() {
                    visitor.set_element(index);
                    visitor.__enter("key");
                    visitor.any_shared(key);
                    visitor.__leave();
                    visitor.any_shared(value);
                }
                visitor.__leave();
            }
        }
    )*};
}

pub(super) use {shared_collections, shared_maps};
