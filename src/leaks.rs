//! What has leaked, and which cycle keeps it alive.
//!
//! An object has leaked if it is alive and nothing that the program can still use leads to it.
//! [`find_leaks`](crate::find_leaks) finds all of them, [`with_labels`] adds texts of a few to the
//! report, [`show_leaks`](crate::show_leaks) prints it and draws the picture, and
//! [`type_cycles`](crate::type_cycles) names what could leak, by types alone.
//!
//! ```
//! use objgraph::{Tracked, rc::Rc};
//! use std::cell::RefCell;
//!
//! #[derive(Tracked, Default)]
//! struct Node {
//!     next: RefCell<Option<Rc<Node>>>,
//! }
//!
//! let node = Rc::new(Node::default());
//! node.next.replace(Some(node.clone()));
//! drop(node);
//!
//! let leaks: objgraph::leaks::Leaks = objgraph::find_leaks();
//! if objgraph::ENABLED {
//!     assert_eq!(leaks.len(), 1);
//!     assert!(leaks.to_string().contains("fix: make `Node.next` Weak"));
//! }
//! ```
//!
//! In a test, `#[objgraph::test]` and [`assert_no_leaks!`](crate::assert_no_leaks) fail on a leak;
//! [`LeakCheck`] does the same with options. What cannot be traced is listed by
//! [`blind_spots`](crate::blind_spots).

pub use crate::analysis::{
    BlindPlace, BlindSpots, BlindType, Change, ClosingField, Coverage, CycleKind, Cycles,
    FieldPath, Fingerprint, Fix, LeakGroup, LeakKind, LeakKinds, Leaks, Objects, OpaqueValue,
    OverReportedObject, Ownership, ParseFingerprintError, ReachableCycles, Reference,
    SnapshotObject, TypeCycle, TypeCycles, TypeEdge, find_leaks as find_leaks_in,
};
pub use crate::ask::{get_leaking_objects_in, get_leaking_objects_of, with_labels};
pub use crate::assert::{Failure, LeakCheck};
