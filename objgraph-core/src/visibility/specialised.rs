//! What the compiler knows of a type that nothing requires to be `Tracked`, with the feature `nightly`.
//!
//! On stable Rust, code that is generic over `T: 'static` cannot find out whether `T` is `Tracked`, so a
//! value of `T` is opaque until something registers the type. Specialisation finds out. It is sound
//! here because no lifetime can select the wrong impl: `T: 'static` leaves none to choose.

use super::growth::Full;
use super::probe::{TypeProbe, ViaNoRow, ViaNoVisit};
use super::register::register;
use super::registrar::Registrar;
use super::spec::{TypeRow, TypeRows};
use crate::tracked::Visit;
use crate::type_info::Visibility;

/// A type that is registered if it is `Tracked`.
trait MaybeTracked {
    /// Registers the type with the process; `None` if it is not `Tracked`.
    const REGISTER: Option<fn()>;
    /// Registers the type with a registrar; `None` if it is not `Tracked`.
    const ADD: Option<fn(&mut Registrar)>;
}

impl<T: ?Sized + 'static> MaybeTracked for T {
    default const REGISTER: Option<fn()> = None;
    default const ADD: Option<fn(&mut Registrar)> = None;
}

impl<T: Visit + 'static> MaybeTracked for T {
    const REGISTER: Option<fn()> = Some(register::<T>);
    const ADD: Option<fn(&mut Registrar)> = Some(Registrar::add::<T>);
}

/// Registers a type if it is `Tracked`; returns whether it is.
pub(super) fn register_if_tracked<T: 'static>() -> bool {
    let register = <T as MaybeTracked>::REGISTER;
    if let Some(register) = register {
        register();
    }
    register.is_some()
}

/// Adds a type to a registrar if it is `Tracked`.
pub(crate) fn add_if_tracked<T: ?Sized + 'static>(registrar: &mut Registrar) {
    if let Some(add) = <T as MaybeTracked>::ADD {
        add(registrar);
    }
}

// A derive of a generic type names these without knowing whether `T` is `Tracked`, and for types of
// which no step grows.

impl<T: Visit + 'static> ViaNoRow for TypeProbe<T> {
    const ROW: Option<&'static TypeRow> = Some(&<T as TypeRows<Full>>::VALUE);
}

impl<T: Visit + 'static> ViaNoVisit for TypeProbe<T> {
    const VISIBILITY: Visibility = Visibility::Full;
}
