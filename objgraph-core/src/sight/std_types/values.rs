//! Types that hold values directly: boxes, options, tuples, arrays, wrappers.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::mem::ManuallyDrop;
use std::num::Wrapping;
use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo};
use std::pin::Pin;

use crate::sight::Registrar;
use crate::sight::walk::Walk;
use crate::snapshot::Segment;
use crate::trace::{Starts, Visitor};
use crate::tracked::{Label, Tracked};

impl<T: Tracked> Tracked for Box<T> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.value(&**self);
    }

    fn register(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self>() {
            T::register(registrar);
        }
    }

    fn label(&self) -> Label<'_> {
        (**self).label()
    }

    fn is_leaf() -> bool {
        // Not asked of `T`: a type that boxes itself would ask for ever.
        false
    }
}

impl<T: 'static> Walk for Box<T> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.any(&**self);
    }
}

impl<T: Tracked> Tracked for Box<[T]> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.elements(self.iter());
    }

    fn register(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self>() {
            T::register(registrar);
        }
    }

    fn label(&self) -> Label<'_> {
        Label::Items(self.len())
    }
}

impl<T: 'static> Walk for Box<[T]> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.any_elements(self.iter());
    }
}

impl<T: Tracked> Tracked for Option<T> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if let Some(value) = self {
            visitor.value(value);
        }
    }

    fn register(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self>() {
            T::register(registrar);
        }
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
}

impl<T: 'static> Walk for Option<T> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if let Some(value) = self {
            visitor.any(value);
        }
    }
}

impl<T: Tracked, E: Tracked> Tracked for Result<T, E> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        match self {
            Ok(value) => visitor.value(value),
            Err(error) => visitor.value(error),
        }
    }

    fn register(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self>() {
            T::register(registrar);
            E::register(registrar);
        }
    }
}

impl<T: 'static, E: 'static> Walk for Result<T, E> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        match self {
            Ok(value) => visitor.any(value),
            Err(error) => visitor.any(error),
        }
    }
}

impl<T: Tracked, const N: usize> Tracked for [T; N] {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.elements(self.iter());
    }

    fn register(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self>() {
            T::register(registrar);
        }
    }

    fn label(&self) -> Label<'_> {
        Label::Items(N)
    }

    fn starts(&self, starts: &mut Starts) -> bool {
        self.iter()
            .fold(false, |any, value| value.starts(starts) || any)
    }
}

impl<T: 'static, const N: usize> Walk for [T; N] {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.any_elements(self.iter());
    }
}

/// Wrappers with the value in a field or behind a reference to it.
macro_rules! wrappers {
    ($($type:ty, $value:ident => $inner:expr;)*) => {$(
        impl<T: Tracked> Tracked for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $value = self;
                visitor.value($inner);
            }

            fn register(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self>() {
                    T::register(registrar);
                }
            }

            fn label(&self) -> Label<'_> {
                let $value = self;
                T::label($inner)
            }
        }

        impl<T: 'static> Walk for $type {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $value = self;
                visitor.any($inner);
            }
        }
    )*};
}

wrappers! {
    ManuallyDrop<T>, value => &**value;
    Wrapping<T>, value => &value.0;
    Reverse<T>, value => &value.0;
    RangeFrom<T>, value => &value.start;
    RangeTo<T>, value => &value.end;
    std::panic::AssertUnwindSafe<T>, value => &value.0;
}

/// Only pins of what can be had back without unpinning: the pointer itself is out of reach.
impl<T: Tracked> Tracked for Pin<Box<T>> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.value(&**self);
    }

    fn register(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self>() {
            T::register(registrar);
        }
    }
}

/// Ranges, which hold two values.
macro_rules! ranges {
    ($($type:ty, $value:ident => $start:expr, $end:expr;)*) => {$(
        impl<T: Tracked> Tracked for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $value = self;
                visitor.field("start", $start);
                visitor.field("end", $end);
            }

            fn register(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self>() {
                    T::register(registrar);
                }
            }
        }
    )*};
}

ranges! {
    Range<T>, value => &value.start, &value.end;
    RangeInclusive<T>, value => value.start(), value.end();
}

impl<T: ?Sized + ToOwned> Tracked for Cow<'_, T>
where
    T::Owned: Tracked,
{
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        if let Cow::Owned(value) = self {
            visitor.value(value);
        }
    }

    fn is_leaf() -> bool {
        T::Owned::is_leaf()
    }
}

/// Tuples; `$index` are the names of the fields.
macro_rules! tuples {
    ($($($T:ident $index:tt)*;)*) => {$(
        impl<$($T: Tracked),*> Tracked for ($($T,)*) {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                $(visitor.field(stringify!($index), &self.$index);)*
            }

            fn register(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self>() {
                    $($T::register(registrar);)*
                }
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                let found = [$(self.$index.starts(starts)),*];
                found.contains(&true)
            }
        }

        impl<$($T: 'static),*> Walk for ($($T,)*) {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                $(
                    visitor.open(Segment::Field(stringify!($index)));
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
