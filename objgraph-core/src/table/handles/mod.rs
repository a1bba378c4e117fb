//! Each handle of the program, recorded with the feature `owners`: who still holds an object.
//!
//! The feature is checked here and nowhere else in the table. Both sides offer the same names;
//! without the feature the record of a handle is nothing, and costs nothing.

#[cfg(feature = "owners")]
#[allow(dead_code, reason = "used with the feature `scan`")]
mod addresses;
#[cfg(not(feature = "owners"))]
mod disabled;
#[cfg(feature = "owners")]
mod enabled;
#[cfg(feature = "owners")]
mod entries;
#[cfg(feature = "owners")]
mod follow;
#[cfg(feature = "owners")]
mod last;
#[cfg(feature = "owners")]
mod promises;
#[cfg(feature = "owners")]
mod sites;
#[cfg(feature = "owners")]
mod spares;

#[cfg(feature = "owners")]
#[allow(unused_imports, reason = "used with the feature `scan`")]
pub(crate) use self::addresses::HandleAddresses;
#[cfg(not(feature = "owners"))]
#[allow(unused_imports, reason = "some are used with the feature `scan`")]
pub(crate) use self::disabled::{
    DropMark, Handle, HandleAddresses, SpareEntries, follow, handles, handles_of, last_drop,
    origins_of_living, record_move, still_there,
};
#[cfg(feature = "owners")]
pub(crate) use self::{
    enabled::{Handle, handles, handles_of, last_drop, record_move, still_there},
    entries::origins_of_living,
    follow::follow,
    last::DropMark,
    spares::SpareEntries,
};
