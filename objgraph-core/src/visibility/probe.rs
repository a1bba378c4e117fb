//! Probes: the compiler chooses the best way to visit a value of a concrete type.
//!
//! A derive knows only the text of a field's type. It cannot know whether the type is `Tracked`. So it
//! writes `(&&&&&Probe(&self.f)).__visit(v)`: method lookup tries the receiver as written, then with
//! one reference less, and so on, and takes the first trait whose bounds hold. (David Tolnay,
//! "Autoref-based stable specialization", 2019.)
//!
//! The lookup ignores lifetimes, and the levels between the first and the last need `'static`. A field
//! whose type names a lifetime is therefore probed with [`LocalProbe`], which has two levels.
//!
//! Where two levels are enough and the type can be written, the path `TypeProbe::<T>::VISIBILITY` is
//! resolved faster than a method: an inherent constant whose bounds hold precedes one of a trait.

use std::any::{Any, TypeId, type_name};
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Wake, Waker};

use super::growth::{AllHold, Fuel, Full};
use super::register::register;
use super::spec::{BoxRow as _, FieldType, ProbeResult, TypeRow, TypeRows, WalkRow as _};
use super::walk::Walk;
use crate::object_id::ObjectId;
use crate::table::{Instance, instance_id};
use crate::trace::Visitor;
use crate::tracked::{Label, Visit};
use crate::type_info::Visibility;

/// A value to be visited. Its field is public, because a constructor would be compiled for each type.
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// A field with its name, to be visited.
pub struct FieldProbe<'a, T: ?Sized>(pub &'static str, pub &'a T);

/// A value whose type has lifetimes, to be visited.
pub struct LocalProbe<'a, T: ?Sized>(pub &'a T);

/// A value whose type has lifetimes, to be visited only if each condition of the list `C` holds. Types
/// named like types of std must be of std: those are `Tracked` if their contents are, whereas a derived
/// type of the program requires `'static`. Types that may grow must be finite.
pub struct ConditionalProbe<'a, T: ?Sized, C>(pub &'a T, pub PhantomData<fn(C)>);

impl<T: ?Sized, C> fmt::Debug for ConditionalProbe<'_, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConditionalProbe<{}>", type_name::<T>())
    }
}

/// A value whose type is a growing step, to be visited through the registry unless each condition
/// of the list `C` holds; see the module `growth`.
pub struct GrowingProbe<'a, T: ?Sized, C>(pub &'a T, pub PhantomData<fn(C)>);

impl<T: ?Sized, C> fmt::Debug for GrowingProbe<'_, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GrowingProbe<{}>", type_name::<T>())
    }
}

/// A field with the name of the field that gives its owner an identity.
pub struct InstanceProbe<'a, T: ?Sized>(pub &'a T);

impl<T: 'static> InstanceProbe<'_, Instance<T>> {
    /// Returns the id of the instance.
    #[must_use]
    pub fn __id(&self) -> Option<ObjectId> {
        instance_id(self.0)
    }
}

/// A field of any other type.
pub trait ViaNoInstance {
    /// Returns `None`: the field has no id.
    fn __id(&self) -> Option<ObjectId> {
        None
    }
}

impl<T: ?Sized> ViaNoInstance for InstanceProbe<'_, T> {}

/// A value passed to a macro, whose target type is to be registered.
pub struct RegisterProbe<'a, T>(pub &'a T);

impl<T: Deref> RegisterTarget for &RegisterProbe<'_, T>
where
    T::Target: Visit + Sized + 'static,
{
    fn __register(&self) {
        register::<T::Target>();
    }
}

/// First level: the value points to one whose type is `Tracked`.
pub trait RegisterTarget {
    /// Registers the type of the target.
    fn __register(&self);
}

/// Second level: any other value. The function that receives the value registers its type.
pub trait RegisterNothing {
    /// Registers nothing.
    fn __register(&self) {}
}

impl<T> RegisterNothing for RegisterProbe<'_, T> {}

impl<T> fmt::Debug for RegisterProbe<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegisterProbe<{}>", type_name::<T>())
    }
}

/// A type to be registered, or checked for the traits that it implements.
pub struct TypeProbe<T: ?Sized>(PhantomData<fn(&T)>);

macro_rules! opaque_debug {
    ($($name:ident<$($l:lifetime,)? T>)*) => {$(
        impl<T: ?Sized> fmt::Debug for $name<$($l,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "<{}>"), type_name::<T>())
            }
        }
    )*};
}
opaque_debug!(Probe<'_, T> FieldProbe<'_, T> LocalProbe<'_, T> InstanceProbe<'_, T> TypeProbe<T>);
opaque_debug!(TaskProbe<T> WakeProbe<T>);

macro_rules! value_levels {
    ($visit:ident; $($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        pub trait $name<'a> {
            /// Visits the probed value.
            fn $visit(&self, visitor: &mut Visitor<'a>);
        }
    )*};
}

value_levels! {
    __field;
    /// First level of a field: the type is `Tracked`.
    ViaTrackedField
    /// Second level: it is a container of std, whose items are looked up one by one.
    ViaWalkField
    /// Third level: the registry may know the type.
    ViaAnyField
    /// Last level: the value is opaque.
    ViaOpaqueField
}

value_levels! {
    __visit;
    /// First level: the type is `Tracked`.
    ViaTracked
    /// Second level: it is a container of std, whose items are looked up one by one.
    ViaWalk
    /// Third level: the registry may know the type.
    ViaAny
    /// Last level: the value is opaque.
    ViaOpaque
    /// First level with lifetimes: the type is `Tracked`.
    ViaTrackedLocal
    /// Last level with lifetimes: the value is opaque.
    ViaOpaqueLocal
}

impl<'a, T: Visit> ViaTracked<'a> for &&&Probe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        // Most types that need a drop are not leaves, and the check costs code for each type.
        if const { std::mem::needs_drop::<T>() } {
            self.0.visit_owned(visitor);
        } else {
            visitor.value(self.0);
        }
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
        visitor.__opaque(self.0);
    }
}

// The name is entered and left here: in a derive, the calls would be compiled for each field. The
// traits differ from those of other probes, so that the compiler considers four and not six.
impl<'a, T: Visit> ViaTrackedField<'a> for &&&FieldProbe<'a, T> {
    fn __field(&self, visitor: &mut Visitor<'a>) {
        visitor.__enter(self.0);
        if const { std::mem::needs_drop::<T>() } {
            self.1.visit_owned(visitor);
        } else {
            visitor.value(self.1);
        }
        visitor.__leave();
    }
}

impl<'a, T: Walk> ViaWalkField<'a> for &&FieldProbe<'a, T> {
    fn __field(&self, visitor: &mut Visitor<'a>) {
        visitor.__enter(self.0);
        self.1.walk(visitor);
        visitor.__leave();
    }
}

impl<'a, T: 'static> ViaAnyField<'a> for &FieldProbe<'a, T> {
    fn __field(&self, visitor: &mut Visitor<'a>) {
        visitor.__enter(self.0);
        visitor.any(self.1);
        visitor.__leave();
    }
}

impl<'a, T: ?Sized> ViaOpaqueField<'a> for FieldProbe<'a, T> {
    fn __field(&self, visitor: &mut Visitor<'a>) {
        visitor.__enter(self.0);
        visitor.__opaque(self.1);
        visitor.__leave();
    }
}

impl<'a, T: Visit, C: AllHold> ViaTracked<'a> for &&&GrowingProbe<'a, T, C> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.value(self.0);
    }
}

impl<'a, T: Walk, C> ViaWalk<'a> for &&GrowingProbe<'a, T, C> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        if !visitor.registered(self.0) {
            self.0.walk(visitor);
        }
    }
}

impl<'a, T: 'static, C> ViaAny<'a> for &GrowingProbe<'a, T, C> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        if !visitor.registered(self.0) {
            visitor.__opaque(self.0);
        }
    }
}

impl<'a, T: ?Sized, C> ViaOpaque<'a> for GrowingProbe<'a, T, C> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.__opaque(self.0);
    }
}

impl<'a, T: Visit> ViaTrackedLocal<'a> for &LocalProbe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.value(self.0);
    }
}

impl<'a, T: Visit, C: AllHold> ViaTrackedLocal<'a> for &ConditionalProbe<'a, T, C> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.value(self.0);
    }
}

impl<'a, T: ?Sized, C> ViaOpaqueLocal<'a> for ConditionalProbe<'a, T, C> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.__opaque(self.0);
    }
}

impl<'a, T: ?Sized> ViaOpaqueLocal<'a> for LocalProbe<'a, T> {
    fn __visit(&self, visitor: &mut Visitor<'a>) {
        visitor.__opaque(self.0);
    }
}

impl<T: Visit + 'static> TypeProbe<T> {
    /// The row that registers the type.
    pub const ROW: Option<&'static TypeRow> = Some(&<T as TypeRows<Full>>::VALUE);
}

impl<T: Visit + 'static> TypeProbe<T> {
    /// How the type is registered. The row is not evaluated where nothing uses it.
    pub const LAZY: ProbeResult = ProbeResult::By(ProbeResult::row::<T>);
    /// The same for a field, with the full name of its type.
    pub const FIELD: FieldType = (Self::LAZY, type_name::<T>);
}

/// Any other type.
pub trait ViaNoLazyRow {
    /// The type may be registered by something else.
    const LAZY: ProbeResult;
    /// The same for a field, with the full name of its type.
    const FIELD: FieldType;
}

impl<T: ?Sized + 'static> ViaNoLazyRow for TypeProbe<T> {
    const LAZY: ProbeResult =
        ProbeResult::Unsettled(TypeId::of::<T>, ProbeResult::unregistered::<T>());
    const FIELD: FieldType = (Self::LAZY, type_name::<T>);
}

/// A type to be registered with the fuel `F`, if it is `Tracked`.
pub struct FuelProbe<T: ?Sized, F>(PhantomData<(fn(&T), F)>);

impl<T: Visit + 'static, F: Fuel> FuelProbe<T, F> {
    /// The row that registers the type.
    pub const ROW: Option<&'static TypeRow> = Some(&<T as TypeRows<F>>::VALUE);
    /// How the type is registered after a growing step.
    pub const LESS: Option<ProbeResult> = Some(match F::LEFT {
        0 => ProbeResult::Unsettled(TypeId::of::<T>, ProbeResult::unregistered::<T>()),
        _ => ProbeResult::Row(less::<T, F>(), Visibility::Full),
    });
}

/// Returns the row for one step less. A function, because a constant would be evaluated even without
/// fuel.
const fn less<T: Visit + 'static, F: Fuel>() -> &'static TypeRow {
    &<T as TypeRows<F::Less>>::VALUE
}

/// Any other type.
pub trait ViaNoLess {
    /// Nothing registers the type.
    const LESS: Option<ProbeResult> = None;
}

impl<T: ?Sized, F> ViaNoLess for FuelProbe<T, F> {}

impl<T: ?Sized, F> ViaNoRow for FuelProbe<T, F> {}

/// Conditions on the types of a growing step, as a list.
pub struct StepProbe<C>(PhantomData<fn(C)>);

impl<C: AllHold> StepProbe<C> {
    /// Whether each condition holds.
    pub const HOLDS: bool = true;
}

/// A list with a condition that may not hold.
pub trait ViaNoStep {
    /// Whether each condition holds.
    const HOLDS: bool = false;
}

impl<C> ViaNoStep for StepProbe<C> {}

impl<C> fmt::Debug for StepProbe<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StepProbe")
    }
}

impl<T: ?Sized, F> fmt::Debug for FuelProbe<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FuelProbe<{}>", type_name::<T>())
    }
}

impl<T: Walk> TypeProbe<T> {
    /// How a container of std is registered whose items are looked up one by one.
    pub const OTHERWISE: ProbeResult = ProbeResult::Row(&T::WALK, Visibility::Partial);
}

/// Any other type.
pub trait ViaNoRow {
    /// Nothing registers the type.
    const ROW: Option<&'static TypeRow> = None;
}

#[cfg(not(feature = "nightly"))]
impl<T: ?Sized> ViaNoRow for TypeProbe<T> {}

#[cfg(feature = "nightly")]
impl<T: ?Sized> ViaNoRow for TypeProbe<T> {
    default const ROW: Option<&'static TypeRow> = None;
}

macro_rules! boxed {
    ($($type:ty),*) => {$(
        impl<T: ?Sized + 'static> TypeProbe<$type> {
            /// How the box is registered if nothing else registers it.
            pub const BOXED: Option<ProbeResult> =
                Some(ProbeResult::Row(&<$type>::BOX, Visibility::Opaque));
        }
    )*};
}

boxed!(Box<T>, Pin<Box<T>>);

/// Any other type.
pub trait ViaNoBox {
    /// The type is not a box.
    const BOXED: Option<ProbeResult> = None;
}

impl<T: ?Sized> ViaNoBox for TypeProbe<T> {}

/// Any other type.
pub trait ViaNoWalk {
    /// The type may be registered by something else.
    const OTHERWISE: ProbeResult;
}

impl<T: ?Sized + 'static> ViaNoWalk for TypeProbe<T> {
    const OTHERWISE: ProbeResult =
        ProbeResult::Unsettled(TypeId::of::<T>, ProbeResult::unregistered::<T>());
}

impl<T: Visit> TypeProbe<T> {
    /// How far the trace can visit values of the type.
    pub const VISIBILITY: Visibility = Visibility::Full;
}

/// Any other type.
pub trait ViaNoVisit {
    /// How far the trace can visit values of the type.
    const VISIBILITY: Visibility = Visibility::Opaque;
}

#[cfg(not(feature = "nightly"))]
impl<T: ?Sized> ViaNoVisit for TypeProbe<T> {}

#[cfg(feature = "nightly")]
impl<T: ?Sized> ViaNoVisit for TypeProbe<T> {
    default const VISIBILITY: Visibility = Visibility::Opaque;
}

impl<T: fmt::Debug> TypeProbe<T> {
    /// Returns the label of a value that has a `Debug` text.
    pub fn __label(value: &T) -> Label<'_> {
        Label::Debug(value)
    }
}

/// Any other type.
pub trait ViaNoDebug<T: ?Sized> {
    /// Returns no label.
    fn __label(_: &T) -> Label<'_> {
        Label::None
    }
}

impl<T: ?Sized> ViaNoDebug<T> for TypeProbe<T> {}

/// An argument that is taken once. It carries a `&mut` into generated code that the compiler would
/// otherwise reject as a second use.
pub type Once<A> = Cell<Option<A>>;

/// Makes an argument that is taken once.
pub fn once<A>(argument: A) -> Once<A> {
    Cell::new(Some(argument))
}

/// Whether a type implements `Drop`.
#[expect(
    drop_bounds,
    reason = "the question is whether the type itself implements it"
)]
impl<T: Drop> TypeProbe<T> {
    /// The type implements `Drop`.
    pub const HAS_DROP: bool = true;
}

/// Any other type.
pub trait ViaNoDrop {
    /// The type does not implement `Drop`.
    const HAS_DROP: bool = false;
}

impl<T: ?Sized> ViaNoDrop for TypeProbe<T> {}

/// Makes a waker of a task, from a `std::sync::Arc` of it as a `dyn Any`.
pub type MakeWaker = fn(&dyn Any) -> Option<Waker>;

fn make_waker<T: Wake + Send + Sync + 'static>(task: &dyn Any) -> Option<Waker> {
    let task: Option<&std::sync::Arc<T>> = task.downcast_ref();
    task.cloned().map(Waker::from)
}

/// A type that may be a task. Asked in two steps, so that the compiler looks for `Send` and `Sync` only
/// of types that implement `Wake`: of types that grow it would look without end.
pub struct TaskProbe<T: ?Sized>(pub PhantomData<fn(&T)>);

/// A type that implements `Wake`.
pub struct WakeProbe<T: ?Sized>(PhantomData<fn(&T)>);

/// In place of a type that does not implement `Wake`.
#[derive(Debug)]
pub struct NoWake;

impl<T: Wake> TaskProbe<T> {
    /// Returns the probe of a type that implements `Wake`.
    #[must_use]
    pub fn __wake(&self) -> WakeProbe<T> {
        WakeProbe(PhantomData)
    }
}

/// Any other type.
pub trait ViaNoTask {
    /// Returns that no waker owns a value of the type.
    fn __wake(&self) -> NoWake {
        NoWake
    }
}

impl<T: ?Sized> ViaNoTask for TaskProbe<T> {}

impl<T: Wake + Send + Sync + 'static> WakeProbe<T> {
    /// Returns the function that makes a waker of a task.
    #[must_use]
    pub fn __waker(&self) -> Option<MakeWaker> {
        Some(make_waker::<T>)
    }
}

/// Any other type.
pub trait ViaNoWaker {
    /// Returns `None`: no waker owns a value of the type.
    fn __waker(&self) -> Option<MakeWaker> {
        None
    }
}

impl<T: ?Sized> ViaNoWaker for WakeProbe<T> {}
impl ViaNoWaker for NoWake {}

/// Returns `None`: no waker owns a value of the type, or nothing asks for it.
#[must_use]
pub fn no_waker() -> Option<MakeWaker> {
    None
}

/// Returns the function that finds out whether a type is a task. Each is compiled for its type.
#[cfg(feature = "scan")]
#[doc(hidden)]
#[macro_export]
macro_rules! __task_waker {
    ($task:ty) => {
        || {
            $crate::__private::TaskProbe::<$task>($crate::__private::std::marker::PhantomData)
                .__wake()
                .__waker()
        }
    };
}

/// Asks nothing: only a scan needs the answer.
#[cfg(not(feature = "scan"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __task_waker {
    ($task:ty) => {
        $crate::__private::no_waker
    };
}

pub use crate::__task_waker as task_waker;

/// All levels, for a glob import that brings no name into scope.
pub mod levels {
    pub use super::super::std_names::{
        ViaNoFirst as _, ViaNoHandle as _, ViaNoSecond as _, ViaNoStd as _,
    };
    pub use super::{
        ViaAny as _, ViaAnyField as _, ViaNoBox as _, ViaNoDebug as _, ViaNoDrop as _,
        ViaNoInstance as _, ViaNoLazyRow as _, ViaNoLess as _, ViaNoRow as _, ViaNoStep as _,
        ViaNoTask as _, ViaNoVisit as _, ViaNoWaker as _, ViaNoWalk as _, ViaOpaque as _,
        ViaOpaqueField as _, ViaOpaqueLocal as _, ViaTracked as _, ViaTrackedField as _,
        ViaTrackedLocal as _, ViaWalk as _, ViaWalkField as _,
    };
}
