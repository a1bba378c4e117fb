//! Where the last handle to an object was dropped.

use std::any::TypeId;

use crate::last_drop::LastDrop;
use crate::object_id::ObjectId;
use crate::table;

/// From now on, each drop of an owning handle to an object of type `T` is written down with its
/// backtrace, since a drop does not know who called it: [`last_drop`] then tells the place too.
///
/// It does something only with the feature `owners`. It costs a backtrace for each drop of such a
/// handle, that is tens of microseconds, so name few types; all other handles cost a comparison
/// more.
pub fn follow<T: ?Sized + 'static>() {
    table::follow(TypeId::of::<T>());
}

/// The last drop of an owning handle to an object: on which thread it was, when, and where the
/// handle was made; the place too, if the type was [followed](follow) then.
///
/// `None` without the feature `owners`, if no handle was dropped yet, and if the object is gone
/// and its type was not followed.
///
/// For an object that has leaked it is the drop that made the leak: nobody can get at its other
/// handles any more, to drop them.
///
/// ```
/// use objgraph_core::{rc::Rc, last_drop};
///
/// let one = Rc::new("alice".to_owned());
/// let id = objgraph_core::id(&one);
/// assert!(last_drop(id).is_none());
/// drop(one.clone());
/// if let Some(last) = last_drop(id) {
///     println!("on {:?}, of a handle made at {:?}", last.thread(), last.made());
/// }
/// ```
#[must_use]
pub fn last_drop(id: ObjectId) -> Option<LastDrop> {
    table::last_drop(id)
}
