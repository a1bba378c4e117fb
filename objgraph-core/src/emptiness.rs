//! What is compiled where snapshots have no objects.
//!
//! With tracking off, and without the feature `save`, every query returns an empty result. What would
//! analyse, report and draw is still type-checked, so that both modes have the same functions, but the
//! compiler generates no code for it. Each function that is called from outside of its crate, or by a
//! generic function, begins with a guard:
//!
//! ```text
//! if !HAS_OBJECTS {
//!     return nothing();
//! }
//! ```
//!
//! The compiler removes what follows the guard before it collects the functions that are called. But it
//! offers small functions to other crates for inlining, and generates code for all that they mention,
//! even after a guard. A function that calls [`nothing`] is not small. Generic functions are always
//! offered, so the private functions that they call have guards too.

/// Whether snapshots can have objects: tracking is on, or snapshots are loaded from files.
///
/// This is the one place that decides whether analyses, reports and pictures are compiled. What works on
/// live objects alone asks [`ENABLED`](crate::ENABLED).
pub const HAS_OBJECTS: bool = crate::ENABLED || cfg!(feature = "save");

/// Returns an empty result.
#[inline(never)]
pub fn nothing<T: Default>() -> T {
    T::default()
}
