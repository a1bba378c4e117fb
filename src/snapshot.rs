//! All objects at one moment, as plain data.
//!
//! [`snapshot()`](crate::snapshot()) traces everything that is alive. A
//! [`Snapshot`](crate::Snapshot) is a graph: its [`Node`]s are objects, its [`Edge`]s references,
//! and petgraph's algorithms run on it. [`diff`] compares two of them, and
//! [`write_heapsnapshot_in`] writes one for the Memory panel of Chrome.
//!
//! With the feature `save`, [`Snapshot::save`](crate::Snapshot) writes one to a file, and `Snapshot::load`
//! reads it back in any process. The guide is [snapshots as files](crate::guide::snapshots).
//!
//! ```
//! use objgraph::rc::Rc;
//!
//! let before = objgraph::snapshot();
//! let name = Rc::new("ann".to_owned());
//! let diff = objgraph::snapshot::diff(&before, &objgraph::snapshot());
//! println!("{diff}");
//! # drop(name);
//! ```

pub use crate::analysis::{ContainerDiff, Diff, SiteDiff, TypeDiff, diff};
pub use crate::export::write_heapsnapshot as write_heapsnapshot_in;
#[cfg(feature = "pprof")]
pub use crate::export::{pprof as pprof_in, pprof_by_chain as pprof_by_chain_in};
#[cfg(feature = "save")]
pub use objgraph_core::LoadError;
pub use objgraph_core::{
    ConcreteType, Edge, Node, NodeId, ReferenceKind, Starts, State, with_root,
};
