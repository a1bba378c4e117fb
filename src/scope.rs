//! Whose objects they are: a test's, a request's, a task's.
//!
//! Objects that a thread makes while it is in a [`Scope`] belong to it. `#[objgraph::test]` gives
//! each test a scope; [`spawn_in_current_scope`] and [`in_current_scope`] start threads and tasks in
//! it. [`alive_in`] lists what scopes of a name left behind, and with the feature `tracing` the layer
//! `SpanScopes` makes the spans of a service scopes.
//!
//! ```
//! use objgraph::leaks::LeakCheck;
//! use objgraph::rc::Rc;
//! use objgraph::scope::Scope;
//!
//! let request = Scope::new("GET /");
//! {
//!     let _entered = request.enter();
//!     drop(Rc::new(1));
//! }
//! LeakCheck::of(&request).run().unwrap();
//! ```

pub use crate::ask::{AliveCount, AliveIn, alive_in, in_current_scope, spawn_in_current_scope};
#[cfg(feature = "tracing")]
pub use crate::spans::SpanScopes;
pub use objgraph_core::{EnteredScope, InScope, Scope, ScopeGuard};
