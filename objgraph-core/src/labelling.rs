//! How far the pointers follow each other while a label is written.
//!
//! A label is the `Debug` text of a value, cut after some characters. A `Debug` that formats the
//! target of a pointer before it writes anything is never cut, and around a cycle it would overflow
//! the stack. So while a thread writes a label, our pointers write `…` beyond a small depth, and
//! after a small number of pointers, since each may lead to several.

use std::cell::Cell;
use std::fmt;

/// What a label may still use.
#[derive(Clone, Copy)]
struct LabelLimits {
    /// Number of pointers that may be nested.
    depth: u32,
    /// Number of pointers in total.
    pointers: u32,
}

const LIMITS: LabelLimits = LabelLimits {
    depth: 8,
    pointers: 64,
};

thread_local! {
    /// What is left for the label that this thread writes; `None` while it writes none.
    static LEFT: Cell<Option<LabelLimits>> = const { Cell::new(None) };
}

impl LabelLimits {
    fn one_deeper(self) -> Option<Self> {
        Some(Self {
            depth: self.depth.checked_sub(1)?,
            pointers: self.pointers.checked_sub(1)?,
        })
    }
}

/// Whether this thread writes a label.
#[inline]
pub(crate) fn is_on() -> bool {
    LEFT.get().is_some()
}

/// Writes a label; `None` if it is nested too deep in others.
pub(crate) fn label<R>(write: impl FnOnce() -> R) -> Option<R> {
    let left = match LEFT.get() {
        None => LIMITS,
        Some(left) => left.one_deeper()?,
    };
    let _restore = RestoreLimits(LEFT.replace(Some(left)));
    Some(write())
}

/// Writes the target of a pointer.
#[cold]
#[allow(dead_code, reason = "where tracking is off, the pointers are std's")]
pub(crate) fn follow(value: &dyn fmt::Debug, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    label(|| value.fmt(f)).unwrap_or_else(|| f.write_str("…"))
}

/// As [`follow`], with `Display`.
#[cold]
#[allow(dead_code, reason = "where tracking is off, the pointers are std's")]
pub(crate) fn follow_display(value: &dyn fmt::Display, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    label(|| value.fmt(f)).unwrap_or_else(|| f.write_str("…"))
}

/// Restores the depth. Pointers that were followed stay used.
struct RestoreLimits(Option<LabelLimits>);

impl Drop for RestoreLimits {
    fn drop(&mut self) {
        let left = LEFT.get();
        LEFT.set(self.0.map(|before| LabelLimits {
            depth: before.depth,
            pointers: left.map_or(0, |left| left.pointers),
        }));
    }
}
