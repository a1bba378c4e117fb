//! From a pointer to the id of its object, and back.

use std::any::Any;
use std::panic::Location;

use super::made_type::{local_strong, shared_strong};
use super::{rc, sync};
use crate::object::Strong;
use crate::object_id::ObjectId;
use crate::table::watched;

pub(crate) fn identify_rc<T: ?Sized>(pointer: &rc::Rc<T>) -> Option<ObjectId> {
    rc::Rc::__id(pointer)
}

pub(crate) fn identify_arc<T: ?Sized>(pointer: &sync::Arc<T>) -> Option<ObjectId> {
    sync::Arc::__id(pointer)
}

/// Returns a pointer to an object, if it holds a `T` and this thread may have it.
pub(crate) fn upgrade<T: 'static>(
    id: ObjectId,
    site: &'static Location<'static>,
) -> Option<Strong<T>> {
    let mut pointer = strong_pointer(id)?;
    macro_rules! try_as {
        ($pointer:ty, $strong:expr) => {
            match pointer.downcast::<$pointer>() {
                Ok(found) => return Some($strong(*found)),
                Err(other) => pointer = other,
            }
        };
    }
    try_as!(rc::Rc<T>, |found: rc::Rc<T>| Strong::Rc(
        found.made_at(site)
    ));
    try_as!(sync::Arc<T>, |found: sync::Arc<T>| Strong::Arc(
        found.made_at(site)
    ));
    try_as!(std::rc::Rc<T>, Strong::StdRc);
    try_as!(std::sync::Arc<T>, Strong::StdArc);
    drop(pointer);
    None
}

/// Returns a pointer to an object, of whatever type, in a box.
fn strong_pointer(id: ObjectId) -> Option<Box<dyn Any>> {
    let made = local_strong(Some(id)).or_else(|| shared_strong(Some(id)));
    if made.is_some() {
        return made;
    }
    if let Some(strong) = watched::watched_rc(id).and_then(|weak| weak.upgrade()) {
        return Some(strong.into_watched_pointer());
    }
    Some(watched::watched_arc(id)?.upgrade()?.into_watched_pointer())
}
