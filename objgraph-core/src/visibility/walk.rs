//! Containers of std that hold values of foreign types among others.

use crate::trace::Visitor;

/// A container of std whatever it holds: each item is looked up by its type when it is visited.
///
/// `Tracked` for a container asks that its items are `Tracked`; where they are not, all of them,
/// this is the way in, so that a foreign type does not hide its neighbours.
pub trait Walk: 'static {
    /// Visits the items.
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>);
}
