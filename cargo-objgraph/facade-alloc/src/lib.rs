//! alloc with the pointers of objgraph. `cargo objgraph` gives it to the compiler as `--extern alloc`,
//! so that the `no_std` crates of an instrumented program find it in place of alloc.
//!
//! Everything that alloc has is here, by re-export: an item of this crate hides alloc's of the same
//! name. The hidden names are for the code that the command inserts.

#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "the items are alloc's")]

#[doc(hidden)]
pub extern crate alloc as __alloc;

#[doc(no_inline)]
pub use crate::__alloc::*;
#[doc(hidden)]
pub use ::objgraph as __objgraph;
#[doc(hidden)]
pub use ::std as __std;

/// [`alloc::rc`](__alloc::rc) with the pointers of objgraph.
pub mod rc {
    #[doc(no_inline)]
    pub use crate::__alloc::rc::*;
    #[doc(no_inline)]
    pub use ::objgraph::rc::{Rc, Weak};
}

/// [`alloc::sync`](__alloc::sync) with the pointers of objgraph.
pub mod sync {
    #[allow(unused_imports, reason = "alloc 1.85 has nothing else in this module")]
    #[doc(no_inline)]
    pub use crate::__alloc::sync::*;
    #[doc(no_inline)]
    pub use ::objgraph::sync::{Arc, Weak};
}

/// [`alloc::task`](__alloc::task) with the trait `Wake` for the `Arc` of objgraph, if the compiler can
/// have it.
pub mod task {
    #[doc(no_inline)]
    pub use crate::__alloc::task::*;
    #[cfg(feature = "nightly")]
    #[doc(no_inline)]
    pub use ::objgraph::__private::Wake;
}
