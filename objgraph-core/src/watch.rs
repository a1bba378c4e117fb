//! Watching single objects behind std's own pointers.

use std::panic::Location;

use crate::object_id::ObjectId;
use crate::table;
use crate::tracked::Visit;

/// A pointer that can be watched: an `Rc<T>` or `Arc<T>`, of std or of `objgraph`, to a type that is
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
        table::watch_arc(self, site)
    }
}

/// Makes an object behind a pointer of std known, like those made through `objgraph`'s own: it is
/// counted, listed, looked into, and can be found leaked. To watch it again changes nothing.
///
/// It is as if made here, in counts and reports. Two things that the program can see change, since
/// the table needs a weak reference: while the object is watched `weak_count` is one higher and
/// `get_mut` finds the pointer shared; and the memory is given back only when the next question
/// is asked after the last reference is gone.
///
/// An object of `objgraph`'s own pointers is known already. If `get_mut` or `make_mut` handed out a
/// `&mut` to its value, it is traced again from here on, and nothing that the program can see changes.
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
