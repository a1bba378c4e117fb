//! Back to the type that a pointer was created with, through the handles of the table.

use std::any::Any;

use crate::object_id::ObjectId;
use crate::table::{choice, pins, read};

/// Returns the `Rc` to an object of this thread, with the type that it was created with.
pub(super) fn local_strong(id: Option<ObjectId>) -> Option<Box<dyn Any>> {
    read::local_strong(id?).map(|strong| strong.into_pointer())
}

/// Returns the `Arc` to an object, with the type that it was created with.
pub(super) fn shared_strong(id: Option<ObjectId>) -> Option<Box<dyn Any>> {
    pins::strong(id?).map(|strong| strong.into_pointer())
}

/// Downcasts a pointer to the type that it was created with, which the caller knows. `id` is that of
/// the object.
pub(super) fn as_made<P: 'static>(id: Option<ObjectId>, pointer: Option<Box<dyn Any>>) -> P {
    match pointer.map(|pointer| pointer.downcast()) {
        Some(Ok(pointer)) => *pointer,
        _ if id.is_none() && choice::was_made() => panic!(
            "objgraph: there is no way back from a pointer to `dyn Any`, or to a slice, to a type \
             that `objgraph::tracking` left out; convert the pointer to `{}` with \
             `objgraph::unsize!`, which records the object, or do not leave its type out",
            crate::public_name(std::any::type_name::<P>())
        ),
        _ => panic!(
            "objgraph: there is no way back from a pointer to `dyn Any`, or to a slice, after \
             `get_mut` on it; call `get_mut` on the pointer to `{}`",
            crate::public_name(std::any::type_name::<P>())
        ),
    }
}
