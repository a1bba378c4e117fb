//! Lazy values, as a trace sees them: it never initialises one.

use std::cell::LazyCell;
use std::sync::LazyLock;

/// What can be seen of a lazy value without initialising it.
pub(in crate::visibility) enum LazyView<'a, T> {
    Initialised(&'a T),
    NotInitialised,
    /// The compiler is too old to ask std.
    Unknown,
}

impl<'a, T> From<Option<&'a T>> for LazyView<'a, T> {
    fn from(value: Option<&'a T>) -> Self {
        value.map_or(Self::NotInitialised, Self::Initialised)
    }
}

#[allow(
    clippy::incompatible_msrv,
    unstable_name_collisions,
    clippy::useless_conversion,
    reason = "`GetLazy` stands in for what an old std lacks"
)]
impl<'a, T> LazyView<'a, T> {
    pub(super) fn of_cell<F>(cell: &'a LazyCell<T, F>) -> Self {
        LazyCell::get(cell).into()
    }

    pub(super) fn of_lock<F>(lock: &'a LazyLock<T, F>) -> Self {
        LazyLock::get(lock).into()
    }
}

/// In place of `LazyCell::get` and `LazyLock::get`, which are stable since Rust 1.94. Where std has
/// them, they take precedence, since they are inherent.
#[allow(dead_code, reason = "unused where std has the functions")]
trait GetLazy {
    type Value;

    fn get(_: &Self) -> LazyView<'_, Self::Value> {
        LazyView::Unknown
    }
}

impl<T, F> GetLazy for LazyCell<T, F> {
    type Value = T;
}

impl<T, F> GetLazy for LazyLock<T, F> {
    type Value = T;
}
