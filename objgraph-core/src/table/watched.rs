//! Watched objects: those behind std's own pointers that the program registered one by one.
//!
//! Nothing notifies the table when such a value is dropped. It finds out at the next query.

use std::panic::Location;

use crate::lock::Mutex;
use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::table::erased::{WatchedArc, WatchedRc};
use crate::table::interned::kinds::{Reattach, TypeMeta};
use crate::table::pins::address;
use crate::table::record;
use crate::table::thread;
use crate::table::watch_list::WatchList;

trait WatchMeta {
    const RC: &'static TypeMeta;
    const ARC: &'static TypeMeta;
}

impl<T: 'static> WatchMeta for T {
    const RC: &'static TypeMeta = &TypeMeta::new::<T>(PointerKind::StdRc, Reattach::Never);
    const ARC: &'static TypeMeta = &TypeMeta::new::<T>(PointerKind::StdArc, Reattach::Never);
}

/// The watched objects that any thread may visit. Those of one thread are in its part of the table.
static OF_ALL: Mutex<WatchList<std::sync::Weak<dyn WatchedArc>>> = Mutex::new(WatchList::new());

pub(crate) fn watch_rc<T: 'static>(
    pointer: &std::rc::Rc<T>,
    site: &'static Location<'static>,
) -> Option<ObjectId> {
    forget_dead();
    let address = address::<T>(pointer);
    let (begun, known) = thread::with(|local| {
        let known = local.watched.id_at(address);
        (local.begin(), known)
    });
    if known.is_some() || !begun {
        return known;
    }
    let weak: std::rc::Weak<T> = std::rc::Rc::downgrade(pointer);
    let id = record::add_rc(<T as WatchMeta>::RC, site, None).id;
    if id == ObjectId::NONE {
        return None;
    }
    thread::with(|local| local.watched.add(address, id, weak));
    Some(id)
}

pub(crate) fn watch_arc<T: Send + Sync + 'static>(
    pointer: &std::sync::Arc<T>,
    site: &'static Location<'static>,
) -> Option<ObjectId> {
    forget_dead();
    let address = address::<T>(pointer);
    let mut watched = OF_ALL.lock();
    if let Some(known) = watched.id_at(address) {
        return Some(known);
    }
    let id = record::add_bare(<T as WatchMeta>::ARC, site);
    if id == ObjectId::NONE {
        return None;
    }
    let weak: std::sync::Weak<T> = std::sync::Arc::downgrade(pointer);
    watched.add(address, id, weak);
    Some(id)
}

/// Returns the handle to a watched value of this thread.
pub(crate) fn watched_rc(id: ObjectId) -> Option<std::rc::Weak<dyn WatchedRc>> {
    thread::with(|local| local.watched.get(id))
}

/// Returns the handle to a watched value behind an `Arc`.
pub(crate) fn watched_arc(id: ObjectId) -> Option<std::sync::Weak<dyn WatchedArc>> {
    OF_ALL.lock().get(id)
}

/// Removes the watched objects that are dead.
pub(crate) fn forget_dead() {
    let of_thread = thread::with(|local| local.watched.take_dead(|weak| weak.strong_count()));
    for (id, weak) in of_thread {
        record::remove_rc(id.place());
        drop(weak);
    }
    let of_all = OF_ALL.lock().take_dead(|weak| weak.strong_count());
    for (id, weak) in of_all {
        record::remove_bare(id.place());
        drop(weak);
    }
}

/// Lists the watched objects that this thread may visit, by address.
pub(crate) fn watched() -> Vec<(usize, ObjectId)> {
    let mut all: Vec<_> = OF_ALL.lock().addresses().collect();
    thread::with(|local| all.extend(local.watched.addresses()));
    all
}
