//! Containers of std that hold values of foreign types.

use crate::trace::Visitor;

/// A container of std with items of any type: each item is looked up by its type when it is visited.
///
/// A container is `Tracked` only if the types of all its items are. This trait visits the others, so
/// that a foreign type in a container does not hide the rest of it.
pub trait Walk: 'static {
    /// Visits the items.
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>);
}
