//! The last drop of a handle to each object of the types that are followed.
//!
//! No code can reach an object that has leaked, so no handle to it is dropped any more. Its last
//! drop is therefore that of the last handle from outside: the moment at which it leaked.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::last_drop::DropTrace;
use crate::lock::Mutex;
use crate::object_id::ObjectId;
use crate::table::interned::kinds;
use crate::table::places::chunks::{self, Slot};

static ANY: AtomicBool = AtomicBool::new(false);

struct FollowedTypes {
    types: Vec<TypeId>,
    drops: HashMap<u64, DropTrace>,
    /// Number of drops at the next sweep.
    limit: usize,
}

static FOLLOWED: Mutex<Option<FollowedTypes>> = Mutex::new(None);

const LIMIT: usize = 1024;

/// Whether any type is followed.
#[inline]
pub(crate) fn is_any() -> bool {
    // Relaxed: pairs with the store of `follow`. A drop on another thread at that moment may be
    // missed; everything that is read afterwards is behind a lock.
    ANY.load(Ordering::Relaxed)
}

/// Records each drop of a handle to an object of the type, from now on.
pub(crate) fn follow(type_id: TypeId) {
    let mut followed = FOLLOWED.lock();
    let followed = followed.get_or_insert_with(|| FollowedTypes {
        types: Vec::new(),
        drops: HashMap::new(),
        limit: LIMIT,
    });
    if !followed.types.contains(&type_id) {
        followed.types.push(type_id);
    }
    // Relaxed: see `is_any`.
    ANY.store(true, Ordering::Relaxed);
}

/// Records that an owning handle to an object is being dropped, and returns whether its type is
/// followed.
#[cold]
#[inline(never)]
pub(crate) fn record_drop(id: ObjectId) -> bool {
    let slot = chunks::slot_of(id).filter(|slot| slot.lives(id));
    let Some(kind) = slot.and_then(Slot::kind).and_then(kinds::kind) else {
        return false;
    };
    let is_followed = |followed: &FollowedTypes| followed.types.contains(&kind.type_id);
    if !FOLLOWED.lock().as_ref().is_some_and(is_followed) {
        return false;
    }
    // Captured with nothing locked, because it is slow.
    let last = DropTrace::now();
    let mut followed = FOLLOWED.lock();
    let Some(followed) = followed.as_mut() else {
        return false;
    };
    let before = followed.drops.insert(id.to_raw(), last);
    if followed.drops.len() >= followed.limit {
        let lives = |raw: u64| {
            let id = ObjectId::from_raw(raw);
            chunks::slot_of(id).is_some_and(|slot| slot.lives(id))
        };
        followed.drops.retain(|&raw, _| lives(raw));
        followed.limit = LIMIT.max(2 * followed.drops.len());
    }
    drop(before);
    true
}

/// Returns the last drop of an owning handle to an object, if its type was followed then.
pub(crate) fn last_drop(id: ObjectId) -> Option<DropTrace> {
    let followed = FOLLOWED.lock();
    followed.as_ref()?.drops.get(&id.to_raw()).cloned()
}
