//! `Instance`, which is nothing where tracking is off.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use crate::object_id::ObjectId;
use crate::tracked::Visit;

/// A field for types that live by value, in a `Vec`, a map, on the stack. Tracking is off, so it
/// has no size and does nothing.
pub struct Instance<T: 'static>(PhantomData<fn() -> T>);

impl<T: 'static> Instance<T> {
    /// Does nothing, since tracking is off.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// The id of the value; `None`, since tracking is off.
    #[must_use]
    pub const fn id(&self) -> Option<ObjectId> {
        None
    }
}

/// The id in an `Instance` field.
#[doc(hidden)]
#[must_use]
pub const fn instance_id<T: 'static>(_: &Instance<T>) -> Option<ObjectId> {
    None
}

impl<T: 'static> Default for Instance<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: 'static> Clone for Instance<T> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<T: 'static> fmt::Debug for Instance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#-")
    }
}

impl<T: 'static> PartialEq for Instance<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T: 'static> Eq for Instance<T> {}

impl<T: 'static> PartialOrd for Instance<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: 'static> Ord for Instance<T> {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl<T: 'static> Hash for Instance<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<T: 'static> Visit for Instance<T> {}
