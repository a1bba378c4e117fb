//! `Visit` for the types of std, grouped by how they hold a value.

pub(in crate::visibility) mod shapes;
pub(in crate::visibility) mod sizes;

mod borrowed;
mod boxed;
mod cells;
mod collections;
mod functions;
pub(in crate::visibility) mod lazy_view;
mod leaves;
mod pointers;
mod values;
mod wakers;
