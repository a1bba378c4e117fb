//! Objects behind std's own pointers that were registered one by one.
//!
//! Nothing tells when such a value is dropped, so the table finds out when it is asked.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;

use parking_lot::Mutex;

use super::kinds::{Reattach, TypeMeta};
use super::local::Entry;
use super::pins::address;
use super::shared::SharedEntry;
use super::table;
use crate::object_id::ObjectId;
use crate::snapshot::Holder;
use crate::tracked::Value;

/// A value behind an `Rc` of std, without its type.
pub(super) trait WatchedRc: Any {
    fn watched_value(&self) -> Value<'_>;
    /// The `Rc<T>`.
    fn into_watched_pointer(self: std::rc::Rc<Self>) -> Box<dyn Any>;
}

impl<T: 'static> WatchedRc for T {
    fn watched_value(&self) -> Value<'_> {
        self
    }

    fn into_watched_pointer(self: std::rc::Rc<Self>) -> Box<dyn Any> {
        Box::new(self)
    }
}

/// A value behind an `Arc` of std, without its type.
pub(super) trait WatchedArc: Any + Send + Sync {
    fn watched_value(&self) -> Value<'_>;
    /// The `Arc<T>`.
    fn into_watched_pointer(self: std::sync::Arc<Self>) -> Box<dyn Any>;
}

impl<T: Send + Sync + 'static> WatchedArc for T {
    fn watched_value(&self) -> Value<'_> {
        self
    }

    fn into_watched_pointer(self: std::sync::Arc<Self>) -> Box<dyn Any> {
        Box::new(self)
    }
}

trait WatchMeta {
    const RC: &'static TypeMeta;
    const ARC: &'static TypeMeta;
}

impl<T: 'static> WatchMeta for T {
    const RC: &'static TypeMeta = &TypeMeta::new::<T>(Holder::StdRc, Reattach::Never);
    const ARC: &'static TypeMeta = &TypeMeta::new::<T>(Holder::StdArc, Reattach::Never);
}

thread_local! {
    /// What this thread watches, by address. An address is not used anew while it stands here,
    /// since the table's weak handle keeps the allocation.
    static OF_THREAD: RefCell<HashMap<usize, ObjectId>> = RefCell::default();
}

static OF_ALL: Mutex<Option<HashMap<usize, ObjectId>>> = Mutex::new(None);

pub(crate) fn watch_rc<T: 'static>(
    pointer: &std::rc::Rc<T>,
    site: &'static Location<'static>,
) -> Option<ObjectId> {
    forget_dead();
    let address = address::<T>(pointer);
    let known = OF_THREAD
        .try_with(|watched| watched.borrow().get(&address).copied())
        .ok()?;
    if known.is_some() {
        return known;
    }
    let weak: std::rc::Weak<T> = std::rc::Rc::downgrade(pointer);
    let id = table::list_local(<T as WatchMeta>::RC, site, Entry::Watched(weak))?;
    let _ = OF_THREAD.try_with(|watched| watched.borrow_mut().insert(address, id));
    Some(id)
}

pub(crate) fn watch_arc<T: Send + Sync + 'static>(
    pointer: &std::sync::Arc<T>,
    site: &'static Location<'static>,
) -> Option<ObjectId> {
    forget_dead();
    let address = address::<T>(pointer);
    let known = OF_ALL
        .lock()
        .get_or_insert_with(HashMap::new)
        .get(&address)
        .copied();
    if known.is_some() {
        return known;
    }
    let weak: std::sync::Weak<T> = std::sync::Arc::downgrade(pointer);
    let id = table::list_shared(<T as WatchMeta>::ARC, site, SharedEntry::Watched(weak))?;
    OF_ALL
        .lock()
        .get_or_insert_with(HashMap::new)
        .insert(address, id);
    Some(id)
}

/// Forgets what was watched and is not alive any more.
pub(super) fn forget_dead() {
    let mut dead = Vec::new();
    let mut keep = |id: ObjectId| {
        let alive = table::watched_lives(id);
        if !alive {
            dead.push(id);
        }
        alive
    };
    let _ = OF_THREAD.try_with(|watched| watched.borrow_mut().retain(|_, id| keep(*id)));
    if let Some(watched) = OF_ALL.lock().as_mut() {
        watched.retain(|_, id| keep(*id));
    }
    for id in dead {
        table::forget(id);
    }
}

/// What is watched, by address, as far as this thread may look at it.
pub(crate) fn watched() -> Vec<(usize, ObjectId)> {
    let mut all: Vec<_> = OF_ALL
        .lock()
        .iter()
        .flatten()
        .map(|(&address, &id)| (address, id))
        .collect();
    let _ = OF_THREAD.try_with(|watched| {
        all.extend(watched.borrow().iter().map(|(&address, &id)| (address, id)));
    });
    all
}
