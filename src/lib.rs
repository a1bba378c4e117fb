//! What is alive in a running Rust program, how much of it, since when, who keeps it alive, and
//! which cycle of `Rc` or `Arc` has leaked.
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
//! # How to use it
//!
//! 1. Swap the imports: `use objgraph::rc::{Rc, Weak}` in place of `std::rc`, and
//!    `use objgraph::sync::{Arc, Weak}` in place of `std::sync`. From then on every object made
//!    through them is counted, with the line that made it: [`show_growth`],
//!    [`show_most_common_types`], [`get_new_ids`].
//! 2. Add `#[derive(Tracked)]` to your own structs and enums, so that they can be looked into. A
//!    field of a foreign type needs nothing. From then on [`find_leaks`] finds what leaks,
//!    [`show_refs`] and [`show_backrefs`] draw who refers to whom ([`refs`] and [`backrefs`] with
//!    options), and [`find_backref_chain`] tells who keeps an object alive.
//! 3. A type that lives by value gets a field [`Instance`].
//!
//! # What it costs
//!
//! Where debug assertions are off, and the feature `always` too, the pointers *are* those of std,
//! the derive writes nothing, and every question here is answered with nothing: [`ENABLED`]
//! tells. Where tracking is on, an object costs some 40 bytes and the time of a few stores more.
//!
//! # Not possible on stable, in safe code
//!
//! | std | write |
//! |---|---|
//! | `let d: Rc<dyn Trait> = rc` | [`unsize!(rc => dyn Trait)`](unsize!) |
//! | `fn f(self: Rc<Self>)` | `fn f(this: &Rc<Self>)` |
//! | `Rc::from_raw`, `increment_strong_count` | keep the `Rc`; std's, for what crosses FFI |
//! | `Rc<str>`, `Rc<[T]>` of a length known at run time | std's; it is found behind objects that hold it |
//! | `Rc::new` of a value that is not `'static`; `Arc::new` of one that is not `Send + Sync` | std's for that value |
//!
//! The whole table, method by method, stands at [`rc`]; what is looked into, type by type, in
//! `docs/types.md`.
//!
//! # In tests
//!
//! `#[objgraph::test]`, in place of `#[test]` or above `#[tokio::test]`, fails a test that leaks,
//! also where others run beside it; [`assert_no_leaks!`], [`assert_drops!`], [`assert_no_growth!`]
//! and [`assert_count!`] say it at a place of your own; [`verify_main!`] checks a whole test
//! program. The guide is `docs/ci.md`.
//!
//! ## Known leaks
//!
//! `objgraph-leaks.toml`, beside the `Cargo.toml` of the package, lists leaks that are known: the
//! [`Fingerprint`], the tests that may have it, a reason and a link. Other leaks fail, and so does
//! a test that no longer has one which is listed for it. `OBJGRAPH_UPDATE=1` rewrites the list.
//! `strict = true` before the first entry makes tests fail that cannot prove that nothing leaked.
//!
//! # The rooms
//!
//! Data flows one way. `objgraph-core` captures objects and traces them into a [`Snapshot`];
//! the analyses here are functions of a snapshot, the reports functions of what they find, and the
//! assertions ask and report.

#![forbid(unsafe_code)]

mod ask;
mod assert;
mod register;

use objgraph_analysis::{analysis, draw, order, print, report, words};

#[doc(no_inline)]
pub use objgraph_core as core;

pub use objgraph_core::{
    Capture, Captured, Captures, Count, ENABLED, Edge, Entered, Field, Holder, Identified, InScope,
    Instance, LocalFuture, LocalTask, Node, NodeId, Object, ObjectId, Scope, SharedCapture,
    SharedFuture, Sight, Site, Snapshot, Starts, State, Strong, Task, TaskFuture, TypeInfo, Visit,
    Visitor, Watch, at, capture, count_of, counts, future, id, labels, objects, rc, register,
    snapshot, sync, types, unsize, watch, with_root,
};

/// The trait of types that can be looked into, and the derive that writes it.
pub use objgraph_core::Tracked;
pub use objgraph_derive::{Tracked, root, test};

// Counts, growth and lookup.
pub use analysis::{
    ContainerDiff, Diff, Metric, SiteDiff, SteadyGrowth, Trend, Turnover, TypeDiff, diff,
};
pub use ask::{
    Grown, Growth, NewIds, NewIdsLook, SortBy, Stats, Typed, at_addrs, by_type, by_type_in,
    by_type_of, count, count_in, get_new_ids, growth, look_for_new_ids, most_common_types, new_ids,
    show_growth, show_most_common_types, show_new_ids, stats, stats_of, typestats,
};

// Bytes.
pub use analysis::{Dominator, RetainedByType, RetainedSizes, TypeSize, TypeSizes};
pub use ask::{retained, show_retained, show_typesizes, typesizes};

// Pictures and chains.
pub use analysis::{Chain, ChainSearch, EdgeKind, is_root};
pub use ask::{
    Picture, backref_chain, backref_chain_in, backrefs, backrefs_in, chain_backrefs, chain_refs,
    find_backref_chain, find_ref_chain, leaked, ref_chain, ref_chain_in, refs, refs_in,
    show_backrefs, show_chain, show_refs,
};
pub use draw::{
    Drawing, DrawnEdge, DrawnNode, PictureError, Role, TextStyle, write_graphml, write_json,
};

// Leaks, and why something is alive.
pub use analysis::{
    AliveReason, Anchor, Change, ClosingField, CycleKind, Cycles, FieldPath, Fingerprint, Fix,
    LeakGroup, LeakKind, LeakKinds, Leaks, Objects, OpaqueValue, OverReportedObject, Owner,
    ParseFingerprintError, ReachableCycles, Reference, SnapshotObject, Survivor, WhatIf, WhyAlive,
    find_leaks as leaks_in, what_if_dropped as what_if_dropped_in, what_if_weak as what_if_weak_in,
    why_alive as why_alive_in,
};
pub use ask::{
    find_cycles, find_leaks, get_leaking_objects, get_leaking_objects_in, get_leaking_objects_of,
    show_leaks, what_if_dropped, what_if_weak, why_alive,
};

// What could leak, by types alone.
pub use analysis::{Ownership, TypeCycle, TypeCycles, TypeEdge};
pub use ask::type_cycles;

// Scopes and assertions.
pub use ask::{in_current_scope, spawn_in_current_scope};
pub use assert::{Failure, LeakCheck};

// Who holds it, handle by handle, with the feature `owners`.
pub use analysis::{
    ExternalHandles, InternalHandle, LeakBirth, Owners, ZombieSite, Zombies, external_handles,
    owners as owners_in, zombies as zombies_in,
};
pub use ask::{leak_birth, owners, zombies};
pub use objgraph_core::{HandleRow, Held, LastDrop, follow, last_drop};

// What could not be looked into.
pub use analysis::{BlindPlace, BlindSpots, BlindType, Coverage};
pub use ask::blind_spots;

#[doc(hidden)]
pub use assert::expanded as __assert;
#[doc(hidden)]
pub use objgraph_core::__private;
#[doc(hidden)]
pub use objgraph_derive::{__count, __register};

#[cfg(doc)]
pub mod guide;
