//! Bytes: by type, and by what keeps them alive.

use std::sync::Arc;

use objgraph_core::snapshot;

use super::advice;
use crate::analysis::{RetainedSizes, TypeSizes};
use crate::print::print;

/// Returns the number of bytes that the objects of each type take: their values, and the buffers of
/// the vectors, strings and maps that these own. [`TypeSizes::of`] does the same for a given
/// snapshot.
///
/// Takes a [`snapshot`](crate::snapshot()), so O(objects + references).
///
/// ```
/// struct Page;
/// let pages: Vec<_> = (0..10).map(|_| objgraph::rc::Rc::new(Page)).collect();
/// let sizes = objgraph::bytes::typesizes();
/// if objgraph::ENABLED {
///     let pages = sizes.get("Page").unwrap();
///     // Nothing of their own, and the two counts of an `Rc`.
///     assert_eq!((pages.count, pages.shallow_bytes), (10, 160));
/// }
/// ```
#[must_use]
pub fn typesizes() -> TypeSizes {
    TypeSizes::of(&snapshot())
}

/// Prints the number of bytes that the objects of the ten largest types take.
///
/// ```
/// objgraph::bytes::show_typesizes();
/// ```
pub fn show_typesizes() {
    let sizes = typesizes();
    print(|out| match advice::write(out)? {
        true => Ok(()),
        false => writeln!(out, "{sizes}"),
    });
}

/// Returns the retained size of each live object: the bytes that would be freed with it.
/// [`RetainedSizes::of`] does the same for a given snapshot.
///
/// Takes a [`snapshot`](crate::snapshot()); O(objects + references · log objects).
///
/// ```
/// let retained = objgraph::bytes::retained();
/// for retainer in retained.top(3) {
///     let (bytes, objects) = retained.retained_by(retainer);
///     println!("{bytes} bytes in {objects} objects");
/// }
/// ```
#[must_use]
pub fn retained() -> RetainedSizes {
    RetainedSizes::of(&Arc::new(snapshot()))
}

/// Prints the objects and types that keep most bytes alive.
///
/// ```
/// objgraph::bytes::show_retained();
/// ```
pub fn show_retained() {
    let retained = retained();
    print(|out| match advice::write(out)? {
        true => Ok(()),
        false => writeln!(out, "{retained}"),
    });
}
