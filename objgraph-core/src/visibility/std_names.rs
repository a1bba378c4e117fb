//! Which types are those of std that they are called after.
//!
//! A derive reads the names in a field's type, and a program may call its own types as std's are
//! called. What depends on such a name is therefore decided by the compiler, which knows the type:
//! an inherent constant of [`TypeProbe`] is found before one of a trait.

use std::borrow::Cow;
use std::cell::{Cell, LazyCell, OnceCell, RefCell, UnsafeCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::num::{Saturating, Wrapping};
use std::pin::Pin;
use std::sync::{LazyLock, Mutex, OnceLock, RwLock};
use std::{rc, sync};

use super::growth::{Condition, Full};
use super::probe::TypeProbe;
use super::spec::{TypeRow, TypeRows};
use crate::tracked::Visit;

/// Any other type.
pub trait ViaNoStd {
    /// It is not the type of std that it is called after.
    const STD: bool = false;
}

impl<T: ?Sized> ViaNoStd for TypeProbe<T> {}

/// A type whose first argument is no type that is known to be `Tracked`.
pub trait ViaNoFirst {
    /// Nothing makes the argument known.
    const FIRST: Option<&'static TypeRow> = None;
}

impl<T: ?Sized> ViaNoFirst for TypeProbe<T> {}

/// A type whose second argument is no type that is known to be `Tracked`.
pub trait ViaNoSecond {
    /// Nothing makes the argument known.
    const SECOND: Option<&'static TypeRow> = None;
}

impl<T: ?Sized> ViaNoSecond for TypeProbe<T> {}

/// A type of std that is `Tracked` if its contents are, however short they live.
pub trait OfStd {}

/// The condition that `T` is the type of std that it is called after.
#[derive(Debug)]
pub struct IsStd<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: OfStd + ?Sized> Condition for IsStd<T> {}

/// Types of std. `$T` is the first argument, which the derive cannot write out where it may be a
/// constant, so that its row is obtained through the type.
macro_rules! heads {
    ($([$T:ident $(: $sized:tt)? $(, $($more:tt)*)?] $type:ty;)*) => {$(
        impl<$T $(: $sized Sized)? $(, $($more)*)?> TypeProbe<$type> {
            /// It is the type of std that it is called after.
            pub const STD: bool = true;
        }

        impl<$T $(: $sized Sized)? $(, $($more)*)?> OfStd for $type {}
    )*};
}

heads! {
    [T: ?] rc::Rc<T>;
    [T: ?] rc::Weak<T>;
    [T: ?] sync::Arc<T>;
    [T: ?] sync::Weak<T>;
    [T: ?] Box<T>;
    [T: ?] RefCell<T>;
    [T: ?] Mutex<T>;
    [T: ?] RwLock<T>;
    [T: ?] Cell<T>;
    [T: ?] UnsafeCell<T>;
    [T: ?] ManuallyDrop<T>;
    [T: ?] PhantomData<T>;
    [T] Option<T>;
    [T] Vec<T>;
    [T] VecDeque<T>;
    [T] LinkedList<T>;
    [T] BTreeSet<T>;
    [T] BinaryHeap<T>;
    [T] OnceCell<T>;
    [T] OnceLock<T>;
    [T] Pin<T>;
    [T] Reverse<T>;
    [T] Saturating<T>;
    [T] Wrapping<T>;
    [T, S] HashSet<T, S>;
    [T, F] LazyCell<T, F>;
    [T, F] LazyLock<T, F>;
    [K, V] BTreeMap<K, V>;
    [K, V, S] HashMap<K, V, S>;
    [T, E] Result<T, E>;
}

impl TypeProbe<String> {
    /// It is the type of std that it is called after.
    pub const STD: bool = true;
}

impl<T: ?Sized + ToOwned> OfStd for Cow<'_, T> {}

impl<T: ?Sized + ToOwned> TypeProbe<Cow<'_, T>> {
    /// It is the type of std that it is called after.
    pub const STD: bool = true;
}

/// With tracking, pointers of objgraph are pointers too.
#[cfg(any(debug_assertions, feature = "always"))]
mod own {
    use super::{OfStd, TypeProbe};

    heads! {
        [T: ?] crate::rc::Rc<T>;
        [T: ?] crate::rc::Weak<T>;
        [T: ?] crate::sync::Arc<T>;
        [T: ?] crate::sync::Weak<T>;
    }
}

/// The rows of arguments, by their types.
macro_rules! arguments {
    ($($const:ident [$T:ident $(, $($more:tt)*)?] $type:ty;)*) => {$(
        impl<$T: Visit + 'static $(, $($more)*)?> TypeProbe<$type> {
            /// What makes the argument known.
            pub const $const: Option<&'static TypeRow> = Some(&<$T as TypeRows<Full>>::VALUE);
        }
    )*};
}

arguments! {
    FIRST [T] rc::Rc<T>;
    FIRST [T] rc::Weak<T>;
    FIRST [T] sync::Arc<T>;
    FIRST [T] sync::Weak<T>;
    FIRST [T] Box<T>;
    FIRST [T] RefCell<T>;
    FIRST [T] Mutex<T>;
    FIRST [T] RwLock<T>;
    FIRST [T] Option<T>;
    FIRST [T] Vec<T>;
    FIRST [T] VecDeque<T>;
    FIRST [T] LinkedList<T>;
    FIRST [T] BTreeSet<T>;
    FIRST [T] BinaryHeap<T>;
    FIRST [T] OnceCell<T>;
    FIRST [T] OnceLock<T>;
    FIRST [T, S] HashSet<T, S>;
    FIRST [T, F] LazyCell<T, F>;
    FIRST [T, F] LazyLock<T, F>;
    FIRST [T, V] BTreeMap<T, V>;
    FIRST [T, V, S] HashMap<T, V, S>;
    FIRST [T, E] Result<T, E>;
    SECOND [T, K] BTreeMap<K, T>;
    SECOND [T, K, S] HashMap<K, T, S>;
    SECOND [T, K] Result<K, T>;
}

/// With tracking, pointers of objgraph are pointers too.
#[cfg(any(debug_assertions, feature = "always"))]
mod own_arguments {
    use super::{Full, TypeProbe, TypeRow, TypeRows, Visit};

    arguments! {
        FIRST [T] crate::rc::Rc<T>;
        FIRST [T] crate::rc::Weak<T>;
        FIRST [T] crate::sync::Arc<T>;
        FIRST [T] crate::sync::Weak<T>;
    }
}
