//! Handles are recorded: where each was created, on which thread, and what it leads to.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::entries::{self, HandleBirth, HandleEntry, HandleKind};
use super::follow as followed;
use super::last::{self, HandleDrop};
use super::{promises, sites};
use crate::last_drop::LastDrop;
use crate::listing::ListedHandle;
use crate::object_id::ObjectId;
use crate::site::SiteRef;
use crate::table::interned::origins;
use crate::table::places::chunks::{self, Slot};
use crate::table::thread::{self, LocalTable};

/// The record of a handle; `None` for one that leads nowhere, or for which there was no entry.
pub(crate) struct Handle(Option<&'static HandleEntry>);

/// The first number of objects that `new_cyclic` has not created yet.
const PROMISE: u64 = 1 << 63;

/// Beside the id of an object: its value was moved elsewhere, so the handle leads nowhere.
const MOVED_AWAY: u64 = 1 << 62;

impl Handle {
    pub(crate) const NONE: Self = Self(None);

    /// Records an owning handle, created by the caller.
    #[inline]
    #[track_caller]
    pub(crate) fn strong(object: impl FnOnce() -> Option<ObjectId>) -> Self {
        Self::strong_at(object, Location::caller())
    }

    #[inline]
    pub(crate) fn strong_at(object: impl FnOnce() -> Option<ObjectId>, site: SiteRef) -> Self {
        match object() {
            Some(id) => Self::new(id.to_raw(), 0, true, site),
            None => Self::NONE,
        }
    }

    /// Records a weak handle, created by the caller.
    #[inline]
    #[track_caller]
    pub(crate) fn weak(object: Option<ObjectId>) -> Self {
        match object {
            // The handle may outlive the object, so it records the kind itself.
            Some(id) => Self::new(id.to_raw(), kind_of(id), false, Location::caller()),
            None => Self::NONE,
        }
    }

    /// Records a weak handle, cloned from this one by the caller.
    #[inline]
    #[track_caller]
    pub(crate) fn another_weak(&self) -> Self {
        match self.0 {
            Some(entry) => {
                let (object, kind) = entry.object();
                Self::new(object, kind, false, Location::caller())
            }
            None => Self::NONE,
        }
    }

    /// Records a weak handle to an object that `new_cyclic` is about to create.
    pub(crate) fn promised() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(PROMISE);
        // Relaxed: the number only has to be unique.
        let object = NEXT.fetch_add(1, Ordering::Relaxed);
        Self::new(object, 0, false, Location::caller())
    }

    /// Records which object was created for handles that were promised.
    pub(crate) fn keep_promise(&self, object: Option<ObjectId>) {
        if let (Some(entry), Some(id)) = (self.0, object) {
            promises::keep(entry.object().0, id, kind_of(id));
        }
    }

    #[inline]
    fn new(object: u64, kind: u32, strong: bool, site: SiteRef) -> Self {
        let kind = HandleKind::new(kind, strong);
        thread::with_cell(move |local| make_in(local, object, kind, site))
    }

    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::NONE)
    }

    /// Returns a number that no other live handle has.
    #[inline]
    pub(crate) fn number(&self) -> Option<u64> {
        self.0.map(HandleEntry::handle)
    }
}

impl Drop for Handle {
    #[inline]
    fn drop(&mut self) {
        if let Some(entry) = self.0 {
            thread::with_cell(move |local| forget_in(local, entry));
        }
    }
}

fn kind_of(id: ObjectId) -> u32 {
    chunks::slot_of(id).and_then(Slot::kind).unwrap_or(0)
}

/// Creates the record of a handle. The arguments fit in registers.
fn make_in(local: &RefCell<LocalTable>, object: u64, kind: HandleKind, site: SiteRef) -> Handle {
    if let Ok(mut part) = local.try_borrow_mut() {
        let part = &mut *part;
        if let Some(site) = part.handles.sites.get(site) {
            if let Some(entry) = part.handles.magazine.take() {
                entry.birth(object, kind, site, part.scopes.origin());
                return Handle(Some(entry));
            }
        }
    }
    make_slowly(local, object, kind, site)
}

#[cold]
#[inline(never)]
fn make_slowly(
    local: &RefCell<LocalTable>,
    object: u64,
    kind: HandleKind,
    site: SiteRef,
) -> Handle {
    let Ok(mut part) = local.try_borrow_mut() else {
        return Handle::NONE;
    };
    if !part.begin() {
        drop(part);
        let Some(entry) = entries::take_one() else {
            return Handle::NONE;
        };
        entry.birth(object, kind, sites::number(site), origins::NOT_KNOWN);
        return Handle(Some(entry));
    }
    part.handles.sites.learn(site);
    if !part.handles.magazine.refill() {
        return Handle::NONE;
    }
    drop(part);
    make_in(local, object, kind, site)
}

/// Removes the record of a handle. Calls nothing except at its end, so it saves no registers.
fn forget_in(local: &RefCell<LocalTable>, entry: &'static HandleEntry) {
    let Ok(mut part) = local.try_borrow_mut() else {
        return forget_slowly(local, entry);
    };
    if followed::is_any() || !mark(&mut part, entry) {
        drop(part);
        return forget_slowly(local, entry);
    }
    entry.death();
    if part.handles.magazine.put(entry) {
        return;
    }
    drop(part);
    put_slowly(local, entry);
}

/// Records that a handle is being dropped, if it owns. Returns false where only the slow path can.
#[inline]
fn mark(part: &mut LocalTable, entry: &HandleEntry) -> bool {
    if !entry.is_strong() {
        return true;
    }
    let id = ObjectId::from_raw(entry.object().0);
    let Some(chunk) = part.near(id.place()) else {
        return false;
    };
    let slot = chunk.slot(id.place());
    // The object is gone if the handle gave its value back.
    if slot.lives(id) {
        let Some(order) = part.handles.drops.next() else {
            return false;
        };
        slot.last_drop.set(HandleDrop {
            order,
            origin: part.scopes.origin(),
            site: entry.site(),
        });
    }
    true
}

#[cold]
#[inline(never)]
fn forget_slowly(local: &RefCell<LocalTable>, entry: &'static HandleEntry) {
    if entry.is_strong() {
        mark_slowly(local, entry);
    }
    entry.death();
    put_slowly(local, entry);
}

/// As [`mark`], on the slow path.
fn mark_slowly(local: &RefCell<LocalTable>, entry: &HandleEntry) {
    let id = ObjectId::from_raw(entry.object().0);
    let is_followed = followed::is_any() && followed::record_drop(id);
    let Ok(mut part) = local.try_borrow_mut() else {
        return;
    };
    let slot = part.chunk(id.place()).map(|chunk| chunk.slot(id.place()));
    let Some(slot) = slot.filter(|slot| slot.lives(id)) else {
        return;
    };
    // A thread that has only dropped objects has no number yet.
    part.begin();
    if is_followed {
        part.handles.drops.read_next();
    }
    slot.last_drop.set(HandleDrop {
        order: part.handles.drops.next_slowly(),
        origin: part.scopes.origin(),
        site: entry.site(),
    });
}

#[cold]
#[inline(never)]
fn put_slowly(local: &RefCell<LocalTable>, entry: &'static HandleEntry) {
    let is_kept = local.try_borrow_mut().is_ok_and(|mut part| {
        part.begin() && {
            part.handles.magazine.make_room();
            part.handles.magazine.put(entry)
        }
    });
    if !is_kept {
        entries::give_one(entry);
    }
}

/// Records that weak handles to an object lead nowhere any more, because its value was moved
/// elsewhere. O(handles).
pub(crate) fn record_move(object: Option<ObjectId>) {
    let Some(id) = object else {
        return;
    };
    let kept = promises::kept();
    for entry in entries::all() {
        let weak = entry.living().filter(|(_, born)| !born.strong);
        match weak.and_then(|(_, born)| resolved(&born, &kept)) {
            Some((object, kind)) if object == id => {
                entry.set_object(object.to_raw() | MOVED_AWAY, kind);
            }
            _ => {}
        }
    }
}

/// Returns the object of a handle, and its kind.
fn resolved(born: &HandleBirth, kept: &promises::KeptPromises) -> Option<(ObjectId, u32)> {
    if born.object & PROMISE == 0 {
        return Some((ObjectId::from_raw(born.object), born.kind));
    }
    kept.get(&born.object).copied()
}

/// Returns the last drop of an owning handle to an object, if it is alive or was followed then.
pub(crate) fn last_drop(id: ObjectId) -> Option<LastDrop> {
    let slot = chunks::slot_of(id).filter(|slot| slot.lives(id));
    let marked = slot.and_then(|slot| slot.last_drop.get());
    let seen = followed::last_drop(id);
    if marked.is_none() && seen.is_none() {
        return None;
    }
    Some(LastDrop {
        order: marked.map_or(0, |dropped| dropped.order),
        age: marked.map_or(Duration::ZERO, HandleDrop::age),
        thread: marked.and_then(|dropped| origins::thread_name(dropped.origin)),
        made: marked.and_then(|dropped| Some(sites::site(dropped.site)?.into())),
        seen,
    })
}

/// Lists all handles, in no meaningful order.
pub(crate) fn handles() -> Vec<ListedHandle> {
    last::read_clock();
    listed(
        entries::all().filter_map(HandleEntry::living),
        origins::known(),
    )
}

/// Lists the handles with these numbers that still exist.
pub(crate) fn handles_of(numbers: impl Iterator<Item = u64>) -> Vec<ListedHandle> {
    listed(numbers.filter_map(entries::living), HashMap::new())
}

/// Lists handles, given the origins that are known already.
fn listed(
    living: impl Iterator<Item = (u64, HandleBirth)>,
    mut known: HashMap<u32, (u32, u32)>,
) -> Vec<ListedHandle> {
    let mut sites = sites::all();
    let kept = promises::kept();
    let mut listed = Vec::new();
    for (number, born) in living {
        let Some((object, kind)) = resolved(&born, &kept) else {
            continue;
        };
        if sites.len() <= born.site as usize {
            sites = sites::all();
        }
        let Some(&site) = sites.get(born.site as usize) else {
            continue;
        };
        let origin = known.entry(born.origin);
        let (thread, scope) = *origin.or_insert_with(|| origins::of(born.origin));
        listed.push(ListedHandle {
            number,
            object: ObjectId::from_raw(object.to_raw() & !MOVED_AWAY),
            leads_nowhere: object.to_raw() & MOVED_AWAY != 0,
            kind,
            strong: born.strong,
            site,
            thread,
            scope,
            epoch: born.epoch,
        });
    }
    listed
}

/// Whether a handle still exists.
pub(crate) fn still_there(handle: &ListedHandle) -> bool {
    entries::is_there(handle.number)
}
