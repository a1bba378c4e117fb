//! Numbers for Prometheus and what else scrapes OpenMetrics.
//!
//! [`metrics_text`](crate::metrics_text) returns the counters, cheap enough for a scrape every
//! second. [`traced_metrics_text`] adds leaks and retained sizes, for which it visits every object.
//! The guide is [watch a service](crate::guide::service).
//!
//! | metric | labels | what it is |
//! |---|---|---|
//! | `objgraph_objects` | type, site | objects that are alive |
//! | `objgraph_shallow_bytes` | type, site | bytes of their own allocations |
//! | `objgraph_created_objects_total` | type, site | objects that were ever created |
//! | `objgraph_info` | version, tracking | 1 |
//!
//! and, with a trace:
//!
//! | metric | labels | what it is |
//! |---|---|---|
//! | `objgraph_leaked_objects` | type, site, verdict | objects that leaked; the verdict is `leaked`, `likely` or `possible` |
//! | `objgraph_leaked_bytes` | type, site, verdict | their bytes, with what they own on the heap |
//! | `objgraph_leaks` | fingerprint, verdict | sets of objects that one cycle keeps alive |
//! | `objgraph_retained_bytes` | type | bytes that would be freed with all objects of the type |
//! | `objgraph_trace_objects` | visited | objects that were visited (`yes`) or could not be (`no`) |
//! | `objgraph_trace_opaque_values` | | values in visited objects that could not be visited |
//! | `objgraph_trace_left_out_types` | | types that may hold references, and that [`tracking`](crate::tracking) left out |

pub use crate::ask::{metrics_text_with, traced_metrics_text};
pub use crate::export::METRICS_CONTENT_TYPE as CONTENT_TYPE;
