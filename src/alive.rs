//! What is alive, how much of it, since when, and why.
//!
//! [`count`](crate::count) counts the objects of one type, [`stats`] those of every type, and
//! [`why_alive`](crate::why_alive) lists everything that keeps one object alive.
//!
//! ```
//! use objgraph::{Tracked, rc::Rc};
//!
//! #[derive(Tracked)]
//! struct Session;
//!
//! let session = Rc::new(Session);
//! if objgraph::ENABLED {
//!     assert_eq!(objgraph::count("Session"), 1);
//!     assert_eq!(objgraph::alive::stats().typestats()["Session"], 1);
//!     println!("{}", objgraph::why_alive(&session).unwrap());
//! }
//! ```

pub use crate::analysis::{AliveReason, Anchor, Owner, WhyAlive, why_alive as why_alive_in};
pub use crate::ask::{HasType, SortBy, Stats, by_type_in, by_type_of, count_in, stats, stats_of};
pub use objgraph_core::{
    Count, Field, HasId, Site, Strong, TypeInfo, Visibility, Watch, counts, labels, objects, types,
};
