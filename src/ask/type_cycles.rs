//! Cycles of types, before anything runs.

use crate::analysis::TypeCycles;

/// Which types could own themselves in a cycle of strong references and so leak, told from the
/// fields of all types with a derive; no value is needed. Strong fields marked
/// `#[tracked(back)]` are listed too.
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
    TypeCycles::of(&objgraph_core::types())
}
