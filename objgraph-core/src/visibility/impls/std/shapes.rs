//! The shapes of containers, written once: a macro for each, for types of std and of other crates.
//!
//! Each macro implements `Visit` for containers whose items are `Tracked`, and [`Walk`] for those that
//! may hold foreign types. A line starts with the type's parameters other than those of its items, in
//! brackets, and may end with bounds that the type requires, in brackets too.
//!
//! A container is a leaf if its items are. The recursion ends even for types that contain themselves,
//! because a derived type does not recurse: it is a leaf if the compiler says that it needs no drop.
//!
//! Each container is [`Finite`](crate::visibility::Finite) under its own name.
//!
//! [`Walk`]: crate::visibility::walk::Walk

/// Collections of one kind of item `T`. `$items` is the method that borrows the items. `$visit` and
/// `$walk` are methods of the visitor: `elements` if the order is the program's, `entries` if it changes
/// from run to run, so that paths cannot number the items.
///
/// Then follow the bytes that the collection owns in addition to what its items own. They are preceded
/// by `grows`; by `fixed` if the length cannot change; or by `inline` if there are no bytes either.
macro_rules! collections {
    ($([$($generics:tt)*] $type:ty $(where [$($bounds:tt)*])?, $items:ident, $visit:ident, $walk:ident,
       $mode:ident |$this:ident| $bytes:expr;)*) => {$(
        impl<Steps, T, $($generics)*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type
        $(where $($bounds)*)?
        {
        }

        impl<T: $crate::tracked::Visit, $($generics)*> $crate::tracked::Visit for $type
        $(where $($bounds)*)?
        {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $this = self;
                $crate::visibility::impls::std::shapes::measured!(visitor, $mode self.$items().len(), $bytes);
                visitor.$visit(self.$items());
            }

            fn visit_owned<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                self.visit(visitor);
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
                $crate::tracked::Label::Items(self.$items().len())
            }

            fn starts(&self, starts: &mut $crate::trace::Starts) -> bool {
                starts.all(self.$items())
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                $crate::visibility::impls::std::shapes::measures!($mode) || T::owns_heap()
            }
        }

        impl<T: 'static, $($generics)*> $crate::visibility::walk::Walk for $type
        where
            Self: 'static,
            $($($bounds)*)?
        {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $this = self;
                $crate::visibility::impls::std::shapes::measured!(visitor, $mode self.$items().len(), $bytes);
                // Plain values are skipped at once, however many.
                if std::mem::needs_drop::<T>() {
                    visitor.$walk(self.$items());
                }
            }
        }
    )*};
}

/// Reports the length and the bytes of a collection to the visitor.
macro_rules! measured {
    ($visitor:ident, grows $len:expr, $bytes:expr) => {
        $visitor.collection($len, $bytes)
    };
    ($visitor:ident, fixed $len:expr, $bytes:expr) => {
        $visitor.fixed($len, $bytes)
    };
    ($visitor:ident, inline $len:expr, $bytes:expr) => {
        let () = $bytes;
    };
}

/// Whether a collection has a length or bytes to report.
macro_rules! measures {
    (inline) => {
        false
    };
    ($mode:ident) => {
        true
    };
}

/// Whether the argument is not empty.
macro_rules! is_given {
    () => {
        false
    };
    ($($given:tt)+) => {
        true
    };
}

/// Maps from `K` to `V`. `$segment` is the step to an entry, and `$items` the method that borrows the
/// entries. Then follow the bytes that the map owns in addition to what its entries own.
macro_rules! maps {
    ($([$($generics:tt)*] $type:ty $(where [$($bounds:tt)*])?, $items:ident, $segment:ident,
       |$this:ident| $bytes:expr;)*) => {$(
        impl<Steps, K, V, $($generics)*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type
        $(where $($bounds)*)?
        {
        }

        impl<K: $crate::tracked::Visit, V: $crate::tracked::Visit, $($generics)*>
            $crate::tracked::Visit for $type
        $(where $($bounds)*)?
        {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $this = self;
                visitor.collection(self.len(), $bytes);
                if visitor.skips(K::is_leaf(), K::owns_heap) && visitor.skips(V::is_leaf(), V::owns_heap) {
                    return;
                }
                visitor.open($crate::snapshot::Segment::$segment);
                for (index, (key, value)) in self.$items().enumerate() {
                    visitor.set_element(index);
                    visitor.field("key", key);
                    visitor.value(value);
                }
                visitor.__leave();
            }

            fn visit_owned<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                self.visit(visitor);
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

            fn starts(&self, starts: &mut $crate::trace::Starts) -> bool {
                starts.all(self.$items().map(|(_, value)| value))
            }

            fn is_leaf() -> bool {
                K::is_leaf() && V::is_leaf()
            }

            fn owns_heap() -> bool {
                true
            }
        }

        impl<K: 'static, V: 'static, $($generics)*> $crate::visibility::walk::Walk for $type
        where
            Self: 'static,
            $($($bounds)*)?
        {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $this = self;
                visitor.collection(self.len(), $bytes);
                if !std::mem::needs_drop::<(K, V)>() {
                    return;
                }
                visitor.open($crate::snapshot::Segment::$segment);
                for (index, (key, value)) in self.$items().enumerate() {
                    visitor.set_element(index);
                    visitor.__enter("key");
                    visitor.any(key);
                    visitor.__leave();
                    visitor.any(value);
                }
                visitor.__leave();
            }
        }
    )*};
}

/// Cells and locks that lend their value `T` by a guard. `$try` returns the guard, or `None` if the cell
/// is busy. It must not wait.
#[cfg(any(feature = "parking_lot_0_12", feature = "tokio"))]
macro_rules! guarded {
    ($([$($generics:tt)*] $type:ty, $cell:ident => $try:expr;)*) => {$(
        impl<Steps, T, $($generics)*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type {}

        impl<T: $crate::tracked::Visit, $($generics)*> $crate::tracked::Visit for $type {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $cell = self;
                match $crate::trace::patiently(|| $try) {
                    Some(guard) => visitor.lent::<T>(&guard),
                    // Contents that hold no reference hide none.
                    None if T::is_leaf() => {}
                    None => visitor.busy::<T>(),
                }
            }

            fn visit_owned<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                self.visit(visitor);
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
                $crate::tracked::Label::with(move |f| {
                    let $cell = self;
                    match $try {
                        Some(guard) => std::fmt::Display::fmt(&T::label(&guard), f),
                        None => f.write_str("<busy>"),
                    }
                })
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                T::owns_heap()
            }
        }

        impl<T: 'static, $($generics)*> $crate::visibility::walk::Walk for $type
        where
            Self: 'static,
        {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                if !std::mem::needs_drop::<T>() {
                    return;
                }
                let $cell = self;
                match $crate::trace::patiently(|| $try) {
                    Some(guard) => {
                        let value: &T = &guard;
                        visitor.guarded(|guarded| guarded.with(|visitor| visitor.any(value)));
                    }
                    None => visitor.busy::<T>(),
                }
            }
        }
    )*};
}

/// Cells that start empty and then keep one value `T`. `$get` must not wait, and must not make the value.
macro_rules! once {
    ($([$($generics:tt)*] $type:ty, $cell:ident => $get:expr;)*) => {$(
        impl<Steps, T, $($generics)*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type {}

        impl<T: $crate::tracked::Visit, $($generics)*> $crate::tracked::Visit for $type {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $cell = self;
                if let Some(value) = $get {
                    visitor.value::<T>(value);
                }
            }

            fn visit_owned<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                self.visit(visitor);
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
                let $cell = self;
                $get.map_or($crate::tracked::Label::None, T::label)
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                T::owns_heap()
            }
        }

        impl<T: 'static, $($generics)*> $crate::visibility::walk::Walk for $type
        where
            Self: 'static,
        {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $cell = self;
                if let Some(value) = $get {
                    visitor.any::<T>(value);
                }
            }
        }
    )*};
}

/// Cells that make their value `T` on first use, by a function `F`. A trace never causes that: until
/// then, the cell holds the function, which is opaque.
macro_rules! lazy {
    ($($type:ty $(where [$($bounds:tt)*])?, $cell:ident => $get:expr;)*) => {$(
        impl<Steps, T, F> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type
        $(where $($bounds)*)?
        {
        }

        impl<T: $crate::tracked::Visit, F> $crate::tracked::Visit for $type
        $(where $($bounds)*)?
        {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $cell = self;
                match $crate::visibility::impls::std::lazy_view::LazyView::from($get) {
                    $crate::visibility::impls::std::lazy_view::LazyView::Initialised(value) => visitor.value::<T>(value),
                    $crate::visibility::impls::std::lazy_view::LazyView::NotInitialised => visitor.opaque_within::<F, _>(self),
                    $crate::visibility::impls::std::lazy_view::LazyView::Unknown if !std::mem::needs_drop::<(T, F)>() => {}
                    $crate::visibility::impls::std::lazy_view::LazyView::Unknown => visitor.opaque_within::<Self, _>(self),
                }
            }

            fn visit_owned<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                self.visit(visitor);
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
                let $cell = self;
                match $crate::visibility::impls::std::lazy_view::LazyView::from($get) {
                    $crate::visibility::impls::std::lazy_view::LazyView::Initialised(value) => value.label(),
                    _ => $crate::tracked::Label::None,
                }
            }

            fn is_leaf() -> bool {
                T::is_leaf() && !std::mem::needs_drop::<F>()
            }

            fn owns_heap() -> bool {
                T::owns_heap()
            }
        }

        impl<T: 'static, F: 'static> $crate::visibility::walk::Walk for $type
        $(where $($bounds)*)?
        {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $cell = self;
                match $crate::visibility::impls::std::lazy_view::LazyView::from($get) {
                    $crate::visibility::impls::std::lazy_view::LazyView::Initialised(value) => visitor.any::<T>(value),
                    $crate::visibility::impls::std::lazy_view::LazyView::NotInitialised => visitor.opaque_within::<F, _>(self),
                    $crate::visibility::impls::std::lazy_view::LazyView::Unknown if !std::mem::needs_drop::<(T, F)>() => {}
                    $crate::visibility::impls::std::lazy_view::LazyView::Unknown => visitor.opaque_within::<Self, _>(self),
                }
            }
        }
    )*};
}

/// Types that hold one value `T` and lend it by `$inner`. After `heap` follow the bytes that they own in
/// addition.
macro_rules! wrappers {
    ($([$($generics:tt)*] $type:ty $(where [$($bounds:tt)*])?, $value:ident => $inner:expr
       $(, heap $bytes:expr)?;)*) => {$(
        impl<Steps, T, $($generics)*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type
        $(where $($bounds)*)?
        {
        }

        impl<T: $crate::tracked::Visit, $($generics)*> $crate::tracked::Visit for $type
        $(where $($bounds)*)?
        {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $value = self;
                $(visitor.heap($bytes);)?
                visitor.value::<T>($inner);
            }

            fn visit_owned<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                self.visit(visitor);
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
                let $value = self;
                T::label($inner)
            }

            fn starts(&self, starts: &mut $crate::trace::Starts) -> bool {
                let $value = self;
                T::starts($inner, starts)
            }

            // Not `needs_drop`: `ManuallyDrop` and references never need one.
            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                $crate::visibility::impls::std::shapes::is_given!($($bytes)?) || T::owns_heap()
            }
        }

        impl<T: 'static, $($generics)*> $crate::visibility::walk::Walk for $type
        where
            Self: 'static,
            $($($bounds)*)?
        {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $value = self;
                $(visitor.heap($bytes);)?
                visitor.any::<T>($inner);
            }
        }
    )*};
}

/// Enums whose variants have at most one value each.
macro_rules! choices {
    ($([$($param:ident),*] $type:ty, $($variant:path),*;)*) => {$(
        impl<Steps, $($param),*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type {}

        impl<$($param: $crate::tracked::Visit),*> $crate::tracked::Visit for $type {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                #[allow(unreachable_patterns, reason = "some have variants with no value")]
                match self {
                    $($variant(value) => visitor.value(value),)*
                    _ => {}
                }
            }

            fn visit_owned<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                self.visit(visitor);
            }

            fn register_static(registrar: &mut $crate::visibility::Registrar) {
                $($param::register_static(registrar);)*
            }

            fn register<Left: $crate::visibility::Fuel>(registrar: &mut $crate::visibility::Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self, Left>() {
                    $($param::register::<Left>(registrar);)*
                }
            }

            fn label(&self) -> $crate::tracked::Label<'_> {
                #[allow(unreachable_patterns, reason = "some have variants with no value")]
                match self {
                    $($variant(value) => value.label(),)*
                    _ => $crate::tracked::Label::None,
                }
            }

            fn starts(&self, starts: &mut $crate::trace::Starts) -> bool {
                #[allow(unreachable_patterns, reason = "some have variants with no value")]
                match self {
                    $($variant(value) => value.starts(starts),)*
                    _ => false,
                }
            }

            fn is_leaf() -> bool {
                $($param::is_leaf())&&*
            }

            fn owns_heap() -> bool {
                $($param::owns_heap())||*
            }
        }

        impl<$($param: 'static),*> $crate::visibility::walk::Walk for $type {
            fn walk<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                #[allow(unreachable_patterns, reason = "some have variants with no value")]
                match self {
                    $($variant(value) => visitor.any(value),)*
                    _ => {}
                }
            }
        }
    )*};
}

/// Types that hold no reference, and whose label is their `Debug` text. May be followed by the bytes that
/// they own on the heap.
macro_rules! leaves {
    ($($type:ty $(, |$this:ident| $bytes:expr $(, of $len:expr)?)?;)*) => {$(
        impl $crate::tracked::Visit for $type {
            $(
                fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                    let $this = self;
                    visitor.heap($bytes);
                    $(visitor.text($len);)?
                }

                fn visit_owned<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                    self.visit(visitor);
                }
            )?

            fn label(&self) -> $crate::tracked::Label<'_> {
                $crate::tracked::Label::Debug(self)
            }

            fn is_leaf() -> bool {
                true
            }

            fn owns_heap() -> bool {
                $crate::visibility::impls::std::shapes::is_given!($($this)?)
            }
        }
    )*};
    ($($type:ty),* $(,)?) => {
        $crate::visibility::impls::std::shapes::leaves! { $($type;)* }
    };
}

/// Types that hold no reference whatever their parameters are, and have no label.
macro_rules! silent_leaves {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<Steps, const NAME: u64, $($generics)*> $crate::visibility::Finite<Steps, NAME> for $type {}

        impl<$($generics)*> $crate::tracked::Visit for $type {
            fn is_leaf() -> bool {
                true
            }

            fn owns_heap() -> bool {
                false
            }
        }
    )*};
}

#[cfg(any(feature = "parking_lot_0_12", feature = "tokio"))]
pub(in crate::visibility) use guarded;
pub(in crate::visibility) use {
    choices, collections, is_given, lazy, leaves, maps, measured, measures, once, silent_leaves,
    wrappers,
};
