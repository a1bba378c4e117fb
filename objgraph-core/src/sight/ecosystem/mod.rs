//! `Tracked` for types of other crates, each behind the feature that is named after the crate.

#[cfg(feature = "arc-swap")]
mod arc_swap;
#[cfg(feature = "arrayvec")]
mod arrayvec;
#[cfg(feature = "bytes")]
mod bytes;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "dashmap")]
mod dashmap;
#[cfg(feature = "either")]
mod either;
#[cfg(feature = "hashbrown")]
mod hashbrown;
#[cfg(feature = "im")]
mod im;
#[cfg(feature = "imbl")]
mod imbl;
#[cfg(feature = "indexmap")]
mod indexmap;
#[cfg(feature = "once_cell")]
mod once_cell;
#[cfg(feature = "parking_lot")]
mod parking_lot;
#[cfg(any(feature = "im", feature = "imbl"))]
mod persistent;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "slab")]
mod slab;
#[cfg(feature = "slotmap")]
mod slotmap;
#[cfg(feature = "smallvec")]
mod smallvec;
#[cfg(feature = "thin-vec")]
mod thin_vec;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "tokio")]
mod tokio;
#[cfg(feature = "triomphe")]
mod triomphe;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "uuid")]
mod uuid;
