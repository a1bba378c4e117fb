//! What the table tells: which objects there are, and, one at a time, their values.

use std::collections::HashMap;

use super::births::{Born, Reader};
use super::chunks::{self, CHUNK, Chunk, Side};
use super::inner::Erased;
use super::local::Local;
use super::watched::{self, watched_arc, watched_rc};
use super::{kinds, local, origins, pins, shared};
use crate::capture::{Listed, Looked};
use crate::object_id::ObjectId;
use crate::snapshot::Holder;
use crate::tracked::Value;

/// Every object, in the order of the table.
pub(crate) fn list() -> Vec<Listed> {
    let mut listed = Vec::new();
    list_each(&mut |object| listed.push(*object));
    listed
}

/// Tells of every object, in the order of the table. Nothing is locked meanwhile.
pub(crate) fn list_each(tell: &mut dyn FnMut(&Listed)) {
    list_chunks(0..chunks::made(), origins::known(), tell);
}

/// The objects behind an `Rc` of the calling thread, in the order of the table.
pub(crate) fn own_values() -> Vec<Listed> {
    let own = local::with(|local| local.values.chunks());
    let mut listed = Vec::new();
    // What other threads left in the chunks before is not looked at.
    list_chunks(own.into_iter(), HashMap::new(), &mut |object| {
        if !object.elsewhere {
            listed.push(*object);
        }
    });
    listed
}

/// The thread and the scope of each origin that is known already.
type Origins = HashMap<u32, (u32, u32)>;

fn list_chunks(
    numbers: impl Iterator<Item = u32>,
    mut origins: Origins,
    tell: &mut dyn FnMut(&Listed),
) {
    watched::forget_dead();
    let this = this_thread();
    let mut holders = kinds::holders();
    let mut births = Reader::default();
    let mut near = (origins::NOT_KNOWN, origins::NOWHERE);
    for number in numbers {
        let Some(chunk) = chunks::get(number) else {
            continue;
        };
        for (offset, slot) in (0..CHUNK).zip(chunk.slots) {
            let Some((round, born)) = slot.living(&mut births) else {
                continue;
            };
            if holders.len() <= born.kind as usize {
                holders = kinds::holders();
            }
            let Some(&holder) = holders.get(born.kind as usize) else {
                continue;
            };
            let id = ObjectId::new(number * CHUNK + offset, round);
            if near.0 != born.origin {
                let of = || origins::of(born.origin);
                near = (born.origin, *origins.entry(born.origin).or_insert_with(of));
            }
            tell(&told(
                id,
                &born,
                holder,
                near.1,
                is_elsewhere(chunk, near.1.0, this),
            ));
        }
    }
}

/// Whether an object is still alive.
pub(crate) fn lives(id: ObjectId) -> bool {
    chunks::slot_of(id).is_some_and(|slot| slot.lives(id))
}

/// Where the allocations of these objects are, as their pointers tell; 0 where the table has no
/// handle.
pub(crate) fn addresses(ids: impl Iterator<Item = ObjectId>) -> Vec<usize> {
    local::with(|local| {
        let addresses = ids.map(|id| address(local, id).unwrap_or_default());
        addresses.collect()
    })
}

#[inline]
fn address(local: &mut Local, id: ObjectId) -> Option<usize> {
    match &local.chunk(id.place())?.side {
        Side::Local(_) => {
            let handle = local.values.handle(id.place())?.as_ref()?;
            Some(handle.as_ptr().cast::<()>().addr())
        }
        Side::Shared(_) => shared::address(id),
        Side::Bare => None,
    }
}

/// What the table tells of one object; `None` if there is no such object any more.
pub(crate) fn describe(id: ObjectId) -> Option<Listed> {
    watched::forget_dead();
    let chunk = chunks::of_place(id.place()).filter(|_| id.is_in_table())?;
    let (round, born) = chunk.slot(id.place()).living(&mut Reader::default())?;
    if round != id.round() {
        return None;
    }
    let holder = kinds::holder(born.kind)?;
    let origin = origins::of(born.origin);
    let elsewhere = is_elsewhere(chunk, origin.0, this_thread());
    Some(told(id, &born, holder, origin, elsewhere))
}

/// The number of the calling thread; 0 if it has none yet, or any more.
fn this_thread() -> u32 {
    local::with(|local| local.entries.thread())
}

/// Whether the value of an object in this chunk, made by a thread, is another's than of `this`.
fn is_elsewhere(chunk: &Chunk, made_by: u32, this: u32) -> bool {
    matches!(chunk.side, Side::Local(_)) && (this == 0 || made_by != this)
}

fn told(
    id: ObjectId,
    born: &Born,
    holder: Holder,
    (thread, scope): (u32, u32),
    elsewhere: bool,
) -> Listed {
    Listed {
        id,
        kind: born.kind,
        thread,
        scope,
        epoch: born.epoch,
        holder,
        elsewhere,
    }
}

/// Lets `see` look at the value of an object, with its strong and weak counts. The value is
/// pinned meanwhile; nothing is locked.
pub(crate) fn look(id: ObjectId, see: &mut dyn FnMut(Value<'_>, usize, usize)) -> Looked {
    let chunk = chunks::of_place(id.place()).filter(|_| id.is_in_table());
    let Some(chunk) = chunk.filter(|chunk| chunk.slot(id.place()).lives(id)) else {
        return Looked::Gone;
    };
    match &chunk.side {
        Side::Local(_) => look_local(id, see),
        Side::Bare => look_watched_arc(id, see).unwrap_or(Looked::Lent),
        Side::Shared(_) => match pins::pin(id) {
            Some(pinned) => {
                if let Some(value) = pinned.get() {
                    see(value.value(), pinned.strong, pinned.weak);
                }
                Looked::Seen
            }
            None if chunk.slot(id.place()).lives(id) => Looked::Lent,
            None => Looked::Gone,
        },
    }
}

fn look_local(id: ObjectId, see: &mut dyn FnMut(Value<'_>, usize, usize)) -> Looked {
    let counted = local::with(|local| {
        let handle = local.values.handle(id.place())?.as_ref()?;
        // The table's own handle is not the program's.
        let weak = handle.weak_count().saturating_sub(1);
        Some((handle.strong_count(), weak, handle.upgrade()))
    });
    let Some((all, weak, strong)) = counted else {
        return look_watched_rc(id, see).unwrap_or(Looked::Lent);
    };
    let Some(strong) = strong else {
        return Looked::Gone;
    };
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

/// The handle to the value of an `Arc`, for whoever holds the lock of the pins.
pub(super) fn shared_handle(id: ObjectId) -> shared::Handle {
    shared::copy(id)
}

/// The value of an object behind an `Rc` of this thread.
pub(super) fn local_strong(id: ObjectId) -> Option<std::rc::Rc<dyn Erased>> {
    let chunk = chunks::of_place(id.place())?;
    if !matches!(chunk.side, Side::Local(_)) || !chunks::slot_of(id)?.lives(id) {
        return None;
    }
    local::with(|local| local.values.handle(id.place())?.as_ref()?.upgrade())
}
