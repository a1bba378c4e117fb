//! std with the pointers of objgraph. `cargo objgraph` gives it to the compiler as `--extern std`, so
//! that the crates of an instrumented program find it in place of std.
//!
//! Everything that std has is here, by re-export: an item of this crate hides std's of the same name.
//! The hidden names are for the code that the command inserts.

#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "the items are std's")]

#[doc(hidden)]
pub use ::objgraph as __objgraph;
#[doc(hidden)]
pub use ::objgraph_runtime as __run;
#[doc(hidden)]
pub use ::std as __std;
#[doc(no_inline)]
pub use ::std::*;

/// [`std::rc`] with the pointers of objgraph.
pub mod rc {
    #[doc(no_inline)]
    pub use ::objgraph::rc::{Rc, Weak};
    #[doc(no_inline)]
    pub use ::std::rc::*;
}

/// [`std::sync`] with the pointers of objgraph.
pub mod sync {
    #[doc(no_inline)]
    pub use ::objgraph::sync::{Arc, Weak};
    #[doc(no_inline)]
    pub use ::std::sync::*;
}

/// [`std::task`] with the trait `Wake` for the `Arc` of objgraph, if the compiler can have it.
pub mod task {
    #[cfg(feature = "nightly")]
    #[doc(no_inline)]
    pub use ::objgraph::__private::Wake;
    #[doc(no_inline)]
    pub use ::std::task::*;
}

/// [`std::process`], whose `exit` reports first.
pub mod process {
    #[doc(no_inline)]
    pub use ::objgraph_runtime::exit;
    #[doc(no_inline)]
    pub use ::std::process::*;
}
