//! Watching single objects behind std's own pointers.

use std::panic::Location;

use crate::object_id::ObjectId;
use crate::table;
use crate::trace::{SCANS, learn_waker};
use crate::tracked::Visit;

/// A pointer that can be watched: an `Rc<T>` or `Arc<T>`, std's or `objgraph`'s, to a type that is
/// [`Tracked`](crate::Tracked).
pub trait Watch {
    #[doc(hidden)]
    fn watch_at(&self, site: &'static Location<'static>) -> Option<ObjectId>;
}

impl<T: Visit + 'static> Watch for std::rc::Rc<T> {
    fn watch_at(&self, site: &'static Location<'static>) -> Option<ObjectId> {
        crate::register::<T>();
        table::watch_rc(self, site)
    }
}

impl<T: Visit + Send + Sync + 'static> Watch for std::sync::Arc<T> {
    fn watch_at(&self, site: &'static Location<'static>) -> Option<ObjectId> {
        crate::register::<T>();
        if SCANS && crate::ENABLED {
            learn_waker(self);
        }
        table::watch_arc(self, site)
    }
}

/// Puts an object behind one of std's pointers into the table, as if it had been created through
/// `objgraph`'s: it is counted, listed and traced, and can be found leaked. Watching it again has
/// no effect.
///
/// Counts and reports show the caller as its creation site. The table needs a weak reference, so
/// the program can see two changes while the object is watched: `weak_count` is one higher, so
/// `get_mut` finds the pointer shared; and the memory is freed only at the next query after the
/// last reference is dropped.
///
/// An object of `objgraph`'s own pointers is in the table already. If `get_mut` or `make_mut`
/// handed out a `&mut` to its value, it is traced again from here on, and the program can see no
/// change. If its type was [left out](crate::tracking), it is recorded from here on.
///
/// ```
/// use objgraph_core::{ObjectId, Visit, Visitor, at, watch};
/// use std::rc::Rc;
///
/// struct Engine;
/// impl Visit for Engine {}
///
/// let engine = Rc::new(Engine);
/// let id = watch(&engine);
/// assert_eq!(at(id).is_some(), objgraph_core::ENABLED);
/// drop(engine);
/// assert!(at(id).is_none());
/// ```
#[track_caller]
pub fn watch(pointer: &impl Watch) -> ObjectId {
    pointer
        .watch_at(Location::caller())
        .unwrap_or(ObjectId::NONE)
}
