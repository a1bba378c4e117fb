//! Reads the table: lists objects, and visits their values one at a time.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::listing::{KindCount, ListedObject, Run, VisitOutcome};
use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::table::erased::RcValue;
use crate::table::interned::birth_rows::{Birth, Reader};
use crate::table::interned::counters;
use crate::table::interned::kinds;
use crate::table::interned::origins;
#[cfg(feature = "nightly")]
use crate::table::local_arcs;
use crate::table::pins;
use crate::table::places::chunks::{self, CHUNK, Chunk, Side};
use crate::table::places::shared;
use crate::table::thread;
use crate::table::thread::LocalTable;
use crate::table::watched::{self, watched_arc, watched_rc};
use crate::tracked::Value;

/// Returns how many objects of each kind live, and were ever created.
pub(crate) fn counts() -> Vec<KindCount> {
    watched::forget_dead();
    counters::counts()
}

/// Lists all objects, in the order of the table.
pub(crate) fn list() -> Vec<ListedObject> {
    let mut listed = Vec::new();
    list_each(&mut |object| listed.push(*object));
    listed
}

/// Reports all objects, in the order of the table. Nothing is locked meanwhile.
pub(crate) fn list_each(report: &mut dyn FnMut(&ListedObject)) {
    list_runs(&mut |run| run.each().for_each(|object| report(&object)));
}

/// Reports all objects, in the order of the table, in runs of objects that differ only in their
/// ids.
///
/// Nothing is locked meanwhile, so objects that die during the call may still be reported.
pub(crate) fn list_runs(report: &mut dyn FnMut(&Run<'_>)) {
    list_chunks(0..chunks::made(), origins::known(), report);
}

/// Lists the `Rc` objects of the calling thread, in the order of the table.
pub(crate) fn own_values() -> Vec<ListedObject> {
    let own = thread::with(|local| local.values.chunks());
    let mut listed = Vec::new();
    // Objects that other threads left in the same chunks belong to these threads.
    list_chunks(own.into_iter(), HashMap::new(), &mut |run| {
        if !run.first.elsewhere {
            listed.extend(run.each());
        }
    });
    listed
}

/// The thread and the scope of origins that are known already.
type KnownOrigins = HashMap<u32, (u32, u32)>;

fn list_chunks(
    numbers: impl Iterator<Item = u32>,
    mut origins: KnownOrigins,
    report: &mut dyn FnMut(&Run<'_>),
) {
    watched::forget_dead();
    let this = this_thread();
    let mut pointer_kinds = kinds::pointer_kinds();
    let mut births = Reader::default();
    let mut near = (origins::NOT_KNOWN, origins::NOWHERE);
    let mut ids = [ObjectId::NONE; CHUNK as usize];
    for number in numbers {
        let Some(chunk) = chunks::get(number) else {
            continue;
        };
        let mut report_run = |born: Birth, ids: &[ObjectId]| {
            if ids.is_empty() {
                return;
            }
            if pointer_kinds.len() <= born.kind as usize {
                pointer_kinds = kinds::pointer_kinds();
            }
            let Some(&pointer_kind) = pointer_kinds.get(born.kind as usize) else {
                return;
            };
            if near.0 != born.origin {
                let of = || origins::of(born.origin);
                near = (born.origin, *origins.entry(born.origin).or_insert_with(of));
            }
            let elsewhere = is_elsewhere(chunk, near.1.0, this);
            let first = listed_object(ids[0], &born, pointer_kind, near.1, elsewhere);
            report(&Run { first, ids });
        };
        let (mut born_of_run, mut len) = (Birth::default(), 0);
        for (offset, slot) in (0..CHUNK).zip(chunk.slots) {
            let Some((round, born)) = slot.living(&mut births) else {
                continue;
            };
            if born != born_of_run {
                report_run(born_of_run, &ids[..len]);
                (born_of_run, len) = (born, 0);
            }
            ids[len] = ObjectId::new(number * CHUNK + offset, round);
            len += 1;
        }
        report_run(born_of_run, &ids[..len]);
    }
}

/// Whether an object is alive.
pub(crate) fn lives(id: ObjectId) -> bool {
    chunks::slot_of(id).is_some_and(|slot| slot.lives(id))
}

/// Appends the addresses of the allocations of these objects; 0 where the table has no handle.
pub(crate) fn addresses(ids: &[ObjectId], addresses: &mut Vec<usize>) {
    thread::with(|local| {
        let number = |id: &ObjectId| id.place() / CHUNK;
        for ids in ids.chunk_by(|one, next| number(one) == number(next)) {
            let first = ids[0].place();
            let side = chunks::of_place(first).map(|chunk| &chunk.side);
            let own = match side {
                Some(Side::Local(_)) => local.values.handles_beside(first),
                _ => None,
            };
            match (side, own) {
                (_, Some(own)) => addresses.extend(ids.iter().map(|id| {
                    let handle = own[usize::from(id.place() as u8)].as_ref();
                    handle.map_or(0, |handle| handle.as_ptr().cast::<()>().addr())
                })),
                (Some(Side::Shared(_)), _) => {
                    let each = ids.iter().map(|&id| shared::address(id));
                    addresses.extend(each.map(Option::unwrap_or_default));
                }
                _ => addresses.resize(addresses.len() + ids.len(), 0),
            }
        }
    });
}

/// Describes an object; `None` if it is not alive.
pub(crate) fn describe(id: ObjectId) -> Option<ListedObject> {
    watched::forget_dead();
    let chunk = chunks::of_place(id.place()).filter(|_| id.is_in_table())?;
    let (round, born) = chunk.slot(id.place()).living(&mut Reader::default())?;
    if round != id.round() {
        return None;
    }
    let pointer_kind = kinds::pointer_kind(born.kind)?;
    let origin = origins::of(born.origin);
    let elsewhere = is_elsewhere(chunk, origin.0, this_thread());
    Some(listed_object(id, &born, pointer_kind, origin, elsewhere))
}

/// Returns the number of the calling thread; 0 before it begins and after it ended.
pub(crate) fn this_thread() -> u32 {
    thread::with(|local| local.scopes.thread())
}

/// Whether the value of an object in this chunk belongs to another thread than `this`.
fn is_elsewhere(chunk: &Chunk, made_by: u32, this: u32) -> bool {
    matches!(chunk.side, Side::Local(_)) && (this == 0 || made_by != this)
}

fn listed_object(
    id: ObjectId,
    born: &Birth,
    pointer_kind: PointerKind,
    (thread, scope): (u32, u32),
    elsewhere: bool,
) -> ListedObject {
    ListedObject {
        id,
        kind: born.kind,
        thread,
        scope,
        epoch: born.epoch,
        pointer_kind,
        elsewhere,
    }
}

/// Calls `see` with the value of an object and its strong and weak counts. The value is pinned
/// meanwhile, and nothing is locked.
#[inline]
pub(crate) fn visit(id: ObjectId, mut see: impl FnMut(Value<'_>, usize, usize)) -> VisitOutcome {
    // Borrowed, not moved: reading in one piece what was just written in several would stall.
    match &pin_own(id) {
        OwnValue::Pinned(own) => {
            see(own.strong.value(), own.count, own.weak);
            // If the program dropped its last handle meanwhile, the value is dropped here.
            VisitOutcome::Visited
        }
        OwnValue::Gone => VisitOutcome::Gone,
        OwnValue::Unknown => visit_elsewhere(id, &mut see),
    }
}

/// Calls `see` with the values of several `Arc` objects, each with its position, and its strong and weak
/// counts. All are pinned meanwhile, and nothing is locked. Returns false, and calls nothing, if they
/// cannot be pinned together: see [`pins::pin_all`].
pub(crate) fn visit_all(
    ids: &[ObjectId],
    see: &mut dyn FnMut(usize, Value<'_>, usize, usize),
) -> bool {
    let Some(pinned) = pins::pin_all(ids) else {
        return false;
    };
    for (at, pin) in pinned.values().iter().enumerate() {
        see(at, pin.handle.value(), pin.strong, pin.weak);
    }
    true
}

/// The value of an object, looked up among those of this thread.
enum OwnValue {
    Pinned(OwnPin),
    Gone,
    /// It belongs to no object of this thread, or the table has no handle to it.
    Unknown,
}

/// A pin on a value behind an `Rc` of this thread.
struct OwnPin {
    // Before the pin, so that counts never show the handle without it.
    strong: std::rc::Rc<dyn RcValue>,
    _pin: pins::LocalPin,
    count: usize,
    weak: usize,
}

#[inline]
fn pin_own(id: ObjectId) -> OwnValue {
    thread::with_cell(|local| pin_own_in(local, id))
}

fn pin_own_in(local: &RefCell<LocalTable>, id: ObjectId) -> OwnValue {
    let mut part = local.borrow_mut();
    if !id.is_in_table() {
        return OwnValue::Unknown;
    }
    let Some(handle) = part.values.handle_of(id) else {
        return OwnValue::Unknown;
    };
    let Some(strong) = handle.upgrade() else {
        return OwnValue::Gone;
    };
    let (pin, pinned) = pins::LocalPin::new(pins::address(&*strong));
    OwnValue::Pinned(OwnPin {
        // Neither this handle nor that of the table is the program's.
        count: std::rc::Rc::strong_count(&strong) - 1 - pinned,
        weak: handle.weak_count().saturating_sub(1),
        strong,
        _pin: pin,
    })
}

#[cold]
#[inline(never)]
fn visit_elsewhere(id: ObjectId, see: &mut dyn FnMut(Value<'_>, usize, usize)) -> VisitOutcome {
    let chunk = chunks::of_place(id.place()).filter(|_| id.is_in_table());
    let Some(chunk) = chunk.filter(|chunk| chunk.slot(id.place()).lives(id)) else {
        return VisitOutcome::Gone;
    };
    match &chunk.side {
        Side::Local(_) => {
            #[cfg(feature = "nightly")]
            if let Some(outcome) = visit_local_arc(id, see) {
                return outcome;
            }
            visit_watched_rc(id, see).unwrap_or(VisitOutcome::Lent)
        }
        Side::Bare => visit_watched_arc(id, see).unwrap_or(VisitOutcome::Lent),
        Side::Shared(_) => match pins::pin(id) {
            Some(pinned) => {
                if let Some(value) = pinned.get() {
                    see(value.value(), pinned.strong, pinned.weak);
                }
                VisitOutcome::Visited
            }
            None if chunk.slot(id.place()).lives(id) => VisitOutcome::Lent,
            None => VisitOutcome::Gone,
        },
    }
}

/// Visits a value behind an `Arc` that stays on this thread; `None` if it is none, or is lent.
#[cfg(feature = "nightly")]
fn visit_local_arc(
    id: ObjectId,
    see: &mut dyn FnMut(Value<'_>, usize, usize),
) -> Option<VisitOutcome> {
    let handle = local_arcs::handle(id)?;
    let Some(pinned) = pins::pin_weak(&handle) else {
        return Some(VisitOutcome::Gone);
    };
    drop(handle);
    if let Some(value) = pinned.get() {
        see(value.value(), pinned.strong, pinned.weak.saturating_sub(1));
    }
    Some(VisitOutcome::Visited)
}

/// Visits a watched value behind an `Rc`; `None` if it is not watched.
fn visit_watched_rc(
    id: ObjectId,
    see: &mut dyn FnMut(Value<'_>, usize, usize),
) -> Option<VisitOutcome> {
    let handle = watched_rc(id)?;
    let (strong, weak) = (handle.strong_count(), handle.weak_count().saturating_sub(2));
    let Some(value) = handle.upgrade() else {
        return Some(VisitOutcome::Gone);
    };
    drop(handle);
    see((*value).watched_value(), strong, weak);
    Some(VisitOutcome::Visited)
}

/// Visits a watched value behind an `Arc`; `None` if it is not watched.
fn visit_watched_arc(
    id: ObjectId,
    see: &mut dyn FnMut(Value<'_>, usize, usize),
) -> Option<VisitOutcome> {
    let handle = watched_arc(id)?;
    let (strong, weak) = (handle.strong_count(), handle.weak_count().saturating_sub(2));
    let Some(value) = handle.upgrade() else {
        return Some(VisitOutcome::Gone);
    };
    drop(handle);
    see((*value).watched_value(), strong, weak);
    Some(VisitOutcome::Visited)
}

/// Returns a strong handle to the value of an object behind an `Rc` of this thread.
pub(crate) fn local_strong(id: ObjectId) -> Option<std::rc::Rc<dyn RcValue>> {
    let chunk = chunks::of_place(id.place())?;
    if !matches!(chunk.side, Side::Local(_)) || !chunks::slot_of(id)?.lives(id) {
        return None;
    }
    thread::with(|local| local.values.handle(id.place())?.as_ref()?.upgrade())
}
