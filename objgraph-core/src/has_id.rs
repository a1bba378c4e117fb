//! Ids of pointers.

use crate::object_id::ObjectId;
use crate::rc::Rc;
use crate::sync::Arc;
use crate::table::{Instance, identify_arc, identify_rc};

/// A handle to an object with an id: [`Rc`], [`Arc`] or [`Instance`].
pub trait HasId {
    /// Returns the id; `None` where tracking is off, and for an object that was left out.
    #[doc(hidden)]
    fn identity(&self) -> Option<ObjectId>;
}

impl<T: ?Sized> HasId for Rc<T> {
    fn identity(&self) -> Option<ObjectId> {
        identify_rc(self)
    }
}

impl<T: ?Sized> HasId for Arc<T> {
    fn identity(&self) -> Option<ObjectId> {
        identify_arc(self)
    }
}

impl<T: 'static> HasId for Instance<T> {
    fn identity(&self) -> Option<ObjectId> {
        self.id()
    }
}

/// Returns the id of the object that a pointer points to. Where tracking is off, and for an object whose
/// type was [left out](crate::tracking), it is [`ObjectId::NONE`], which no object has.
///
/// ```
/// use objgraph_core::{id, rc::Rc};
///
/// let one = Rc::new(5);
/// assert_eq!(id(&one), id(&one.clone()));
/// assert!(id(&one) != id(&Rc::new(5)) || !objgraph_core::ENABLED);
/// ```
#[must_use]
pub fn id(of: &(impl HasId + ?Sized)) -> ObjectId {
    of.identity().unwrap_or(ObjectId::NONE)
}
