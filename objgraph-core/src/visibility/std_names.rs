//! Which types with a name of std's are types of std.
//!
//! A derive reads the names in a field's type, and a program may give its own types the names of std's.
//! So the compiler, which knows the type, decides what depends on such a name: an inherent constant of
//! [`TypeProbe`] precedes one of a trait.

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
    /// The type is not the one of std whose name it has.
    const STD: bool = false;
}

impl<T: ?Sized> ViaNoStd for TypeProbe<T> {}

/// A type whose first argument is not known to be `Tracked`.
pub trait ViaNoFirst {
    /// Nothing registers the argument.
    const FIRST: Option<&'static TypeRow> = None;
}

impl<T: ?Sized> ViaNoFirst for TypeProbe<T> {}

/// A type whose second argument is not known to be `Tracked`.
pub trait ViaNoSecond {
    /// Nothing registers the argument.
    const SECOND: Option<&'static TypeRow> = None;
}

impl<T: ?Sized> ViaNoSecond for TypeProbe<T> {}

/// A type of std that is `Tracked` if its contents are, whatever their lifetimes.
pub trait OfStd {}

/// The condition that `T` is the type of std whose name it has.
#[derive(Debug)]
pub struct IsStd<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: OfStd + ?Sized> Condition for IsStd<T> {}

/// Declares types of std. `$T` is the first argument. Its row is obtained through the type, because the
/// derive cannot name an argument that may be a constant.
macro_rules! heads {
    ($([$T:ident $(: $sized:tt)? $(, $($more:tt)*)?] $type:ty;)*) => {$(
        impl<$T $(: $sized Sized)? $(, $($more)*)?> TypeProbe<$type> {
            /// The type is the one of std whose name it has.
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
    /// The type is the one of std whose name it has.
    pub const STD: bool = true;
}

impl<T: ?Sized + ToOwned> OfStd for Cow<'_, T> {}

impl<T: ?Sized + ToOwned> TypeProbe<Cow<'_, T>> {
    /// The type is the one of std whose name it has.
    pub const STD: bool = true;
}

/// With tracking on, the pointers of objgraph are types of their own.
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

/// Declares the rows of the arguments of types of std.
macro_rules! arguments {
    ($($const:ident [$T:ident $(, $($more:tt)*)?] $type:ty;)*) => {$(
        impl<$T: Visit + 'static $(, $($more)*)?> TypeProbe<$type> {
            /// The row that registers the argument.
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

/// With tracking on, the pointers of objgraph are types of their own.
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
