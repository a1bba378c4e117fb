//! The shapes of containers, written once: a macro for each, for types of std and of other crates.
//!
//! Each gives two ways in, `Tracked` for containers whose items are, and [`Walk`] for those that
//! hold foreign types among others. A line starts with the type's parameters other than those of
//! its items, in brackets, and may end with bounds that the type asks for, in brackets too.
//!
//! Whether a container is a leaf is asked of its items. It ends, though types contain themselves,
//! because a type with a derive asks nobody: it is a leaf if the compiler says that it needs no
//! drop.
//!
//! Each is [`Finite`](crate::visibility::Finite) under its own name.
//!
//! [`Walk`]: crate::visibility::walk::Walk

/// Collections of one kind of item `T`; `$items` is the method that gives them by reference, and
/// `$visit` and `$walk` are methods of the visitor: `elements` where the order is the program's,
/// `entries` where it changes from run to run, so that no path can tell which item it was.
///
/// After that, the bytes that the collection owns beside what its items own; before them stands
/// `grows` or, where the length cannot change, `fixed`, or `inline` if there are no bytes either.
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
                // A gigabyte of plain values need not be walked.
                if std::mem::needs_drop::<T>() {
                    visitor.$walk(self.$items());
                }
            }
        }
    )*};
}

/// Tells the visitor what there is to tell of a collection's length and bytes.
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

/// Whether there is anything to tell.
macro_rules! measures {
    (inline) => {
        false
    };
    ($mode:ident) => {
        true
    };
}

/// Whether anything is given.
macro_rules! is_given {
    () => {
        false
    };
    ($($given:tt)+) => {
        true
    };
}

/// Maps from `K` to `V`; `$segment` is the step to an entry, `$items` the method that gives
/// the entries, and then come the bytes that the map owns beside what its entries own.
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

/// Cells and locks that lend their value `T` by a guard; `$try` gives the guard, or nothing if
/// it is busy. It must not wait.
#[cfg(any(feature = "parking_lot", feature = "tokio"))]
macro_rules! guarded {
    ($([$($generics:tt)*] $type:ty, $cell:ident => $try:expr;)*) => {$(
        impl<Steps, T, $($generics)*> $crate::visibility::Finite<Steps, { $crate::visibility::name_of(stringify!($type)) }> for $type {}

        impl<T: $crate::tracked::Visit, $($generics)*> $crate::tracked::Visit for $type {
            fn visit<'a>(&'a self, visitor: &mut $crate::trace::Visitor<'a>) {
                let $cell = self;
                match $crate::trace::patiently(|| $try) {
                    Some(guard) => visitor.lent::<T>(&guard),
                    // What holds no reference hides none.
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

/// Cells that are empty first, and then hold one value `T` for good. `$get` must not wait, nor
/// make the value.
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

/// Cells that make their value `T` when it is first asked for, by a function `F`. They are never
/// made to: until then there is the function, in which nothing can be seen.
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
                match $get {
                    Some(value) => visitor.value::<T>(value),
                    None if std::mem::needs_drop::<F>() => visitor.__opaque_type::<F>(),
                    None => {}
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
                match $get {
                    Some(value) => visitor.any::<T>(value),
                    None if std::mem::needs_drop::<F>() => visitor.__opaque_type::<F>(),
                    None => {}
                }
            }
        }
    )*};
}

/// Types that hold one value `T` and lend it by `$inner`; after `heap`, the bytes that they own
/// beside.
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

            // Not by whether it needs a drop: `ManuallyDrop` never does, nor a reference.
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

/// Enums of variants with one value each, and of variants with none.
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

/// Types that hold no reference, and whose label is their `Debug` text; where they own bytes on the
/// heap, how many.
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

/// Types that hold no reference, whatever their parameters, and have no label.
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

#[cfg(any(feature = "parking_lot", feature = "tokio"))]
pub(in crate::visibility) use guarded;
pub(in crate::visibility) use {
    choices, collections, is_given, lazy, leaves, maps, measured, measures, once, silent_leaves,
    wrappers,
};
