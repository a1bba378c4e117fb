//! Objects behind std's own pointers that were registered one by one.
//!
//! Nothing tells when such a value is dropped, so the table finds out when it is asked.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::Location;

use crate::holder::Holder;
use crate::lock::Mutex;
use crate::object_id::ObjectId;
use crate::table::interned::kinds::{Reattach, TypeMeta};
use crate::table::pins::address;
use crate::table::record;
use crate::table::thread;
use crate::tracked::Value;

/// A value behind an `Rc` of std, without its type.
pub(crate) trait WatchedRc: Any {
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
pub(crate) trait WatchedArc: Any + Send + Sync {
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

/// What is watched. An address is not used anew while it stands here, since the weak handle keeps
/// the allocation.
pub(crate) struct Watched<W> {
    by_address: BTreeMap<usize, ObjectId>,
    by_id: BTreeMap<ObjectId, (usize, W)>,
}

/// What any thread may look at; what belongs to a thread is in its part of the table.
static OF_ALL: Mutex<Watched<std::sync::Weak<dyn WatchedArc>>> = Mutex::new(Watched::new());

impl<W: Clone> Default for Watched<W> {
    fn default() -> Self {
        Self::new()
    }
}

impl<W: Clone> Watched<W> {
    pub(crate) const fn new() -> Self {
        Self {
            by_address: BTreeMap::new(),
            by_id: BTreeMap::new(),
        }
    }

    fn add(&mut self, address: usize, id: ObjectId, weak: W) {
        self.by_address.insert(address, id);
        self.by_id.insert(id, (address, weak));
    }

    fn get(&self, id: ObjectId) -> Option<W> {
        self.by_id.get(&id).map(|(_, weak)| weak.clone())
    }

    /// Takes out what is not alive.
    fn take_dead(&mut self, strong_count: impl Fn(&W) -> usize) -> Vec<(ObjectId, W)> {
        let alive = |(_, weak): &(usize, W)| strong_count(weak) > 0;
        if self.by_id.values().all(alive) {
            return Vec::new();
        }
        let (all, mut dead) = (std::mem::take(&mut self.by_id), Vec::new());
        for (id, watched) in all {
            if alive(&watched) {
                self.by_id.insert(id, watched);
            } else {
                self.by_address.remove(&watched.0);
                dead.push((id, watched.1));
            }
        }
        dead
    }

    fn addresses(&self) -> impl Iterator<Item = (usize, ObjectId)> {
        self.by_address.iter().map(|(&address, &id)| (address, id))
    }
}

pub(crate) fn watch_rc<T: 'static>(
    pointer: &std::rc::Rc<T>,
    site: &'static Location<'static>,
) -> Option<ObjectId> {
    forget_dead();
    let address = address::<T>(pointer);
    let (begun, known) = thread::with(|local| {
        let known = local.watched.by_address.get(&address).copied();
        (local.begin(), known)
    });
    if known.is_some() || !begun {
        return known;
    }
    let weak: std::rc::Weak<T> = std::rc::Rc::downgrade(pointer);
    let id = record::list_rc(<T as WatchMeta>::RC, site, None).id;
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
    if let Some(&known) = watched.by_address.get(&address) {
        return Some(known);
    }
    let id = record::list_bare(<T as WatchMeta>::ARC, site);
    if id == ObjectId::NONE {
        return None;
    }
    let weak: std::sync::Weak<T> = std::sync::Arc::downgrade(pointer);
    watched.add(address, id, weak);
    Some(id)
}

/// The handle to a watched value of this thread.
pub(crate) fn watched_rc(id: ObjectId) -> Option<std::rc::Weak<dyn WatchedRc>> {
    thread::with(|local| local.watched.get(id))
}

/// The handle to a watched value of any thread.
pub(crate) fn watched_arc(id: ObjectId) -> Option<std::sync::Weak<dyn WatchedArc>> {
    OF_ALL.lock().get(id)
}

/// Forgets what was watched and is not alive any more.
pub(crate) fn forget_dead() {
    let of_thread = thread::with(|local| local.watched.take_dead(|weak| weak.strong_count()));
    for (id, weak) in of_thread {
        record::forget_rc(id.place());
        drop(weak);
    }
    let of_all = OF_ALL.lock().take_dead(|weak| weak.strong_count());
    for (id, weak) in of_all {
        record::forget_bare(id.place());
        drop(weak);
    }
}

/// What is watched, by address, as far as this thread may look at it.
pub(crate) fn watched() -> Vec<(usize, ObjectId)> {
    let mut all: Vec<_> = OF_ALL.lock().addresses().collect();
    thread::with(|local| all.extend(local.watched.addresses()));
    all
}
