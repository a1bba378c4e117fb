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
//!    field of a foreign type needs nothing. From then on [`find_leaks`] finds what leaks, and
//!    [`show_refs`] and [`show_backrefs`] draw who refers to whom.
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
//! | `Rc<T>` in code generic over `T` | `T: 'static` where an `Rc` is made, cloned or downgraded |
//!
//! The whole table, method by method, stands at [`rc`]; what is looked into, type by type, in
//! `docs/types.md`.
//!
//! # The rooms
//!
//! Data flows one way. `objgraph-core` captures objects and traces them into a [`Snapshot`];
//! the analyses here are functions of a snapshot, and the reports functions of what they find.

#![forbid(unsafe_code)]

mod analysis;
mod ask;
mod report;

#[doc(no_inline)]
pub use objgraph_core as core;

pub use objgraph_core::{
    Count, ENABLED, Edge, Field, Holder, Identified, Instance, Node, NodeId, Object, ObjectId,
    Sight, Site, Snapshot, Starts, State, Strong, TypeInfo, Visit, Visitor, Watch, at, count_of,
    counts, id, labels, objects, rc, register, snapshot, sync, types, unsize, watch, with_root,
};

/// The trait of types that can be looked into, and the derive that writes it.
pub use objgraph_core::Tracked;
pub use objgraph_derive::{Tracked, root};

pub use analysis::{
    BlindPlace, BlindSpots, BlindType, Chain, ChainSearch, ClosingField, Cycle, Cycles,
    FoundCycles, Leaks, LinkKind, Objects, OverReported, SnapshotObject, Step, Suspect,
    find_leaks as leaks_in, is_root,
};
pub use ask::{
    Grown, Growth, NewIds, NewIdsLook, Picture, SortBy, Stats, Typed, at_addrs, backref_chain,
    backref_chain_in, backrefs, backrefs_in, blind_spots, by_type, by_type_in, by_type_of,
    chain_backrefs, chain_refs, count, count_in, find_backref_chain, find_cycles, find_leaks,
    find_ref_chain, get_new_ids, growth, leaked, look_for_new_ids, most_common_types, new_ids,
    ref_chain, ref_chain_in, refs, refs_in, show_backrefs, show_chain, show_growth, show_leaks,
    show_most_common_types, show_new_ids, show_refs, stats, stats_of, typestats,
};
pub use report::{
    Drawing, DrawnEdge, DrawnNode, PictureError, Role, TextStyle, write_graphml, write_json,
};

#[doc(hidden)]
pub use objgraph_core::__private;
