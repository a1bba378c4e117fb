//! The pointers of the service: objgraph's, or std's where it is built without objgraph.

#[cfg(feature = "objgraph")]
pub(crate) use objgraph::sync::Arc;
#[cfg(not(feature = "objgraph"))]
pub(crate) use std::sync::Arc;
