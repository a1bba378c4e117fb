//! Which types are tracked, chosen while the program runs.
//!
//! [`only`] chooses types and modules, [`except`] leaves some out, and [`all`] undoes both. What is left
//! out costs a look at a small cache for each object, and nothing else: no place in the table, no
//! counter, no weak handle. Every report names the types that were left out.
//!
//! ```
//! # mod app {
//! #     pub mod hot { pub struct Token(pub u32); }
//! #     pub struct Session(pub String);
//! # }
//! use objgraph::rc::Rc;
//! use objgraph::tracking;
//!
//! tracking::except(["hot::Token"])?;
//! let token = Rc::new(app::hot::Token(1));
//! let session = Rc::new(app::Session("alice".to_owned()));
//! # if objgraph::ENABLED {
//! assert_eq!((objgraph::count("Token"), objgraph::count("Session")), (0, 1));
//! # }
//!
//! tracking::except([] as [&str; 0])?; // From now on, nothing is left out.
//! # drop((token, session));
//! # Ok::<(), tracking::PatternError>(())
//! ```
//!
//! [`objgraph_core::tracking`](mod@objgraph_core::tracking) describes the patterns, and what exactly it
//! means that a type is left out. The guide is [watch a service](crate::guide::service).

pub use objgraph_core::tracking::{PatternError, all, except, left_out, only};
