//! Bytes: by type, and by what keeps them alive.

use std::sync::Arc;

use objgraph_core::snapshot;

use super::advice;
use crate::analysis::{RetainedSizes, TypeSizes};
use crate::print::print;

/// How many bytes the objects of each type take: their values, and what these own on the heap
/// beside other objects, the buffers of their vectors, strings and maps. [`TypeSizes::of`] is the
/// same of a snapshot at hand.
///
/// It takes a [`snapshot`](crate::snapshot()), so O(objects + references).
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

/// Prints how many bytes the objects of each type take, those of the ten largest types.
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

/// What each object that is alive keeps alive, and how many bytes that are. [`RetainedSizes::of`] is the
/// same of a snapshot at hand.
///
/// It takes a [`snapshot`](crate::snapshot()); O(objects + references · log objects).
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

/// Prints which objects keep most bytes alive, and which types.
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
