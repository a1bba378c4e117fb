//! What the table requires of the values that it holds weak handles to: whatever their type, to be
//! visited, and to give back the pointer that the program had.
//!
//! The pointers implement these traits, so the table knows no pointer.

use std::any::Any;

use crate::tracked::Value;

/// A value without its type, behind an `Rc`.
pub(crate) trait RcValue: Any {
    fn value(&self) -> Value<'_>;

    /// Notes that the table has no handle to the value any more.
    fn mark_detached(&self);

    /// Returns the `Rc<T>`.
    fn into_pointer(self: std::rc::Rc<Self>) -> Box<dyn Any>;
}

/// A value without its type, behind an `Arc`.
pub(crate) trait ArcValue: Any + Send + Sync {
    fn value(&self) -> Value<'_>;

    /// Returns the `Arc<T>`.
    fn into_pointer(self: std::sync::Arc<Self>) -> Box<dyn Any>;
}

/// A value without its type, behind an `Arc` that stays on its thread.
#[cfg(feature = "nightly")]
pub(crate) trait LocalArcValue: Any {
    fn value(&self) -> Value<'_>;
}

/// A value without its type, behind an `Rc` of std.
pub(crate) trait WatchedRc: Any {
    fn watched_value(&self) -> Value<'_>;

    /// Returns the `Rc<T>`.
    fn into_watched_pointer(self: std::rc::Rc<Self>) -> Box<dyn Any>;
}

impl<T: 'static> WatchedRc for T {
    fn watched_value(&self) -> Value<'_> {
        self
    }

    fn into_watched_pointer(self: std::rc::Rc<Self>) -> Box<dyn Any> {
        Box::new(self)
    }
}

/// A value without its type, behind an `Arc` of std.
pub(crate) trait WatchedArc: Any + Send + Sync {
    fn watched_value(&self) -> Value<'_>;

    /// Returns the `Arc<T>`.
    fn into_watched_pointer(self: std::sync::Arc<Self>) -> Box<dyn Any>;
}

impl<T: Send + Sync + 'static> WatchedArc for T {
    fn watched_value(&self) -> Value<'_> {
        self
    }

    fn into_watched_pointer(self: std::sync::Arc<Self>) -> Box<dyn Any> {
        Box::new(self)
    }
}
