//! What has grown since the last time.
//!
//! [`show_growth`](crate::show_growth) prints the types of which there are more objects than ever
//! before. Other callers do not disturb a [`Growth`] of your own, a [`NewIds`] lists the new objects,
//! and a [`Trend`] distinguishes steady growth from counts that rise and fall.
//!
//! ```
//! use objgraph::growth::Growth;
//! use objgraph::{Tracked, rc::Rc};
//!
//! #[derive(Tracked)]
//! struct Session;
//!
//! let mut growth = Growth::default();
//! drop(growth.grown());
//! let sessions: Vec<_> = (0..3).map(|_| Rc::new(Session)).collect();
//! # if objgraph::ENABLED {
//! let grown = growth.grown();
//! assert_eq!((grown[0].name.as_str(), grown[0].delta), ("Session", 3));
//! # }
//! # drop(sessions);
//! ```
//!
//! [`watch_growth`](crate::watch_growth) looks after each interval, from a thread of its own, and reports
//! each cause of growth and each leak once. A [`Watcher`] does so without a thread.

pub use crate::analysis::{Metric, SteadyGrowth, Trend, Turnover};
pub use crate::ask::{
    Growth, NewIds, NewIdsQuery, TypeGrowth, new_ids, query_new_ids, show_new_ids,
};
pub use crate::watcher::{GrowthWatch, RunningWatch};
pub use objgraph_analysis::watcher::{
    GrowthReport, LeakReport, LeftOutReport, SiteCount, WatchReport, Watcher,
};
