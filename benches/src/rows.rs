//! The rows of the table: what is measured, against what, and which target must be met.

mod compile;
mod heap;
mod object;

use crate::row::{Row, Scope};

/// Returns every row, in the order of the table.
pub(crate) fn rows(scope: Scope) -> Vec<Row> {
    let mut rows = object::rows(scope);
    rows.extend(object::dev());
    rows.extend(object::owners());
    rows.extend(heap::rows(scope));
    rows.extend(compile::rows(scope));
    rows
}
