//! Types that hold values inline: options, tuples, wrappers.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::io;
use std::mem::ManuallyDrop;
use std::num::{Saturating, Wrapping};
use std::ops::{Bound, ControlFlow};
use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};
use std::panic::AssertUnwindSafe;
use std::task::Poll;

use super::shapes::{choices, wrappers};
use crate::trace::{Starts, Visitor};
use crate::tracked::{Label, Visit};
use crate::visibility::walk::Walk;
use crate::visibility::{Finite, Fuel, Registrar, name_of};

impl<Steps, T> Finite<Steps, { name_of("Option") }> for Option<T> {}

impl<T: Visit> Visit for Option<T> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.visit_owned(visitor);
    }

    // Fields call this method, so `visit` is seldom compiled. The caller has checked that the option,
    // and therefore the value, is not a leaf.
    fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if let Some(value) = self {
            value.visit_owned(visitor);
        }
    }

    fn register_static(registrar: &mut Registrar) {
        T::register_static(registrar);
    }

    fn register<Left: Fuel>(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        T::register::<Left>(registrar);
    }

    fn label(&self) -> Label<'_> {
        match self {
            Some(value) => value.label(),
            None => Label::with(|f| f.write_str("None")),
        }
    }

    fn starts(&self, starts: &mut Starts) -> bool {
        self.as_ref().is_some_and(|value| value.starts(starts))
    }

    fn is_leaf() -> bool {
        T::is_leaf()
    }

    fn owns_heap() -> bool {
        T::owns_heap()
    }
}

impl<T: 'static> Walk for Option<T> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if let Some(value) = self {
            visitor.any(value);
        }
    }
}

choices! {
    [T, E] Result<T, E>, Ok, Err;
    [T] Poll<T>, Poll::Ready;
    [B, C] ControlFlow<B, C>, ControlFlow::Break, ControlFlow::Continue;
    [T] Bound<T>, Bound::Included, Bound::Excluded;
}

wrappers! {
    // Visited, as its `Debug` is printed. A program that drops the value by hand while the owner lives
    // marks the field `#[tracked(skip)]`.
    [] ManuallyDrop<T>, value => &**value;
    [] Wrapping<T>, value => &value.0;
    [] Saturating<T>, value => &value.0;
    [] Reverse<T>, value => &value.0;
    [] AssertUnwindSafe<T>, value => &value.0;
    [] RangeFrom<T>, value => &value.start;
    [] RangeTo<T>, value => &value.end;
    [] RangeToInclusive<T>, value => &value.end;
    [] io::Cursor<T>, value => value.get_ref();
    [] io::BufReader<T>, value => value.get_ref(), heap value.capacity();
    [] io::BufWriter<T> where [T: io::Write], value => value.get_ref(), heap value.capacity();
    [] io::LineWriter<T> where [T: io::Write], value => value.get_ref();
    [] io::Take<T>, value => value.get_ref();
}

/// Implements `Visit` for ranges, which hold two values.
macro_rules! ranges {
    ($($type:ty, $value:ident => $start:expr, $end:expr;)*) => {$(
        impl<Steps, T> Finite<Steps, { name_of(stringify!($type)) }> for $type {}

        impl<T: Visit> Visit for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $value = self;
                visitor.field("start", $start);
                visitor.field("end", $end);
            }

            fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.visit(visitor);
            }

            fn register_static(registrar: &mut Registrar) {
                T::register_static(registrar);
            }

            fn register<Left: Fuel>(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self, Left>() {
                    T::register::<Left>(registrar);
                }
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }

            fn owns_heap() -> bool {
                T::owns_heap()
            }
        }

        impl<T: 'static> Walk for $type {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $value = self;
                visitor.__enter("start");
                visitor.any($start);
                visitor.__leave();
                visitor.__enter("end");
                visitor.any($end);
                visitor.__leave();
            }
        }
    )*};
}

ranges! {
    Range<T>, value => &value.start, &value.end;
    RangeInclusive<T>, value => value.start(), value.end();
}

impl<Steps, T: ?Sized + ToOwned> Finite<Steps, { name_of("Cow") }> for Cow<'_, T> {}

/// A borrowed value is not owned by the `Cow`, and is not visited.
impl<T: ?Sized + ToOwned> Visit for Cow<'_, T>
where
    T::Owned: Visit,
{
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if let Cow::Owned(value) = self {
            visitor.value(value);
        }
    }

    fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.visit(visitor);
    }

    fn register_static(registrar: &mut Registrar) {
        T::Owned::register_static(registrar);
    }

    fn register<Left: Fuel>(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self, Left>() {
            T::Owned::register::<Left>(registrar);
        }
    }

    fn label(&self) -> Label<'_> {
        match self {
            Cow::Owned(value) => value.label(),
            Cow::Borrowed(_) => Label::None,
        }
    }

    fn is_leaf() -> bool {
        T::Owned::is_leaf()
    }

    fn owns_heap() -> bool {
        T::Owned::owns_heap()
    }
}

impl<T: ?Sized + ToOwned> Walk for Cow<'static, T>
where
    Self: 'static,
    T::Owned: Walk,
{
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if let Cow::Owned(value) = self {
            value.walk(visitor);
        }
    }
}

/// Implements `Visit` for tuples; `$index` are the names of the fields.
macro_rules! tuples {
    ($($($T:ident $index:tt)*;)*) => {$(
        impl<$($T: Visit),*> Visit for ($($T,)*) {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                $(visitor.field(stringify!($index), &self.$index);)*
            }

            fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.visit(visitor);
            }

            fn register_static(registrar: &mut Registrar) {
                $($T::register_static(registrar);)*
            }

            fn register<Left: Fuel>(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self, Left>() {
                    $($T::register::<Left>(registrar);)*
                }
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                let found = [$(self.$index.starts(starts)),*];
                found.contains(&true)
            }

            fn is_leaf() -> bool {
                $($T::is_leaf())&&*
            }

            fn owns_heap() -> bool {
                $($T::owns_heap())||*
            }
        }

        impl<$($T: 'static),*> Walk for ($($T,)*) {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                $(
                    visitor.__enter(stringify!($index));
                    visitor.any(&self.$index);
                    visitor.__leave();
                )*
            }
        }
    )*};
}

tuples! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
}
