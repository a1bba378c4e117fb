//! Zombies: allocations that weak references keep after their values are gone.
//!
//! std reports no weak count once the value is dropped. So while a [`ZombieWatch`] exists, the weak
//! references to objects that are created in its scope are counted as they come and go, by the
//! address of the allocation, which is not reused before the last of them is dropped. Without a
//! watch, each creation and each drop of a weak reference costs one load.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::interned::kinds;
use super::places::chunks;
use super::read;
use super::scope_handle::ScopeHandle;
use crate::listing::Zombies;
use crate::lock::Mutex;
use crate::object_id::ObjectId;

/// Number of watches.
static WATCHES: AtomicUsize = AtomicUsize::new(0);

static COUNTED: Mutex<Option<WeakCounts>> = Mutex::new(None);

#[derive(Default)]
struct WeakCounts {
    /// The scopes of the watches.
    scopes: Vec<ScopeHandle>,
    /// By address.
    allocations: HashMap<usize, Allocation>,
}

/// An allocation to which there are weak references.
struct Allocation {
    /// `None` for an object that `new_cyclic` has not created yet.
    object: Option<ScopedObject>,
    weak: u64,
    /// Whether the value was moved elsewhere.
    is_moved: bool,
}

/// An object that was created in the scope of a watch.
#[derive(Clone)]
struct ScopedObject {
    id: ObjectId,
    kind: u32,
    /// The numbers of the scopes of the watches that it belongs to.
    scopes: Vec<u32>,
}

/// Counts the zombies among objects that are created in a scope from now on, while it exists.
pub(crate) struct ZombieWatch(ScopeHandle);

impl ZombieWatch {
    pub(crate) fn of(scope: &ScopeHandle) -> Self {
        let mut counted = COUNTED.lock();
        counted.get_or_insert_default().scopes.push(scope.clone());
        WATCHES.fetch_add(1, Ordering::SeqCst);
        Self(scope.clone())
    }

    /// Returns the number of zombies of each type and site.
    pub(crate) fn zombies(&self) -> Zombies {
        let kinds_of_dead = {
            let counted = COUNTED.lock();
            let allocations = counted
                .iter()
                .flat_map(|counted| counted.allocations.values());
            let dead = allocations.filter_map(|allocation| {
                let object = allocation.object.as_ref()?;
                let is_own = object.scopes.contains(&self.0.number());
                let is_dead = allocation.is_moved
                    || !chunks::slot_of(object.id).is_some_and(|slot| slot.lives(object.id));
                (is_own && is_dead).then_some(object.kind)
            });
            let mut number: HashMap<u32, u64> = HashMap::new();
            dead.for_each(|kind| *number.entry(kind).or_default() += 1);
            number
        };
        let named = kinds_of_dead.into_iter().filter_map(|(kind, number)| {
            let kind = kinds::kind(kind)?;
            Some(((kind.name)(), kind.site, number))
        });
        named.collect()
    }
}

impl Drop for ZombieWatch {
    fn drop(&mut self) {
        let mut counted = COUNTED.lock();
        WATCHES.fetch_sub(1, Ordering::SeqCst);
        let Some(of_all) = counted.as_mut() else {
            return;
        };
        let number = self.0.number();
        if let Some(at) = of_all.scopes.iter().position(|one| one.number() == number) {
            let _ended = of_all.scopes.swap_remove(at);
        }
        if of_all.scopes.is_empty() {
            *counted = None;
        }
    }
}

#[inline]
fn is_watched() -> bool {
    // Relaxed: pairs with the addition of `ZombieWatch::of`. A thread enters the scope after that,
    // so whatever gave it the scope has ordered this load after the addition.
    WATCHES.load(Ordering::Relaxed) != 0
}

/// Records that a weak reference is made from a strong one.
#[inline]
pub(crate) fn record_downgrade(address: impl FnOnce() -> usize, object: Option<ObjectId>) {
    if is_watched() {
        count_object(address(), object);
    }
}

#[cold]
fn count_object(address: usize, id: Option<ObjectId>) {
    let mut counted = COUNTED.lock();
    let Some(of_all) = counted.as_mut() else {
        return;
    };
    if let Some(allocation) = of_all.allocations.get_mut(&address) {
        allocation.weak += 1;
        return;
    }
    let scopes = of_all.scopes.clone();
    drop(counted);
    let Some(object) = id.and_then(|id| object_in(id, &scopes)) else {
        return;
    };
    if let Some(of_all) = COUNTED.lock().as_mut() {
        let new = || Allocation {
            object: Some(object),
            weak: 0,
            is_moved: false,
        };
        of_all.allocations.entry(address).or_insert_with(new).weak += 1;
    }
}

/// Describes an object, if it was created in one of the scopes.
fn object_in(id: ObjectId, scopes: &[ScopeHandle]) -> Option<ScopedObject> {
    let listed = read::describe(id)?;
    let around = scopes.iter().filter(|scope| scope.contains(listed.scope));
    let scopes: Vec<u32> = around.map(ScopeHandle::number).collect();
    (!scopes.is_empty()).then_some(ScopedObject {
        id,
        kind: listed.kind,
        scopes,
    })
}

/// Records that `new_cyclic` makes a weak reference to an object that it has not created yet.
#[inline]
pub(crate) fn record_promise(address: impl FnOnce() -> usize) {
    if is_watched() {
        count_promised(address());
    }
}

#[cold]
fn count_promised(address: usize) {
    if let Some(counted) = COUNTED.lock().as_mut() {
        let allocation = counted.allocations.entry(address);
        let new = || Allocation {
            object: None,
            weak: 0,
            is_moved: false,
        };
        allocation.or_insert_with(new).weak += 1;
    }
}

/// Records that `new_cyclic` has created an object.
#[inline]
pub(crate) fn record_creation(address: impl FnOnce() -> usize, object: Option<ObjectId>) {
    if is_watched() {
        name_promised(address(), object);
    }
}

#[cold]
fn name_promised(address: usize, id: Option<ObjectId>) {
    let scopes = match COUNTED.lock().as_ref() {
        Some(counted) if counted.allocations.contains_key(&address) => counted.scopes.clone(),
        _ => return,
    };
    let object = id.and_then(|id| object_in(id, &scopes));
    if let Some(counted) = COUNTED.lock().as_mut() {
        match object {
            None => drop(counted.allocations.remove(&address)),
            Some(object) => {
                if let Some(allocation) = counted.allocations.get_mut(&address) {
                    allocation.object = Some(object);
                }
            }
        }
    }
}

/// Records that a weak reference is cloned.
#[inline]
pub(crate) fn record_clone(address: impl FnOnce() -> usize) {
    if is_watched() {
        change(address(), |weak| weak + 1);
    }
}

/// Records that a weak reference is about to be dropped.
#[inline]
pub(crate) fn record_drop(address: impl FnOnce() -> usize) {
    if is_watched() {
        change(address(), |weak| weak - 1);
    }
}

#[cold]
fn change(address: usize, weak: impl FnOnce(u64) -> u64) {
    let mut counted = COUNTED.lock();
    let Some(counted) = counted.as_mut() else {
        return;
    };
    if let Some(allocation) = counted.allocations.get_mut(&address) {
        allocation.weak = weak(allocation.weak);
        if allocation.weak == 0 {
            counted.allocations.remove(&address);
        }
    }
}

/// Records that the value of an allocation is moved elsewhere, so that its weak references lead
/// nowhere.
#[inline]
pub(crate) fn record_move(address: impl FnOnce() -> usize) {
    if is_watched() {
        mark_moved(address());
    }
}

#[cold]
fn mark_moved(address: usize) {
    let mut counted = COUNTED.lock();
    let allocations = counted.as_mut().map(|counted| &mut counted.allocations);
    if let Some(allocation) = allocations.and_then(|all| all.get_mut(&address)) {
        allocation.is_moved = true;
    }
}
