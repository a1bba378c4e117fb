//! `Tracked` for the types of std, by what they do with a value.

mod borrowed;
mod cells;
mod collections;
mod leaves;
mod pointers;
mod values;
