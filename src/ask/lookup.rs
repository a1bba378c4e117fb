//! Objects by id and by type.

use std::borrow::Borrow;

use objgraph_core::{Object, ObjectId, at, counts, objects};

use super::has_type::{HasType, of_type, select};
use super::meaning::meaning;

/// Returns the objects with these ids, in the order given, without those that are gone.
///
/// ```
/// let one = objgraph::rc::Rc::new(1);
/// let ids = [objgraph::id(&one), objgraph::ObjectId::NONE];
/// assert_eq!(objgraph::at_addrs(&ids).len(), usize::from(objgraph::ENABLED));
/// ```
#[must_use]
pub fn at_addrs<I: Borrow<ObjectId>>(ids: impl IntoIterator<Item = I>) -> Vec<Object> {
    ids.into_iter().filter_map(|id| at(*id.borrow())).collect()
}

/// Returns the live objects of the type with this name, in the order of the table.
/// [`count`](crate::count) says which names a type has.
///
/// ```
/// struct Root;
/// let root = objgraph::rc::Rc::new(Root);
/// for object in objgraph::by_type("Root") {
///     assert_eq!(object.id(), objgraph::id(&root));
/// }
/// ```
#[must_use]
pub fn by_type(name: &str) -> Vec<Object> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    select(&meaning(name, &counts()), objects())
}

/// Returns the objects of a collection or a snapshot whose type has this name, like [`by_type`].
///
/// ```
/// let snapshot = objgraph::snapshot();
/// assert!(objgraph::alive::by_type_in("app::Session", snapshot.nodes()).is_empty());
/// ```
#[must_use]
pub fn by_type_in<T: HasType>(name: &str, objects: impl IntoIterator<Item = T>) -> Vec<T> {
    of_type(name, objects)
}

/// Returns the objects that hold a `T`, in the order of the table.
#[must_use]
pub fn by_type_of<T: 'static>() -> Vec<Object> {
    objects().into_iter().filter(Object::is::<T>).collect()
}
