//! All objects at one moment, as plain data.
//!
//! [`snapshot()`](crate::snapshot()) traces everything that is alive. A
//! [`Snapshot`](crate::Snapshot) is a graph: its [`Node`]s are objects, its [`Edge`]s references,
//! and petgraph's algorithms run on it. [`diff`] compares two of them.
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
pub use objgraph_core::{
    ConcreteType, Edge, Node, NodeId, ReferenceKind, Starts, State, with_root,
};
