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
use super::spec::{ProbeResult, TypeRow, TypeRows};
use crate::tracked::Visit;
use crate::type_info::Visibility;

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

// One impl for all types of std: a probe compares its type with each impl that has the constant.
impl<T: OfStd + ?Sized> TypeProbe<T> {
    /// The type is the one of std whose name it has.
    pub const STD: bool = true;
}

impl<T: OfStd + Visit> TypeProbe<T> {
    /// How a handle of std is registered: not at all, since the code that visits it knows its type.
    pub const HANDLE: Option<ProbeResult> = Some(ProbeResult::Known(Visibility::Full));
}

/// Any other type.
pub trait ViaNoHandle {
    /// The type may have to be registered.
    const HANDLE: Option<ProbeResult> = None;
}

impl<T: ?Sized> ViaNoHandle for TypeProbe<T> {}

/// The condition that `T` is the type of std whose name it has.
#[derive(Debug)]
pub struct IsStd<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: OfStd + ?Sized> Condition for IsStd<T> {}

/// Declares types of std. `$T` is the first argument.
macro_rules! heads {
    ($([$T:ident $(: $sized:tt)? $(, $($more:tt)*)?] $type:ty;)*) => {$(
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

impl OfStd for String {}
impl<T: ?Sized + ToOwned> OfStd for Cow<'_, T> {}

/// With tracking on, the pointers of objgraph are types of their own.
#[cfg(any(debug_assertions, feature = "always"))]
mod own {
    use super::OfStd;

    heads! {
        [T: ?] crate::rc::Rc<T>;
        [T: ?] crate::rc::Weak<T>;
        [T: ?] crate::sync::Arc<T>;
        [T: ?] crate::sync::Weak<T>;
    }
}

/// A type of std with its first argument.
pub trait FirstArgument {
    /// The argument.
    type First: ?Sized;
}

/// A type of std with its second argument.
pub trait SecondArgument {
    /// The argument.
    type Second: ?Sized;
}

impl<T: FirstArgument<First: Visit + Sized + 'static>> TypeProbe<T> {
    /// The row that registers the argument. It is obtained through the type, because the derive cannot
    /// name an argument that may be a constant.
    pub const FIRST: Option<&'static TypeRow> = Some(&<T::First as TypeRows<Full>>::VALUE);
}

impl<T: SecondArgument<Second: Visit + Sized + 'static>> TypeProbe<T> {
    /// The row that registers the argument.
    pub const SECOND: Option<&'static TypeRow> = Some(&<T::Second as TypeRows<Full>>::VALUE);
}

/// Declares the arguments of types of std.
macro_rules! arguments {
    ($($Argument:ident $First:ident [$T:ident $(, $($more:tt)*)?] $type:ty;)*) => {$(
        impl<$T $(, $($more)*)?> $Argument for $type {
            type $First = $T;
        }
    )*};
}

arguments! {
    FirstArgument First [T] rc::Rc<T>;
    FirstArgument First [T] rc::Weak<T>;
    FirstArgument First [T] sync::Arc<T>;
    FirstArgument First [T] sync::Weak<T>;
    FirstArgument First [T] Box<T>;
    FirstArgument First [T] RefCell<T>;
    FirstArgument First [T] Mutex<T>;
    FirstArgument First [T] RwLock<T>;
    FirstArgument First [T] Option<T>;
    FirstArgument First [T] Vec<T>;
    FirstArgument First [T] VecDeque<T>;
    FirstArgument First [T] LinkedList<T>;
    FirstArgument First [T] BTreeSet<T>;
    FirstArgument First [T] BinaryHeap<T>;
    FirstArgument First [T] OnceCell<T>;
    FirstArgument First [T] OnceLock<T>;
    FirstArgument First [T, S] HashSet<T, S>;
    FirstArgument First [T, F] LazyCell<T, F>;
    FirstArgument First [T, F] LazyLock<T, F>;
    FirstArgument First [T, V] BTreeMap<T, V>;
    FirstArgument First [T, V, S] HashMap<T, V, S>;
    FirstArgument First [T, E] Result<T, E>;
    SecondArgument Second [T, K] BTreeMap<K, T>;
    SecondArgument Second [T, K, S] HashMap<K, T, S>;
    SecondArgument Second [T, K] Result<K, T>;
}

/// With tracking on, the pointers of objgraph are types of their own.
#[cfg(any(debug_assertions, feature = "always"))]
mod own_arguments {
    use super::FirstArgument;

    arguments! {
        FirstArgument First [T] crate::rc::Rc<T>;
        FirstArgument First [T] crate::rc::Weak<T>;
        FirstArgument First [T] crate::sync::Arc<T>;
        FirstArgument First [T] crate::sync::Weak<T>;
    }
}
