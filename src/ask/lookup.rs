//! Objects by id and by type.

use objgraph_core::{Object, ObjectId, TypeInfo, at, objects};

/// The objects with these ids, in the order given; ids of objects that are gone are left out.
///
/// ```
/// let one = objgraph::rc::Rc::new(1);
/// let ids = [objgraph::id(&one), objgraph::ObjectId::NONE];
/// assert_eq!(objgraph::at_addrs(&ids).len(), usize::from(objgraph::ENABLED));
/// ```
#[must_use]
pub fn at_addrs<'i>(ids: impl IntoIterator<Item = &'i ObjectId>) -> Vec<Object> {
    ids.into_iter().filter_map(|&id| at(id)).collect()
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
    let mut verdict: (&str, bool) = ("", false);
    let mut is_meant = |full: &'static str| {
        if verdict.0 != full {
            verdict = (full, TypeInfo::opaque(full, 0).matches(name));
        }
        verdict.1
    };
    objects()
        .into_iter()
        .filter(|object| is_meant(object.type_name()))
        .collect()
}

/// The objects that hold a `T`, in the order of the table.
#[must_use]
pub fn by_type_of<T: 'static>() -> Vec<Object> {
    objects().into_iter().filter(Object::is::<T>).collect()
}
