//! The table: every object made through a pointer of ours is listed when it is made, and
//! forgotten when its value's drop begins.

use std::any::Any;
use std::panic::Location;
use std::sync::atomic::Ordering;

use parking_lot::Mutex;

use super::chunks::{self, Born, CHUNK, Chunk, Side, Slot};
use super::inner::{Erased, SharedErased};
use super::kinds::{self, Reattach, TypeMeta};
use super::local::{self, Entry, KindCache};
use super::shared::{self, Magazine, SharedEntry};
use crate::capture::epoch;
use crate::object_id::ObjectId;

fn slot(chunk: &Chunk, place: u32) -> &Slot {
    &chunk.slots[(place % CHUNK) as usize]
}

/// Lists an object behind an `Rc`; `None` if the table is full.
#[inline]
pub(super) fn list_rc(
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
    handle: std::rc::Weak<dyn Erased>,
) -> Option<ObjectId> {
    list_local(meta, site, Entry::Live(handle))
}

/// Lists an object behind an `Rc` that nothing may look at.
pub(super) fn list_lent(
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
) -> Option<ObjectId> {
    list_local(meta, site, Entry::Lent)
}

#[inline]
pub(super) fn list_local(
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
    entry: Entry,
) -> Option<ObjectId> {
    let listed = local::with(|local| {
        let (place, chunk) = local.values.put(local.thread, entry)?;
        let born = local.birth(meta, site);
        Some(ObjectId::new(place, slot(chunk, place).birth(&born)))
    });
    // A thread that is nearly gone has no place for handles that only it may touch: the object
    // is counted, and never looked into.
    listed.unwrap_or_else(|| list_late(meta, site, SharedEntry::None))
}

/// Lists an object behind an `Arc`, or any other of which the table keeps no handle; `None` if
/// the table is full.
#[inline]
pub(super) fn list_arc(
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
    handle: std::sync::Weak<dyn SharedErased>,
) -> Option<ObjectId> {
    list_shared(meta, site, SharedEntry::Live(handle))
}

/// Lists a value that the table has no way to reach.
pub(super) fn list_unreached(
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
) -> Option<ObjectId> {
    list_shared(meta, site, SharedEntry::None)
}

#[inline]
pub(super) fn list_shared(
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
    entry: SharedEntry,
) -> Option<ObjectId> {
    let mut entry = Some(entry);
    let listed = local::with(|local| {
        let place = local.magazine.take()?;
        let born = local.birth(meta, site);
        settle(place, &born, entry.take()?)
    });
    listed.unwrap_or_else(|| list_late(meta, site, entry.take()?))
}

/// Puts an object into an unused place.
#[inline]
fn settle(place: u32, born: &Born, entry: SharedEntry) -> Option<ObjectId> {
    let chunk = chunks::of_place(place)?;
    let mut entries = shared::entries(chunk)?.lock();
    entries.replace(place, entry);
    let round = slot(chunk, place).birth(born);
    Some(ObjectId::new(place, round))
}

/// What threads use whose own part of the table is gone.
struct Late {
    magazine: Magazine,
    kinds: KindCache,
}

static LATE: Mutex<Option<Late>> = Mutex::new(None);

fn late<R>(run: impl FnOnce(&mut Late) -> R) -> R {
    let mut late = LATE.lock();
    run(late.get_or_insert_with(|| Late {
        magazine: Magazine::new(),
        kinds: KindCache::new(),
    }))
}

#[cold]
fn list_late(
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
    entry: SharedEntry,
) -> Option<ObjectId> {
    late(|late| {
        let place = late.magazine.take()?;
        let kind = late.kinds.number(meta, site);
        late.kinds.counter(kind).birth();
        settle(
            place,
            &Born {
                kind,
                thread: 0,
                epoch: epoch(),
            },
            entry,
        )
    })
}

/// The value's drop begins, or it is moved out: the object is no more.
#[inline]
pub(super) fn forget(id: ObjectId) {
    let place = id.place();
    let Some(chunk) = chunks::of_place(place) else {
        return;
    };
    let slot = slot(chunk, place);
    let kind = slot.kind();
    match &chunk.side {
        Side::Local(side) => {
            let freed = local::with(|local| {
                local.count_death(kind);
                let reusable = slot.death();
                local
                    .values
                    .free(side.index.load(Ordering::Relaxed), place, reusable)
            });
            // The handle, if one was there, is dropped here, with nothing borrowed.
            if freed.is_none() {
                late(|late| late.kinds.counter(kind).death());
                slot.death();
            }
        }
        Side::Shared(entries) => {
            let mut locked = entries.lock();
            let handle = locked.replace(place, SharedEntry::None);
            let reusable = slot.death();
            drop(locked);
            drop(handle);
            let counted = local::with(|local| {
                local.count_death(kind);
                if reusable {
                    local.magazine.put(place);
                }
            });
            if counted.is_none() {
                late(|late| {
                    late.kinds.counter(kind).death();
                    if reusable {
                        late.magazine.put(place);
                    }
                });
            }
        }
    }
}

/// Whether a watched value is still alive.
pub(super) fn watched_lives(id: ObjectId) -> bool {
    let place = id.place();
    let strong = match chunks::of_place(place).map(|chunk| &chunk.side) {
        Some(Side::Local(_)) => local::with(|local| match local.values.entry(place) {
            Some(Entry::Watched(handle)) => handle.strong_count(),
            _ => 0,
        }),
        Some(Side::Shared(entries)) => match entries.lock().get(place) {
            SharedEntry::Watched(handle) => Some(handle.strong_count()),
            _ => None,
        },
        None => None,
    };
    strong.is_some_and(|strong| strong > 0)
}

/// Takes the handle to a value out, before a `&mut` to it is handed out.
pub(super) fn detach(id: ObjectId) {
    let place = id.place();
    match chunks::of_place(place).map(|chunk| &chunk.side) {
        Some(Side::Local(_)) => {
            let handle = local::with(|local| {
                local
                    .values
                    .entry(place)
                    .map(|entry| std::mem::replace(entry, Entry::Lent))
            });
            drop(handle);
        }
        Some(Side::Shared(entries)) => {
            let handle = entries.lock().replace(place, SharedEntry::None);
            drop(handle);
        }
        None => {}
    }
}

/// Puts a handle back, made from a reference to the pointer to the value; false if that pointer
/// has another type than it was made with.
pub(super) fn attach(id: ObjectId, pointer: &dyn Any) -> bool {
    let place = id.place();
    let Some(chunk) = chunks::of_place(place) else {
        return false;
    };
    match (kinds::reattach(slot(chunk, place).kind()), &chunk.side) {
        (Reattach::Rc(weaken), Side::Local(side)) => {
            let Some(handle) = weaken(pointer) else {
                return false;
            };
            local::with(|local| {
                if side.owner.load(Ordering::Relaxed) != local.thread {
                    return false;
                }
                local
                    .values
                    .entry(place)
                    .map(|entry| *entry = Entry::Live(handle))
                    .is_some()
            })
            .unwrap_or(false)
        }
        (Reattach::Arc(weaken), Side::Shared(entries)) => {
            let Some(handle) = weaken(pointer) else {
                return false;
            };
            entries.lock().replace(place, SharedEntry::Live(handle));
            true
        }
        _ => false,
    }
}
