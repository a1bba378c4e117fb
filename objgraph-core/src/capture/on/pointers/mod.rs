//! The drop-in pointers.

pub mod rc;
pub mod sync;

mod traits;
mod unsize;

pub use unsize::Unsize;

use std::any::Any;

use super::{list, pins};
use crate::object::Strong;
use crate::object_id::ObjectId;

pub(crate) fn identify_rc<T: ?Sized>(pointer: &rc::Rc<T>) -> Option<ObjectId> {
    rc::Rc::__id(pointer)
}

pub(crate) fn identify_arc<T: ?Sized>(pointer: &sync::Arc<T>) -> Option<ObjectId> {
    sync::Arc::__id(pointer)
}

/// The pointer to an object, if it holds a `T` and this thread may have it.
pub(crate) fn upgrade<T: 'static>(id: ObjectId) -> Option<Strong<T>> {
    let pointer: Box<dyn Any> = match list::local_strong(id) {
        Some(strong) => strong.into_pointer(),
        None => pins::strong(id)?.into_pointer(),
    };
    match pointer.downcast::<rc::Rc<T>>() {
        Ok(pointer) => Some(Strong::Rc(*pointer)),
        Err(pointer) => pointer.downcast().ok().map(|pointer| Strong::Arc(*pointer)),
    }
}
