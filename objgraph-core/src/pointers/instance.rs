//! `Instance`: a field that puts the values of a type into the table, wherever they live.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::panic::Location;

use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::table::choice;
use crate::table::interned::kinds::{Reattach, TypeMeta};
use crate::table::record;
use crate::tracked::Visit;
use crate::visibility::Finite;

/// A field for types that live by value: in a `Vec`, in a map, on the stack. Their values are
/// counted and have ids, as objects behind pointers do. They are nodes of their own in pictures if
/// a traced owner holds them.
///
/// The id belongs to the value: a clone is another value, with another id. The field is ignored in
/// comparisons and hashes. Where tracking is off, it has no size.
///
/// ```
/// use objgraph_core::Instance;
///
/// #[derive(Clone, Debug, Default, PartialEq)]
/// struct Connection {
///     port: u16,
///     instance: Instance<Connection>,
/// }
///
/// let one = Connection::default();
/// let two = one.clone();
/// assert_eq!(one, two);
/// if objgraph_core::ENABLED {
///     assert_ne!(one.instance.id(), two.instance.id());
/// }
/// ```
pub struct Instance<T: 'static> {
    id: ObjectId,
    of: PhantomData<fn() -> T>,
}

trait InstanceMeta {
    const META: &'static TypeMeta;
}

impl<T: 'static> InstanceMeta for T {
    const META: &'static TypeMeta = &TypeMeta::new::<T>(PointerKind::Instance, Reattach::Never);
}

impl<T: 'static> Instance<T> {
    /// Adds the value that this is a field of to the table, with the caller as its creation site.
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn new() -> Self {
        let meta = <T as InstanceMeta>::META;
        let id = match choice::leaves_out(meta) {
            true => ObjectId::NONE,
            false => record::add_bare(meta, Location::caller()),
        };
        Self {
            id,
            of: PhantomData,
        }
    }

    /// Returns the id of the value; `None` where tracking is off, and if the type was
    /// [left out](crate::tracking) when the value was made.
    #[must_use]
    pub fn id(&self) -> Option<ObjectId> {
        (self.id != ObjectId::NONE).then_some(self.id)
    }
}

/// Returns the id in an `Instance` field.
#[doc(hidden)]
#[must_use]
pub fn instance_id<T: 'static>(instance: &Instance<T>) -> Option<ObjectId> {
    instance.id()
}

impl<T: 'static> Drop for Instance<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(id) = self.id() {
            record::remove_bare(id.place());
        }
    }
}

impl<T: 'static> Default for Instance<T> {
    #[inline]
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl<T: 'static> Clone for Instance<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<T: 'static> fmt::Debug for Instance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.id, f)
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

impl<Steps, T: 'static, const NAME: u64> Finite<Steps, NAME> for Instance<T> {}

impl<T: 'static> Visit for Instance<T> {
    fn is_leaf() -> bool {
        true
    }
}
