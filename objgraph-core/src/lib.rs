//! What instrumented code links: the pointers, the table, the trace and the snapshot of [objgraph].
//!
//! Use it through `objgraph`, which adds queries, analyses, reports and assertions, and re-exports
//! the rest.
//!
//! Data flows in one direction. The `pointers` record each object in the `table`. A trace (`trace`)
//! visits the objects one at a time, through what `visibility` knows of their types, and records which
//! object refers to which. The result is a [`Snapshot`], plain data.
//!
//! [objgraph]: https://docs.rs/objgraph

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![cfg_attr(
    feature = "nightly",
    feature(
        coerce_unsized,
        derive_coerce_pointee,
        legacy_receiver_trait,
        specialization,
        unsize
    ),
    allow(
        unused_features,
        incomplete_features,
        reason = "std's pointers, where tracking is off, need none"
    )
)]

mod closures;
mod counts;
#[cfg(all(feature = "dump", any(debug_assertions, feature = "always")))]
mod dump;
mod emptiness;
mod epochs;
#[doc(hidden)]
pub mod file;
mod follow;
mod has_id;
#[doc(hidden)]
pub mod platform;
mod pointer_kind;
mod process;

mod labelling;
mod last_drop;
mod listing;
mod lock;
mod object;
mod object_id;
#[doc(hidden)]
pub mod order;
#[cfg(any(debug_assertions, feature = "always"))]
mod pointers;
mod scope;
mod site;
mod snapshot;
mod symbols;
#[cfg(any(debug_assertions, feature = "always"))]
mod table;
#[cfg(not(any(debug_assertions, feature = "always")))]
#[path = "off.rs"]
mod table;
mod trace;
mod tracked;
pub mod tracking;
mod type_info;
mod type_name;
mod type_pattern;
mod visibility;
mod watch;

pub use closures::{
    Capture, CapturedValue, Captures, LocalFuture, LocalTask, SharedCapture, SharedFuture, Task,
    TaskFuture,
};
pub use counts::{Count, advance_epoch, age_of, count_of, counts};
pub use follow::{follow, last_drop};
pub use has_id::{HasId, id};
pub use last_drop::LastDrop;
pub use object::{Object, Strong, at, each_object, objects};
pub use object_id::{ObjectId, ParseObjectIdError};
pub use scope::{EnteredScope, InScope, Scope, ScopeGuard};
pub use site::Site;
pub use snapshot::*;
pub use symbols::ConcreteType;
pub use table::pointers::{rc, sync};
pub use table::{ENABLED, Instance};
pub use trace::{
    GuardVisitor, SCANS, SnapshotOptions, Starts, Visitor, label_of, labels, snapshot, snapshot_of,
    snapshot_with, with_root,
};
pub use tracked::{Tracked, Visit};
pub use type_info::{Field, TypeInfo, Visibility};
pub use type_name::{last_segments, map_paths, public_name, short_name, shown_name};
pub use visibility::{families, has_feature, register, types};
pub use watch::{Watch, watch};

/// What the macros expand to. No other code should name it.
#[doc(hidden)]
pub mod __private {
    pub use crate::closures::{CaptureView, Downgrade, local_future, shared_future};
    pub use crate::emptiness::{HAS_OBJECTS, nothing};
    pub use crate::lock::is_lost;
    pub use crate::table::pointers::Unsize;
    #[cfg(feature = "nightly")]
    pub use crate::table::pointers::wake::Wake;
    pub use crate::table::{instance_id, off, on, submit, submit_generic, submit_root};
    pub use crate::trace::{
        Measure, Measurement, Origin, Reach, SecondLook, StaticRoot, WeakHandles, snapshot_from,
        snapshot_keeping, with_report,
    };
    pub use crate::tracked::Label;
    pub use crate::type_info::Visibility;
    pub use crate::visibility::foreign;
    pub use crate::visibility::probe::*;
    pub use crate::visibility::{
        FieldSpec, Finite, Fuel, Full, Generic, IsFinite, IsStd, More, ProbeResult, Registrar,
        Submission, TypeRows, TypeSpec, pass_registration, register_type_of,
    };
    pub use inventory;
    // Its detection of deadlocks is for the tests.
    #[cfg(objgraph_recount)]
    pub use parking_lot;
    pub use std;
}
