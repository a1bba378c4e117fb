//! Sight: how a value is looked into though nothing about its type was asked for.
//!
//! The pointers put no bound on what they point to. A registry maps each type that is known to
//! the function that visits it; [`TypeProbe`] fills it, and [`Probe`] chooses, where a derive
//! names a field, the best way to visit it that the field's type offers.

mod growth;
pub mod probe;
mod registry;
mod seen;
mod std_heads;
mod walk;

mod ecosystem;
mod std_types;

pub use ecosystem::{foreign, has_feature};
pub use std_heads::IsStd;

pub(crate) use growth::name_of;
pub use growth::{Finite, Fuel, Full, IsFinite, More};
pub use registry::{
    FieldSpec, Generic, Probed, Registrar, Rows, Submission, Submitted, TypeSpec, families,
    register, register_type_of, types,
};
pub(crate) use registry::{PlainHasher, Registry, registry};
#[allow(unused_imports, reason = "for locks of optional dependencies")]
pub(crate) use seen::unpoisoned;
pub(crate) use seen::{AnySee, Behind, Inside, Lent, Seen, Unseen};
