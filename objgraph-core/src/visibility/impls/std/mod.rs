//! `Tracked` for the types of std, by what they do with a value.

pub(in crate::visibility) mod shapes;
pub(in crate::visibility) mod sizes;

mod borrowed;
mod boxed;
mod cells;
mod collections;
mod functions;
mod leaves;
mod pointers;
mod values;
mod wakers;
