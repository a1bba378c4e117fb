//! The last drop of a handle to each object of the types that are followed.
//!
//! Of what has leaked, no handle is dropped any more: who could do it would have to get there, and
//! nobody can. So the last drop of a handle to what has leaked is that of the last handle from
//! outside: the leak's birth.

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
    /// How many drops there are when they are next gone through.
    limit: usize,
}

static FOLLOWED: Mutex<Option<FollowedTypes>> = Mutex::new(None);

const LIMIT: usize = 1024;

/// Whether any type is followed.
#[inline]
pub(crate) fn is_any() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// From now on, each drop of a handle to an object of the type is written down.
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
    ANY.store(true, Ordering::Relaxed);
}

/// An owning handle to an object is being dropped; whether its type is followed.
#[cold]
#[inline(never)]
pub(crate) fn dropped(id: ObjectId) -> bool {
    let slot = chunks::slot_of(id).filter(|slot| slot.lives(id));
    let Some(kind) = slot.and_then(Slot::kind).and_then(kinds::kind) else {
        return false;
    };
    let is_followed = |followed: &FollowedTypes| followed.types.contains(&kind.type_id);
    if !FOLLOWED.lock().as_ref().is_some_and(is_followed) {
        return false;
    }
    // With nothing locked: it is slow.
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

/// The last drop of an owning handle to an object, if its type was followed then.
pub(crate) fn last_drop(id: ObjectId) -> Option<DropTrace> {
    let followed = FOLLOWED.lock();
    followed.as_ref()?.drops.get(&id.to_raw()).cloned()
}
