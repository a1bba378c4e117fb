//! Cycles of types, before anything runs.

use crate::analysis::TypeCycles;

/// Returns which types could own themselves in a cycle of strong references and so leak, by the
/// fields of all types with a derive; no value is needed. Strong fields marked
/// `#[tracked(back)]` are listed too, and so is what could not be followed: a `dyn Trait`, a type
/// without a derive, a generic type of which no instance is registered.
///
/// ```
/// use objgraph::{Tracked, rc::{Rc, Weak}};
/// use std::cell::RefCell;
///
/// #[derive(Tracked)]
/// struct Subject {
///     observers: RefCell<Vec<Rc<Observer>>>,
/// }
///
/// #[derive(Tracked)]
/// struct Observer {
///     subject: Rc<Subject>, // Weak<Subject> would be right
/// }
///
/// let cycles = objgraph::type_cycles();
/// if objgraph::ENABLED {
///     let text = cycles.to_string();
///     assert!(text.contains("Observer.subject → Subject.observers"), "{text}");
/// }
/// ```
#[must_use]
pub fn type_cycles() -> TypeCycles {
    TypeCycles::of(&objgraph_core::types(), &objgraph_core::families())
}
