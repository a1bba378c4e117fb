//! Objects behind an `Arc` whose value is not `Send + Sync`, with the feature `nightly`.
//!
//! Such a pointer cannot leave its thread, so the object has a place among the `Rc` objects of the
//! thread. The handles are apart, because those places hold handles to `Rc` values.

use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Weak;

use crate::object_id::ObjectId;
use crate::table::erased::LocalArcValue;
use crate::table::interned::kinds::TypeMeta;
use crate::table::record;
use crate::table::thread;

/// The handles of a thread, by place.
pub(crate) type LocalArcs = BTreeMap<u32, Weak<dyn LocalArcValue>>;

/// Adds an object, and returns [`ObjectId::NONE`] if the table is full.
pub(crate) fn add(
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
    handle: Option<Weak<dyn LocalArcValue>>,
) -> ObjectId {
    let id = record::add_rc(meta, site, None).id;
    if let Some(handle) = handle {
        attach(id, handle);
    }
    id
}

/// Sets the handle to the value of an object, unless the thread's part of the table is gone.
pub(crate) fn attach(id: ObjectId, handle: Weak<dyn LocalArcValue>) {
    if id != ObjectId::NONE {
        thread::with(|local| {
            if local.begin() {
                local.arcs_here.insert(id.place(), handle);
            }
        });
    }
}

/// Returns the handle to the value of an object of this thread.
pub(crate) fn handle(id: ObjectId) -> Option<Weak<dyn LocalArcValue>> {
    thread::with(|local| local.arcs_here.get(&id.place()).cloned())
}

/// Takes away the handle at a place.
pub(crate) fn detach(place: u32) {
    // Dropped with nothing borrowed, since it may free the allocation.
    drop(thread::with(|local| local.arcs_here.remove(&place)));
}
