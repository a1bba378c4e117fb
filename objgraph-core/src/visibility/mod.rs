//! Visibility: how a value is visited although nothing was required of its type.
//!
//! The pointers put no bound on what they point to. A registry maps each known type to the function
//! that visits it. Two kinds of probes let a derive use the registry: [`probe::TypeProbe`] fills it,
//! and [`probe::Probe`] chooses the best way to visit a field that the field's type offers.

mod growth;
mod impls;
pub mod probe;
mod registry;
mod std_names;
mod view;
mod walk;

pub use impls::{foreign, has_feature};
pub use std_names::IsStd;

pub(crate) use growth::name_of;
pub use growth::{Finite, Fuel, Full, IsFinite, More};
pub use registry::{
    FieldSpec, Generic, Probed, Registrar, Rows, Submission, Submitted, TypeSpec, families,
    register, register_type_of, types,
};
pub(crate) use registry::{PlainHasher, Registry, registry};
#[allow(unused_imports, reason = "for locks of optional dependencies")]
pub(crate) use view::unpoisoned;
pub(crate) use view::{AnySee, Behind, Inside, Lent, Seen, Unseen};
