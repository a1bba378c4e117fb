//! The drop-in pointers.

pub mod rc;
pub mod sync;

mod erased;
mod files;
pub(crate) mod inner;
pub(crate) mod instance;
mod known;
mod made;
mod raw;
#[cfg(feature = "serde")]
mod serde;
mod traits;
mod unsize;

pub use unsize::Unsize;

use std::any::Any;
use std::panic::Location;

use crate::object::Strong;
use crate::object_id::ObjectId;
use crate::table::pins;
use crate::table::read;
use crate::table::watched;

pub(crate) fn identify_rc<T: ?Sized>(pointer: &rc::Rc<T>) -> Option<ObjectId> {
    rc::Rc::__id(pointer)
}

pub(crate) fn identify_arc<T: ?Sized>(pointer: &sync::Arc<T>) -> Option<ObjectId> {
    sync::Arc::__id(pointer)
}

/// The pointer to an object, if it holds a `T` and this thread may have it.
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

/// The pointer to an object, whatever it is, in a box.
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

/// The `Rc` to an object of this thread, with the type that it was made with.
fn local_strong(id: Option<ObjectId>) -> Option<Box<dyn Any>> {
    read::local_strong(id?).map(|strong| strong.into_pointer())
}

/// The `Arc` to an object, with the type that it was made with.
fn shared_strong(id: Option<ObjectId>) -> Option<Box<dyn Any>> {
    pins::strong(id?).map(|strong| strong.into_pointer())
}

/// A pointer with the type that it was made with, which is known.
fn as_made<P: 'static>(pointer: Option<Box<dyn Any>>) -> P {
    match pointer.map(|pointer| pointer.downcast()) {
        Some(Ok(pointer)) => *pointer,
        _ => panic!(
            "objgraph: there is no way back from a pointer to `dyn Any`, or to a slice, after \
             `get_mut` on it; call `get_mut` on the pointer to `{}`",
            crate::public_name(std::any::type_name::<P>())
        ),
    }
}
