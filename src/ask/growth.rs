//! Growth: the types of which there are more objects than ever before.

use super::peaks::{Growth, TypeGrowth};
use super::stats::stats;

impl Growth {
    /// Returns the types of which there are more objects than at any call before, most growth
    /// first, without a limit. [`Stats::growth_in`](crate::alive::Stats::growth_in) has options.
    pub fn grown(&mut self) -> Vec<TypeGrowth> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        stats().limit(None).growth_in(self)
    }
}

/// Returns the ten types that grew most: of which more objects are alive than at any call before.
/// The first call returns all types. Types that were [left out](crate::tracking) are not among them.
/// [`stats`](crate::alive::stats) has options.
#[must_use = "the next call reports growth since this one"]
pub fn growth() -> Vec<TypeGrowth> {
    stats().growth()
}

/// Prints what [`growth`] returns: the type, the number of objects, and how many more there are.
/// Prints nothing if nothing grew, except the types that were [left out](crate::tracking).
///
/// ```
/// objgraph::show_growth();
/// let kept = objgraph::rc::Rc::new("kept");
/// objgraph::show_growth(); // &str        1        +1
/// # drop(kept);
/// ```
pub fn show_growth() {
    stats().show_growth();
}
