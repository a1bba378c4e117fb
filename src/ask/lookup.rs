//! Objects by id and by type.

use std::borrow::Borrow;

use objgraph_core::{Object, ObjectId, at, counts, objects};

use super::stats::meaning;
use super::typed::{Typed, meant, of_type};

/// The objects with these ids, in the order given; ids of objects that are gone are left out.
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

/// The objects of the type with this name that are alive, in the order of the table. What names
/// mean is told at [`count`](crate::count).
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
    meant(&meaning(name, &counts()), objects())
}

/// Those of these objects whose type has this name; as [`by_type`], over a collection or a
/// snapshot.
///
/// ```
/// let snapshot = objgraph::snapshot();
/// assert!(objgraph::alive::by_type_in("app::Session", snapshot.nodes()).is_empty());
/// ```
#[must_use]
pub fn by_type_in<T: Typed>(name: &str, objects: impl IntoIterator<Item = T>) -> Vec<T> {
    of_type(name, objects)
}

/// The objects that hold a `T`, in the order of the table.
#[must_use]
pub fn by_type_of<T: 'static>() -> Vec<Object> {
    objects().into_iter().filter(Object::is::<T>).collect()
}
