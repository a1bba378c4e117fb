//! The table and the list of rows.

pub(crate) mod json;
pub(crate) mod table;
