//! What is compiled where snapshots have no objects.
//!
//! With tracking off, and without the feature that loads snapshots, every query returns an empty result.
//! The code behind the queries is type-checked then, so that both modes have the same functions, and
//! the compiler generates nothing for it: each function that others call from outside, or from a generic
//! function, begins with a guard.
//!
//! ```ignore
//! if !HAS_OBJECTS {
//!     return nothing();
//! }
//! ```
//!
//! The compiler removes what follows before it looks for the functions that are called. A small function
//! is offered to other crates for inlining, with all functions that it mentions, called or not; a call of
//! [`nothing`] prevents that.

/// Whether snapshots can have objects: tracking is on, or snapshots are loaded from files.
///
/// This is the one place that decides whether analyses, reports and pictures are compiled. What works on
/// live objects alone asks [`ENABLED`](crate::ENABLED).
pub const HAS_OBJECTS: bool = crate::ENABLED || cfg!(feature = "save");

/// Returns an empty result.
#[inline(never)]
#[must_use]
pub fn nothing<T: Default>() -> T {
    T::default()
}
