//! Finds `Rc` and `Arc` cycles that have leaked, and names the field to change. Shows what is alive,
//! how much of it, since when, and what keeps it alive.
//!
//! ```
//! use objgraph::{Tracked, rc::Rc};
//! use std::cell::RefCell;
//!
//! #[derive(Tracked)]
//! struct Node {
//!     next: RefCell<Option<Rc<Node>>>,
//! }
//!
//! let one = Rc::new(Node { next: RefCell::new(None) });
//! let two = Rc::new(Node { next: RefCell::new(Some(one.clone())) });
//! *one.next.borrow_mut() = Some(two.clone());
//! drop((one, two));
//!
//! let leaks = objgraph::find_leaks();
//! if objgraph::ENABLED {
//!     assert_eq!(leaks.len(), 2);
//!     println!("{leaks}");
//! }
//! ```
//!
//! ```text
//! 2 objects leaked, 64 B: 1 leak of 1 kind
//!
//! 1. 2 objects kept alive by a cycle, 64 B                  leak-24483d951a36ad84
//!    1 × Node            made at src/main.rs:9:11
//!    1 × Node            made at src/main.rs:10:11
//!    Node.next → Node.next → (the first)
//!    born in epoch 0, on thread main
//!    fix: make `Node.next` Weak
//!      frees 2 objects, 64 B, and nothing that is in use now
//!      2 of these would lose their last owner, unless the program holds them:
//!        1 × Node            made at src/main.rs:9:11
//!        1 × Node            made at src/main.rs:10:11
//!      or clear `Node.next` in these objects before the last handle is dropped
//! ```
//!
//! # I have a leak now
//!
//! 1. Swap the imports: `use objgraph::rc::{Rc, Weak}` for `std::rc`, and
//!    `use objgraph::sync::{Arc, Weak}` for `std::sync`. Every object is then counted, with the line
//!    that created it. If a line no longer compiles, [troubleshooting](guide::troubleshooting) lists
//!    the errors of the compiler with the line to write.
//! 2. Add `#[derive(Tracked)]` to your structs and enums, so that their fields are visited. Fields of
//!    foreign types need nothing. [`register!`] names instances of generic types that no field names.
//! 3. In a debug build, call [`show_growth`] to see which types grow, and [`show_leaks`] to see what
//!    has leaked. [`blind_spots`] lists what could not be traced, each with the line that changes
//!    this.
//!
//! If nothing has leaked and an object is still alive, [`why_alive`] lists its owners, and with the
//! feature `owners` [`owners::owners`] the line that created each handle. [`find_cycles`] needs only
//! the derive and works with std's pointers.
//!
//! # Guard CI
//!
//! ```
//! #[objgraph::test] // in place of #[test], or above #[tokio::test]
//! fn a_session_ends() {
//!     let session = objgraph::rc::Rc::new("alice".to_owned());
//!     objgraph::assert_drops!(session);
//! }
//! ```
//!
//! A test that leaks fails with the report, and tests beside it do not. [`assert_no_leaks!`],
//! [`assert_drops!`], [`assert_no_growth!`] and [`assert_count!`] check at one place, [`verify_main!`]
//! a whole test program. The guide is [leak assertions in CI](guide::ci).
//!
//! # Watch a service for days
//!
//! The feature `always` turns tracking on in release builds. [`Growth`] compares counters, [`Trend`]
//! finds steady growth in many snapshots, [`diff`] compares two. [`watch_growth`] does all of it in a
//! thread, and reports each cause once. The guide is [watch a service](guide::service). With the feature
//! `metrics`, `metrics_text` answers the scrapes of Prometheus, and the crate `objgraph-axum` has routes
//! for an app of axum.
//!
//! # Draw a picture
//!
//! [`show_refs`] and [`show_backrefs`] draw what a value refers to and what refers to it; [`refs`] and
//! [`backrefs`] have options. SVG needs nothing installed. The guide is
//! [in pictures](guide::pictures). With the feature `html`, the extension `.html` writes a page to
//! [explore in a browser](guide::explore).
//!
//! # Reduce overhead
//!
//! Tracking is on where debug assertions are, and with the feature `always`; [`ENABLED`] says which.
//! Elsewhere the pointers *are* std's, the derive generates an empty impl, and every query returns an
//! empty result. With tracking on, an object takes 41 to 50 bytes more, and creating and dropping it
//! takes 1.6 to 1.9 times as long. [`tracking`] leaves out hot types while the program runs. In debug
//! builds, let cargo optimise the dependencies:
//!
//! ```toml
//! [profile.dev.package."*"]
//! opt-level = 3
//! ```
//!
//! # Use it with tokio
//!
//! The feature `tokio` opens its locks, [`future!`] makes a task that shows what it captured,
//! [`in_current_scope`] keeps a task in the scope of its test, and a [`Scope`] lists what one request
//! left behind. The guide is [use it with tokio](guide::tokio).
//!
//! # Use it with closures
//!
//! The feature `scan` infers what a boxed closure captured, and reports leaks through it as likely;
//! [`capture!`] makes a closure that says it, so that they are proven. The guide is [closures and
//! callbacks](guide::closures).
//!
//! # Not possible on stable, in safe code
//!
//! | std | write |
//! |---|---|
//! | `let d: Rc<dyn Trait> = rc` | [`unsize!(rc => dyn Trait)`](unsize!) |
//! | `fn f(self: Rc<Self>)` | `fn f(this: &Rc<Self>)` |
//! | `Rc::from_raw`, `increment_strong_count` | std's `Rc` for what crosses FFI |
//! | `Rc<str>`, `Rc<[T]>` of a length known at run time | std's; it is traced behind the objects that hold it |
//! | `Rc::new` of a value that is not `'static`, `Arc::new` of one that is not `Send + Sync` | std's for that value |
//!
//! [`rc`] lists every method and trait of std's pointers, [the limits](guide::limits) what else is not
//! possible, and [types](guide::types) which types a trace can visit.
//!
//! # Known leaks
//!
//! `objgraph-leaks.toml`, beside the `Cargo.toml` of the package, lists known leaks: the
//! [`Fingerprint`], the tests that may have it, a reason and a link. Other leaks fail, and so does a
//! test that no longer has a leak listed for it. `OBJGRAPH_UPDATE=1` rewrites the list.
//! `strict = true` before the first entry fails tests that cannot prove that nothing leaked.
//!
//! # How it is built
//!
//! Data flows in one direction. `objgraph-core` records objects and traces them into a [`Snapshot`].
//! Analyses are functions of a snapshot, and reports and pictures are functions of their findings.
//! This crate asks the questions and makes the assertions.
//!
//! The root of this crate has what programs are instrumented with, and the functions of Python's
//! objgraph. The rest is grouped by question:
//!
//! | module | question |
//! |---|---|
//! | [`leaks`] | What has leaked, which cycle keeps it alive, and what could not be traced? |
//! | [`alive`] | What is alive, how much of it, since when, and why? |
//! | [`growth`](mod@growth) | What has grown since the last time? |
//! | [`bytes`] | How many bytes are there, and who holds them? |
//! | [`picture`] | Who refers to whom? |
//! | [`owners`] | Who still holds it, handle by handle? |
//! | [`what_if`] | What would be freed if an object were dropped, or a field were `Weak`? |
//! | [`scope`] | Whose objects are they? |
//! | [`snapshot`](mod@snapshot) | What is there at one moment, as plain data? |
//! | `metrics`, with its feature | What does Prometheus scrape? |
//! | [`tracking`] | Which types are tracked? |
//! | [`closures`] | What do a closure and a future capture? |
//!
//! [`Growth`]: growth::Growth
//! [`Trend`]: growth::Trend
//! [`diff`]: snapshot::diff
//! [`in_current_scope`]: scope::in_current_scope
//! [`Scope`]: scope::Scope
//! [`Fingerprint`]: leaks::Fingerprint

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod ask;
mod assert;
mod register;
#[cfg(feature = "tracing")]
mod spans;
mod watcher;

#[cfg(feature = "html")]
use objgraph_analysis::page;
use objgraph_analysis::{analysis, draw, export, print, report, words};
use objgraph_core::__private::nothing;
use objgraph_core::order;

/// Whether snapshots can have objects. Where they cannot, no code is generated for what would ask for
/// them; `objgraph-core/src/emptiness.rs` explains how.
const HAS_OBJECTS: bool = __private::HAS_OBJECTS || cfg!(test);

pub mod alive;
pub mod bytes;
pub mod closures;
pub mod growth;
pub mod leaks;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod owners;
pub mod picture;
pub mod scope;
pub mod snapshot;
pub mod tracking;
pub mod what_if;

#[doc(no_inline)]
pub use objgraph_core as core;

// What a program is instrumented with.
pub use objgraph_core::{
    Capture, ENABLED, Instance, LocalFuture, SharedCapture, SharedFuture, Tracked, Visit, Visitor,
    capture, future, id, rc, register, sync, unsize, watch,
};
pub use objgraph_derive::{Tracked, root, test};

// Counts, growth and lookup.
pub use ask::{
    at_addrs, by_type, count, get_new_ids, growth, most_common_types, show_growth,
    show_most_common_types, typestats,
};
pub use objgraph_core::{Object, ObjectId, at, count_of};
pub use watcher::watch_growth;

// References.
pub use analysis::is_root;
pub use ask::{
    backrefs, find_backref_chain, find_ref_chain, refs, show_backrefs, show_chain, show_refs,
};
pub use objgraph_core::{Snapshot, snapshot};

// Text and files for other tools.
#[cfg(feature = "metrics")]
pub use ask::metrics_text;
pub use ask::write_heapsnapshot;
#[cfg(feature = "pprof")]
pub use ask::{pprof, pprof_by_chain};

// Leaks.
pub use ask::{
    blind_spots, find_cycles, find_leaks, get_leaking_objects, show_leaks, type_cycles, why_alive,
};

#[doc(hidden)]
pub use assert::expanded as __assert;
#[doc(hidden)]
pub use objgraph_core::__private;
#[doc(hidden)]
pub use objgraph_derive::{__count, __register};

#[cfg(doc)]
pub mod guide;
