//! What the table tells: which objects there are, and, one at a time, their values.

use std::sync::atomic::Ordering;

use super::chunks::{self, CHUNK, Chunk, Side};
use super::inner::{Erased, SharedErased};
use super::kinds;
use super::local::{self, Entry};
use super::pins;
use super::shared::SharedEntry;
use super::table;
use super::watched::{self, WatchedArc, WatchedRc};
use crate::capture::{Listed, Looked};
use crate::object_id::ObjectId;
use crate::snapshot::Holder;
use crate::tracked::Value;

/// The number of the calling thread; 0 if it has no part of the table any more.
fn this_thread() -> u32 {
    local::with(|local| local.thread).unwrap_or(0)
}

/// Every object, in the order of the table.
pub(crate) fn list() -> Vec<Listed> {
    watched::forget_dead();
    let this = this_thread();
    let mut holders = kinds::holders();
    let mut listed = Vec::new();
    for number in 0..chunks::made() {
        let Some(chunk) = chunks::get(number) else {
            continue;
        };
        for offset in 0..CHUNK {
            let found = list_one(chunk, number * CHUNK + offset, this, |kind| {
                if holders.len() <= kind as usize {
                    holders = kinds::holders();
                }
                holders.get(kind as usize).copied()
            });
            listed.extend(found);
        }
    }
    listed
}

/// The objects behind an `Rc` of the calling thread, in the order of the table; for when the
/// thread ends.
pub(crate) fn own_values() -> Vec<Listed> {
    watched::forget_dead();
    let (this, numbers) =
        local::with(|local| (local.thread, local.values.chunks())).unwrap_or_default();
    let mut listed = Vec::new();
    for number in numbers {
        let Some(chunk) = chunks::get(number) else {
            continue;
        };
        let places = number * CHUNK..(number + 1) * CHUNK;
        listed.extend(places.filter_map(|place| list_one(chunk, place, this, kinds::holder)));
    }
    // What the thread watched may be gone already from where the dead are found.
    listed.retain(|object| {
        let lives = object.holder != Holder::StdRc || table::watched_lives(object.id);
        if !lives {
            table::forget(object.id);
        }
        lives
    });
    listed
}

/// What the table tells of one object; `None` if there is no such object any more.
pub(crate) fn describe(id: ObjectId) -> Option<Listed> {
    watched::forget_dead();
    let chunk = chunks::of_place(id.place()).filter(|_| id.is_in_table())?;
    let listed = list_one(chunk, id.place(), this_thread(), kinds::holder)?;
    (listed.id == id).then_some(listed)
}

fn list_one(
    chunk: &Chunk,
    place: u32,
    this: u32,
    holder: impl FnOnce(u32) -> Option<Holder>,
) -> Option<Listed> {
    let (round, born) = chunk.slots[(place % CHUNK) as usize].living()?;
    let elsewhere = match &chunk.side {
        Side::Local(side) => side.owner.load(Ordering::Relaxed) != this,
        Side::Shared(_) => false,
    };
    Some(Listed {
        id: ObjectId::new(place, round),
        kind: born.kind,
        thread: born.thread,
        epoch: born.epoch,
        holder: holder(born.kind)?,
        elsewhere,
    })
}

/// Lets `see` look at the value of an object, with its strong and weak counts. The value is
/// pinned meanwhile; nothing is locked.
pub(crate) fn look(id: ObjectId, see: &mut dyn FnMut(Value<'_>, usize, usize)) -> Looked {
    let lives = chunks::slot_of(id).is_some_and(|slot| slot.lives(id));
    match chunks::of_place(id.place()).map(|chunk| &chunk.side) {
        _ if !lives => Looked::Gone,
        Some(Side::Local(_)) => look_local(id, see),
        Some(Side::Shared(_)) if let Some(looked) = look_watched_arc(id, see) => looked,
        Some(Side::Shared(_)) => match pins::pin(id) {
            Some(pinned) => {
                if let Some(value) = pinned.get() {
                    see(value.value(), pinned.strong, pinned.weak);
                }
                Looked::Seen
            }
            None if chunks::slot_of(id).is_some_and(|slot| slot.lives(id)) => Looked::Lent,
            None => Looked::Gone,
        },
        None => Looked::Gone,
    }
}

fn look_local(id: ObjectId, see: &mut dyn FnMut(Value<'_>, usize, usize)) -> Looked {
    let Some(handle) = local_handle(id) else {
        return look_watched_rc(id, see).unwrap_or(Looked::Lent);
    };
    // The table's own handle, and the one just made, are not the program's.
    let weak = handle.weak_count().saturating_sub(2);
    let all = handle.strong_count();
    let Some(strong) = handle.upgrade() else {
        return Looked::Gone;
    };
    drop(handle);
    let address = pins::address(&*strong);
    let count = all - pins::of_this_thread(address);
    let pinned = pins::Local::new(address);
    see(strong.value(), count, weak);
    // The program may have dropped its last handle meanwhile: then the value goes with this one.
    drop(strong);
    drop(pinned);
    Looked::Seen
}

/// Looks at a watched value; `None` if it is not one.
fn look_watched_rc(id: ObjectId, see: &mut dyn FnMut(Value<'_>, usize, usize)) -> Option<Looked> {
    let handle = watched_rc(id)?;
    let (strong, weak) = (handle.strong_count(), handle.weak_count().saturating_sub(2));
    let Some(value) = handle.upgrade() else {
        return Some(Looked::Gone);
    };
    drop(handle);
    see((*value).watched_value(), strong, weak);
    Some(Looked::Seen)
}

/// Looks at a watched value; `None` if it is not one.
fn look_watched_arc(id: ObjectId, see: &mut dyn FnMut(Value<'_>, usize, usize)) -> Option<Looked> {
    let handle = watched_arc(id)?;
    let (strong, weak) = (handle.strong_count(), handle.weak_count().saturating_sub(2));
    let Some(value) = handle.upgrade() else {
        return Some(Looked::Gone);
    };
    drop(handle);
    see((*value).watched_value(), strong, weak);
    Some(Looked::Seen)
}

pub(super) fn watched_rc(id: ObjectId) -> Option<std::rc::Weak<dyn WatchedRc>> {
    local::with(|local| match local.values.entry(id.place()) {
        Some(Entry::Watched(handle)) => Some(handle.clone()),
        _ => None,
    })
    .flatten()
}

pub(super) fn watched_arc(id: ObjectId) -> Option<std::sync::Weak<dyn WatchedArc>> {
    let Side::Shared(entries) = &chunks::of_place(id.place())?.side else {
        return None;
    };
    match entries.lock().get(id.place()) {
        SharedEntry::Watched(handle) => Some(handle.clone()),
        _ => None,
    }
}

fn local_handle(id: ObjectId) -> Option<std::rc::Weak<dyn Erased>> {
    local::with(|local| match local.values.entry(id.place()) {
        Some(Entry::Live(handle)) => Some(handle.clone()),
        _ => None,
    })
    .flatten()
}

/// The handle to the value of an `Arc`, for whoever holds the lock of the pins.
pub(super) fn shared_handle(id: ObjectId) -> Option<std::sync::Weak<dyn SharedErased>> {
    let chunk = chunks::of_place(id.place())?;
    let Side::Shared(entries) = &chunk.side else {
        return None;
    };
    let entries = entries.lock();
    if !chunk.slots[(id.place() % CHUNK) as usize].lives(id) {
        return None;
    }
    match entries.get(id.place()) {
        SharedEntry::Live(handle) => Some(handle.clone()),
        SharedEntry::Watched(_) | SharedEntry::None => None,
    }
}

/// The value of an object behind an `Rc` of this thread.
pub(super) fn local_strong(id: ObjectId) -> Option<std::rc::Rc<dyn Erased>> {
    let chunk = chunks::of_place(id.place())?;
    if !matches!(chunk.side, Side::Local(_)) || !chunks::slot_of(id)?.lives(id) {
        return None;
    }
    local_handle(id)?.upgrade()
}
