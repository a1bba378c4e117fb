//! Probes: the best way to look into a value of a concrete type, chosen by the compiler.
//!
//! A derive knows the text of a field's type and nothing else; it may not assume that the type
//! is `Tracked`, nor that its neighbours are. It writes `(&&&&&Probe::new(&self.f)).__visit(v)`:
//! method lookup tries the receiver as it stands, then one reference less, and so on, and takes
//! the first trait whose bounds hold. ("Autoref specialisation", found by David Tolnay.)
//!
//! The lookup ignores lifetimes, and the levels between the first and the last need `'static`,
//! so a field whose type names a lifetime is probed with [`LocalProbe`], which has two levels.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;

use super::registry::{Probed, Registrar};
use super::walk::Walk;
use crate::trace::Visitor;
use crate::tracked::{Label, Visit};
use crate::type_info::Sight;

/// A value to be visited.
pub struct Probe<'a, T: ?Sized>(&'a T);

/// A value whose type has lifetimes, to be visited.
pub struct LocalProbe<'a, T: ?Sized>(&'a T);

/// A value whose label is wanted.
pub struct DebugProbe<'a, T: ?Sized>(&'a T);

/// A type to be registered.
pub struct TypeProbe<T: ?Sized>(PhantomData<fn(&T)>);

/// A type with lifetimes.
pub struct LocalTypeProbe<T: ?Sized>(PhantomData<fn(&T)>);

macro_rules! opaque_debug {
    ($($name:ident<$($l:lifetime,)? T>)*) => {$(
        impl<T: ?Sized> fmt::Debug for $name<$($l,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "<{}>"), type_name::<T>())
            }
        }
    )*};
}
opaque_debug!(Probe<'_, T> LocalProbe<'_, T> DebugProbe<'_, T> TypeProbe<T> LocalTypeProbe<T>);

impl<'a, T: ?Sized> Probe<'a, T> {
    /// Probes a value.
    pub const fn new(value: &'a T) -> Self {
        Self(value)
    }
}

impl<'a, T: ?Sized> LocalProbe<'a, T> {
    /// Probes a value.
    pub const fn new(value: &'a T) -> Self {
        Self(value)
    }
}

impl<'a, T: ?Sized> DebugProbe<'a, T> {
    /// Probes a value.
    pub const fn new(value: &'a T) -> Self {
        Self(value)
    }
}

impl<T: ?Sized> TypeProbe<T> {
    /// The probe.
    pub const NEW: Self = Self(PhantomData);
}

impl<T: ?Sized> LocalTypeProbe<T> {
    /// The probe.
    pub const NEW: Self = Self(PhantomData);
}

macro_rules! value_levels {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        pub trait $name<'a> {
            /// Visits the value that is probed.
            fn __visit(&self, visitor: &mut Visitor<'a>);
        }
    )*};
}

value_levels! {
    /// First: the type is `Tracked`.
    ViaTracked
    /// Then: it is a container of std, whose items are looked up one by one.
    ViaWalk
    /// Then: the registry may know it.
    ViaAny
    /// Last: it is opaque.
    ViaOpaque
    /// With lifetimes, first: the type is `Tracked`.
    ViaTrackedLocal
    /// With lifetimes, last: it is opaque.
    ViaOpaqueLocal
}

impl<'a, T: Visit> ViaTracked<'a> for &&&Probe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.value(self.0);
    }
}

impl<'a, T: Walk> ViaWalk<'a> for &&Probe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        self.0.walk(visitor);
    }
}

impl<'a, T: 'static> ViaAny<'a> for &Probe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.any(self.0);
    }
}

impl<'a, T: ?Sized> ViaOpaque<'a> for Probe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.__opaque_type::<T>();
    }
}

impl<'a, T: Visit> ViaTrackedLocal<'a> for &LocalProbe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.value(self.0);
    }
}

impl<'a, T: ?Sized> ViaOpaqueLocal<'a> for LocalProbe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.__opaque_type::<T>();
    }
}

macro_rules! type_levels {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        pub trait $name {
            /// Makes the type known, and tells how far values of it can be looked into.
            fn __register(&self, registrar: &mut Registrar) -> Probed;
        }
    )*};
}

type_levels! {
    /// First: the type is `Tracked`.
    TypeViaTracked
    /// Then: it is a container of std, whose items are looked up one by one.
    TypeViaWalk
    /// Then: the registry may know it.
    TypeViaAny
    /// Last: it is opaque.
    TypeViaOpaque
}

impl<T: Visit + 'static> TypeViaTracked for &&&TypeProbe<T> {
    fn __register(&self, registrar: &mut Registrar) -> Probed {
        registrar.named::<T>();
        Sight::Full.into()
    }
}

impl<T: Walk> TypeViaWalk for &&TypeProbe<T> {
    fn __register(&self, registrar: &mut Registrar) -> Probed {
        registrar.walked::<T>();
        Sight::Partial.into()
    }
}

impl<T: 'static> TypeViaAny for &TypeProbe<T> {
    fn __register(&self, _: &mut Registrar) -> Probed {
        Probed::unsettled::<T>()
    }
}

impl<T: ?Sized> TypeViaOpaque for TypeProbe<T> {
    fn __register(&self, _: &mut Registrar) -> Probed {
        Sight::Opaque.into()
    }
}

/// With lifetimes, first: the type is `Tracked`.
pub trait TypeViaTrackedLocal {
    /// How far values of the type can be looked into.
    fn __sight(&self) -> Sight;
}

/// With lifetimes, last: it is opaque.
pub trait TypeViaOpaqueLocal {
    /// How far values of the type can be looked into.
    fn __sight(&self) -> Sight;
}

impl<T: Visit> TypeViaTrackedLocal for &LocalTypeProbe<T> {
    fn __sight(&self) -> Sight {
        Sight::Full
    }
}

impl<T: ?Sized> TypeViaOpaqueLocal for LocalTypeProbe<T> {
    fn __sight(&self) -> Sight {
        Sight::Opaque
    }
}

/// First: the type has a `Debug` text.
pub trait ViaDebug<'a> {
    /// The label of the value.
    fn __label(&self) -> Label<'a>;
}

/// Last: it has none.
pub trait ViaNoDebug<'a> {
    /// The label of the value.
    fn __label(&self) -> Label<'a>;
}

impl<'a, T: fmt::Debug> ViaDebug<'a> for &DebugProbe<'a, T> {
    fn __label(&self) -> Label<'a> {
        Label::Debug(self.0)
    }
}

impl<'a, T: ?Sized> ViaNoDebug<'a> for DebugProbe<'a, T> {
    fn __label(&self) -> Label<'a> {
        Label::None
    }
}

/// Whether a type implements `Drop`, as a constant: one of the type itself is found before one of
/// a trait, if its bounds hold.
#[expect(
    drop_bounds,
    reason = "what is asked is whether the type itself implements it"
)]
impl<T: Drop> TypeProbe<T> {
    /// It does.
    pub const HAS_DROP: bool = true;
}

/// Any other type.
pub trait ViaNoDrop {
    /// It does not.
    const HAS_DROP: bool = false;
}

impl<T: ?Sized> ViaNoDrop for TypeProbe<T> {}
