//! Whose objects they are: a test's, a request's, a task's.
//!
//! Objects made while a [`Scope`] is entered belong to it. `#[objgraph::test]` gives each test a
//! scope; a thread or task that it starts joins the scope by [`spawn_in_current_scope`] or
//! [`in_current_scope`].
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

pub use crate::ask::{in_current_scope, spawn_in_current_scope};
pub use objgraph_core::{Entered, InScope, Scope};
