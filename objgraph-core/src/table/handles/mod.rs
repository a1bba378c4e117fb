//! Who still holds it: each handle of the program, not only each object, is known.
//!
//! This is the one place that decides whether handles are recorded, by the feature `owners`. The two
//! sides offer the same names; without it a handle's entry is nothing, and costs nothing.

#[cfg(feature = "owners")]
mod enabled;
#[cfg(feature = "owners")]
mod entries;
#[cfg(feature = "owners")]
mod follow;
#[cfg(feature = "owners")]
mod last;
#[cfg(feature = "owners")]
use enabled as side;

#[cfg(not(feature = "owners"))]
mod disabled;
#[cfg(not(feature = "owners"))]
use disabled as side;

pub(crate) use side::{Handle, Mark, Spares, origins_of_living, value_moved};
pub(crate) use side::{follow, handles, handles_of, last_drop, still_there};

#[cfg(all(feature = "owners", feature = "nightly"))]
compile_error!(
    "the features `owners` and `nightly` cannot be had together: a pointer that coerces by itself \
     has no room for what names its handle; leave one of them out"
);
