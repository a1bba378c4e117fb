//! Visibility: how a value is visited although nothing was required of its type.
//!
//! The pointers put no bound on what they point to. A registry maps each known type to the function
//! that visits it. Two kinds of probes let a derive use the registry: [`probe::TypeProbe`] fills it,
//! and [`probe::Probe`] chooses the best way to visit a field that the field's type offers.

mod erased_object;
mod growth;
mod impls;
pub mod probe;
mod register;
mod registrar;
mod registry;
mod spec;
#[cfg(feature = "nightly")]
mod specialised;
mod std_names;
mod view;
mod walk;
mod weak_target;

pub use impls::{foreign, has_feature};
pub use std_names::IsStd;

pub(crate) use erased_object::ErasedObject;
pub(crate) use growth::name_of;
pub use growth::{Finite, Fuel, Full, IsFinite, More};
pub(crate) use register::registry;
pub use register::{
    Generic, Submission, families, pass_registration, register, register_type_of, types,
};
pub use registrar::Registrar;
pub(crate) use registry::{PlainHasher, Registry};
pub use spec::{FieldSpec, ProbeResult, TypeRows, TypeSpec};
#[cfg(feature = "nightly")]
pub(crate) use specialised::add_if_tracked;
#[allow(unused_imports, reason = "for locks of optional dependencies")]
pub(crate) use view::unpoisoned;
pub(crate) use view::{AnyViewFn, CellContents, CellView, ErasedValue, OpaqueBox, View};
pub(crate) use weak_target::WeakTarget;
