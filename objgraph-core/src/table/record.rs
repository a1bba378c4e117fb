//! Writes the table: every object created through one of our pointers enters it at its creation,
//! and leaves it when the drop of its value begins.
//!
//! The one file of the table that calls upward: see the essay in [`table`](crate::table).

use std::any::Any;
use std::cell::RefCell;

use crate::epochs::epoch;
use crate::lock::Mutex;
use crate::object_id::ObjectId;
use crate::site::SiteRef;
use crate::table::interned::kind_cache::{KindCache, Moment};
use crate::table::interned::kinds::{self, Reattach, TypeMeta};
use crate::table::interned::origins;
#[cfg(feature = "nightly")]
use crate::table::local_arcs;
use crate::table::places::chunks::{self, CHUNK, Side, Slot};
use crate::table::places::handle_locks::SharedHandle;
use crate::table::places::left;
use crate::table::places::magazine::{self, Bare, Hold, SparePlace};
use crate::table::places::shared;
use crate::table::places::values::LocalHandle;
use crate::table::thread::{self, LOCAL, LocalTable};
use crate::trace::watch_thread_end;

type LocalCell<'l> = &'l RefCell<LocalTable>;
type Meta = &'static TypeMeta;
// What runs for every object has a fast path, which calls nothing, and a slow path, which prepares
// the fast path and takes it again.

/// An object that was added: its id is [`ObjectId::NONE`] if the table is full.
pub(crate) struct Added {
    pub(crate) id: ObjectId,
    /// Whether the table has the handle.
    pub(crate) is_attached: bool,
}

/// Adds an object behind an `Rc`.
///
/// Without a handle, its value is never visited.
#[inline(always)]
pub(crate) fn add_rc(meta: Meta, site: SiteRef, handle: LocalHandle) -> Added {
    LOCAL.with(move |local| add_rc_in(local, meta, site, handle))
}

fn add_rc_in(local: LocalCell<'_>, meta: Meta, site: SiteRef, handle: LocalHandle) -> Added {
    if let Ok(mut part) = local.try_borrow_mut() {
        let own = &mut *part;
        if let Some(kind) = own.kinds.get(meta, site, own.scopes.moment()) {
            if let Some(place) = own.values.near_free() {
                kind.counter.birth();
                return Added {
                    id: place.birth(handle, kind.birth),
                    is_attached: true,
                };
            }
        }
    }
    add_rc_far(local, meta, site, handle)
}

/// Adds an object where the chunk that was used last has no free place, but another one may.
#[inline(never)]
fn add_rc_far(local: LocalCell<'_>, meta: Meta, site: SiteRef, handle: LocalHandle) -> Added {
    if let Ok(mut part) = local.try_borrow_mut() {
        let own = &mut *part;
        let is_known = own.kinds.get(meta, site, own.scopes.moment()).is_some();
        if is_known && own.values.go_to_free() {
            drop(part);
            return add_rc_in(local, meta, site, handle);
        }
    }
    add_rc_slowly(local, meta, site, handle)
}

#[cold]
#[inline(never)]
fn add_rc_slowly(local: LocalCell<'_>, meta: Meta, site: SiteRef, handle: LocalHandle) -> Added {
    before_first_birth();
    let mut part = local.borrow_mut();
    if !part.learn_kind(meta, site) {
        drop(part);
        // A thread that is ending has no part of the table to hold its handles: the object is
        // counted, and never visited.
        return Added {
            id: add_late::<Bare>(meta, site, |()| {}),
            is_attached: false,
        };
    }
    // Calls upward: the trace visits what this thread leaves alive, when it ends.
    watch_thread_end();
    if !part.values.grow() || !part.values.go_to_free() {
        return Added {
            id: ObjectId::NONE,
            is_attached: false,
        };
    }
    drop(part);
    add_rc_in(local, meta, site, handle)
}

/// Adds an object behind an `Arc`, and returns [`ObjectId::NONE`] if the table is full.
///
/// Without a handle, its value is never visited.
#[inline(always)]
pub(crate) fn add_arc(meta: Meta, site: SiteRef, handle: SharedHandle) -> ObjectId {
    LOCAL.with(move |local| add_arc_in(local, meta, site, handle))
}

fn add_arc_in(local: LocalCell<'_>, meta: Meta, site: SiteRef, handle: SharedHandle) -> ObjectId {
    if let Ok(mut part) = local.try_borrow_mut() {
        let own = &mut *part;
        if let Some(kind) = own.kinds.get(meta, site, own.scopes.moment()) {
            if let Some(spare) = own.arcs.take() {
                kind.counter.birth();
                shared::put(spare.hold, handle);
                let round = spare.slot.birth(spare.slot.word(), kind.birth);
                return ObjectId::new(spare.place, round);
            }
        }
    }
    add_arc_slowly(local, meta, site, handle)
}

#[cold]
#[inline(never)]
fn add_arc_slowly(
    local: LocalCell<'_>,
    meta: Meta,
    site: SiteRef,
    handle: SharedHandle,
) -> ObjectId {
    before_first_birth();
    let mut part = local.borrow_mut();
    if !part.learn_kind(meta, site) {
        drop(part);
        return add_late(meta, site, |hold| shared::put(hold, handle));
    }
    if !part.arcs.refill() {
        return ObjectId::NONE;
    }
    drop(part);
    add_arc_in(local, meta, site, handle)
}

/// Adds the clone of an object behind an `Arc`, which has the same type. Its value is lent.
pub(crate) fn add_lent_arc(meta: Meta, site: SiteRef) -> ObjectId {
    match meta.reattach {
        #[cfg(feature = "nightly")]
        Reattach::LocalArc(_) => local_arcs::add(meta, site, None),
        _ => add_arc(meta, site, None),
    }
}

/// Adds an object that exists already. `pointer` is std's pointer to it.
pub(crate) fn add_from(meta: Meta, site: SiteRef, pointer: &dyn Any) -> Added {
    let id = match meta.reattach {
        Reattach::Rc(weaken) => return add_rc(meta, site, weaken(pointer)),
        Reattach::Arc(weaken) => add_arc(meta, site, weaken(pointer)),
        #[cfg(feature = "nightly")]
        Reattach::LocalArc(weaken) => local_arcs::add(meta, site, weaken(pointer)),
        Reattach::Never => ObjectId::NONE,
    };
    Added {
        id,
        is_attached: true,
    }
}

/// Adds a value to which the table has no handle.
#[inline]
pub(crate) fn add_bare(meta: Meta, site: SiteRef) -> ObjectId {
    LOCAL.with(move |local| add_bare_in(local, meta, site))
}

fn add_bare_in(local: LocalCell<'_>, meta: Meta, site: SiteRef) -> ObjectId {
    if let Ok(mut part) = local.try_borrow_mut() {
        let part = &mut *part;
        let place = part.bare.first();
        if let Some(chunk) = part.chunk(place) {
            if let Some(kind) = part.kinds.get(meta, site, part.scopes.moment()) {
                let slot = chunk.slot(place);
                let free = slot.word();
                part.bare.take(free);
                let round = slot.birth(free, kind.birth);
                kind.counter.birth();
                return ObjectId::new(place, round);
            }
        }
    }
    add_bare_slowly(local, meta, site)
}

#[cold]
#[inline(never)]
fn add_bare_slowly(local: LocalCell<'_>, meta: Meta, site: SiteRef) -> ObjectId {
    before_first_birth();
    let mut part = local.borrow_mut();
    if !part.learn_kind(meta, site) {
        drop(part);
        return add_late::<Bare>(meta, site, |()| {});
    }
    if !part.bare.refill() {
        return ObjectId::NONE;
    }
    drop(part);
    add_bare_in(local, meta, site)
}

/// The cache of threads whose own part of the table is gone.
static LATE: Mutex<KindCache> = Mutex::new(KindCache::new());

fn add_late<H: Hold>(meta: Meta, site: SiteRef, settle: impl FnOnce(H)) -> ObjectId {
    #[cfg(objgraph_recount)]
    crate::table::recount::late();
    let mut kinds = LATE.lock();
    let moment = Moment::new(origins::NOT_KNOWN, epoch());
    let Some(kind) = kinds.learn(meta, site, moment) else {
        return ObjectId::NONE;
    };
    let Some(spare) = magazine::take_one::<H>() else {
        return ObjectId::NONE;
    };
    kind.counter.birth();
    settle(spare.hold);
    let round = spare.slot.birth(spare.slot.word(), kind.birth);
    ObjectId::new(spare.place, round)
}

/// Removes an object behind an `Rc`, before its value is dropped or after it was moved out.
#[inline(always)]
pub(crate) fn remove_rc(place: u32) {
    LOCAL.with(move |local| remove_rc_in(local, place));
}

fn remove_rc_in(local: LocalCell<'_>, place: u32) {
    if let Ok(mut part) = local.try_borrow_mut() {
        let own = &mut *part;
        if own.values.is_near(place) {
            let slot = own.values.near_slot(place);
            let living = slot.word();
            if let Some(counter) = own.kinds.counter(living.birth_number()) {
                counter.death();
                let handle = own.values.death(place, slot, living);
                drop(part);
                return drop_handle(handle);
            }
        }
    }
    remove_rc_far(local, place);
}

/// Removes an object that is not in the chunk that was used last.
#[inline(never)]
fn remove_rc_far(local: LocalCell<'_>, place: u32) {
    if let Ok(mut part) = local.try_borrow_mut() {
        let own = &mut *part;
        if !own.values.is_near(place) && own.values.go_to(place) {
            drop(part);
            return remove_rc_in(local, place);
        }
    }
    remove_rc_slowly(place);
}

/// Drops a handle with nothing borrowed, since it may free the allocation.
///
/// Not inlined, so that the handle is passed in two registers. A copy through the stack reads both words
/// at once, and waits where they were written one by one a moment ago.
#[inline(never)]
fn drop_handle<H>(handle: H) {
    drop(handle);
}

/// Removes an object that is not among those of this thread.
#[cold]
#[inline(never)]
fn remove_rc_slowly(place: u32) {
    let Some(chunk) = chunks::of_place(place) else {
        return;
    };
    if let Side::Bare = chunk.side {
        return remove_bare(place);
    }
    let slot = chunk.slot(place);
    // Without a wait between the two, during which a recount could find them different.
    left::record_late_death(place / CHUNK, chunk, || {
        count_late(slot);
        slot.death(slot.word(), 0);
    });
}

/// Removes an object behind an `Arc`, before its value is dropped or after it was moved out.
#[inline(always)]
pub(crate) fn remove_arc(place: u32) {
    LOCAL.with(move |local| remove_arc_in(local, place));
}

fn remove_arc_in(local: LocalCell<'_>, place: u32) {
    if let Ok(mut part) = local.try_borrow_mut() {
        let own = &mut *part;
        if let Some(chunk) = own.near(place) {
            let slot = chunk.slot(place);
            let living = slot.word();
            if let Some(counter) = own.kinds.counter(living.birth_number()) {
                if let Some(room) = own.arcs.room() {
                    if let Some(mut hold) = shared::try_hold(chunk, place) {
                        let handle = hold.take();
                        counter.death();
                        room.put(living, SparePlace { place, slot, hold });
                        drop(part);
                        return drop_handle(handle);
                    }
                }
            }
        }
    }
    remove_arc_far(local, place);
}

/// Removes an object that is not in the chunk that was used last.
#[inline(never)]
fn remove_arc_far(local: LocalCell<'_>, place: u32) {
    if let Ok(mut part) = local.try_borrow_mut() {
        if part.go_to(place) {
            drop(part);
            return remove_arc_in(local, place);
        }
    }
    remove_arc_slowly(local, place);
}

#[cold]
#[inline(never)]
fn remove_arc_slowly(local: LocalCell<'_>, place: u32) {
    let Some(chunk) = chunks::of_place(place) else {
        return;
    };
    // One that stays on its thread.
    #[cfg(feature = "nightly")]
    if !matches!(chunk.side, Side::Shared(_)) {
        local_arcs::detach(place);
        return remove_rc(place);
    }
    // Waits for a thread that copies the handle just now.
    let Some(mut hold) = shared::hold(chunk, place) else {
        return;
    };
    let handle = hold.take();
    let slot = chunk.slot(place);
    let spare = SparePlace { place, slot, hold };
    let mut part = local.borrow_mut();
    if let Some(counter) = part.learn_counter(slot.birth_number()) {
        counter.death();
        part.arcs.make_room();
        if let Some(room) = part.arcs.room() {
            room.put(slot.word(), spare);
        }
    } else {
        remove_late(spare);
    }
    drop(part);
    drop(handle);
}

/// Removes a value to which the table has no handle.
#[inline]
pub(crate) fn remove_bare(place: u32) {
    LOCAL.with(move |local| remove_bare_in(local, place));
}

fn remove_bare_in(local: LocalCell<'_>, place: u32) {
    if let Ok(mut part) = local.try_borrow_mut() {
        let own = &mut *part;
        if let Some(chunk) = own.chunk(place) {
            let slot = chunk.slot(place);
            let living = slot.word();
            if let Some(counter) = own.kinds.counter(living.birth_number()) {
                if own.bare.has_room() {
                    own.bare.death(place, slot, living);
                    return counter.death();
                }
            }
        }
    }
    remove_bare_slowly(local, place);
}

#[cold]
#[inline(never)]
fn remove_bare_slowly(local: LocalCell<'_>, place: u32) {
    let Some(chunk) = chunks::of_place(place) else {
        return;
    };
    let (slot, hold) = (chunk.slot(place), ());
    let mut part = local.borrow_mut();
    if part.learn_counter(slot.birth_number()).is_some() {
        part.bare.make_room();
        drop(part);
        return remove_bare_in(local, place);
    }
    drop(part);
    remove_late(SparePlace { place, slot, hold });
}

fn remove_late<H: Hold>(spare: SparePlace<H>) {
    count_late(spare.slot);
    magazine::give_one(spare);
}

fn count_late(slot: &Slot) {
    #[cfg(objgraph_recount)]
    crate::table::recount::late();
    if let Some(counter) = LATE.lock().learn_counter(slot.birth_number()) {
        counter.death();
    }
}

/// Returns the kind of an object to which the caller has a pointer.
pub(crate) fn kind(id: ObjectId) -> Option<u32> {
    chunks::of_place(id.place())?.slot(id.place()).kind()
}

/// Takes away the handle to a value, before a `&mut` to it is handed out. The caller has a pointer
/// to the object.
pub(crate) fn detach(id: ObjectId) {
    let place = id.place();
    let Some(chunk) = chunks::of_place(place) else {
        return;
    };
    match chunk.side {
        Side::Local(_) => {
            let handle: Option<LocalHandle> =
                thread::with(|local| Some(local.values.handle(place)?.take()));
            drop(handle);
            #[cfg(feature = "nightly")]
            local_arcs::detach(place);
        }
        Side::Shared(_) => {
            let handle = shared::hold(chunk, place).and_then(|mut held| held.take());
            drop(handle);
        }
        Side::Bare => {}
    }
}

/// Restores the handle to a value, made from a reference to the pointer to it. Returns false if
/// that pointer has another type than the object was created with.
pub(crate) fn attach(id: ObjectId, pointer: &dyn Any) -> bool {
    let place = id.place();
    let Some(chunk) = chunks::of_place(place) else {
        return false;
    };
    match (
        chunk
            .slot(place)
            .kind()
            .map_or(Reattach::Never, kinds::reattach),
        &chunk.side,
    ) {
        (Reattach::Rc(weaken), Side::Local(_)) => {
            let Some(handle) = weaken(pointer) else {
                return false;
            };
            thread::with(|local| {
                let entry = local.values.handle(place);
                entry.map(|entry| *entry = Some(handle)).is_some()
            })
        }
        #[cfg(feature = "nightly")]
        (Reattach::LocalArc(weaken), Side::Local(_)) => {
            let handle = weaken(pointer);
            let is_known = handle.is_some();
            if let Some(handle) = handle {
                local_arcs::attach(id, handle);
            }
            is_known
        }
        (Reattach::Arc(weaken), Side::Shared(_)) => {
            let Some(handle) = weaken(pointer) else {
                return false;
            };
            let Some(mut held) = shared::hold(chunk, place) else {
                return false;
            };
            *held = Some(handle);
            true
        }
        _ => false,
    }
}

/// Prepares what happens by itself once there are objects.
fn before_first_birth() {
    // Calls upward: a program that saves snapshots without a line of code has no other moment.
    #[cfg(feature = "dump")]
    crate::dump::begin();
}
