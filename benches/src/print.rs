//! Prints the table, or the list of rows.

pub(crate) mod json;
pub(crate) mod table;
