//! The drop-in pointers, which put each object into the table when it is made, and take it out when
//! its drop begins.
//!
//! They know the table, and visitors as every type that is visited does. The traits that both
//! pointers share are macros: `traits`, `known`, `made`, `raw`, `files`.

pub mod rc;
pub mod sync;

mod erased;
mod file_io;
mod files;
pub(crate) mod inner;
pub(crate) mod instance;
mod known;
mod lookup;
mod made;
mod made_type;
mod raw;
#[cfg(feature = "serde")]
mod serde;
mod traits;
mod unsize;
#[cfg(feature = "nightly")]
pub mod wake;

pub(crate) use lookup::{identify_arc, identify_rc, upgrade};
pub use unsize::Unsize;
