//! Following the drops of handles, to find the last one.

use std::any::TypeId;

use crate::last_drop::LastDrop;
use crate::object_id::ObjectId;
use crate::table;

/// Records each drop of an owning handle to an object of type `T` with its backtrace, from now on.
/// A drop does not know its caller, so [`last_drop`] otherwise cannot report the place.
///
/// It has an effect only with the feature `owners`. Each drop of such a handle takes a backtrace,
/// that is, tens of microseconds, so follow few types. All other handles cost one comparison more.
pub fn follow<T: ?Sized + 'static>() {
    table::follow(TypeId::of::<T>());
}

/// Returns the last drop of an owning handle to an object: its thread, its time, and where the
/// handle was created; the place too, if the type was [followed](follow) then.
///
/// `None` without the feature `owners`, if no handle was dropped yet, and if the object is dead and
/// its type was not followed.
///
/// For an object that has leaked, it is the drop that caused the leak: no code can reach its other
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
