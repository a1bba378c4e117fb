//! Promises: numbers for objects that `new_cyclic` has not created yet, while handles lead to them.

use std::collections::{HashMap, HashSet};

use super::entries;
use crate::lock::Mutex;
use crate::object_id::ObjectId;

pub(crate) type KeptPromises = HashMap<u64, (ObjectId, u32)>;

struct Promises {
    kept: Option<KeptPromises>,
    /// Number of promises at the next sweep.
    limit: usize,
}

impl Promises {
    const NEW: Self = Self {
        kept: None,
        limit: LIMIT,
    };
}

impl Default for Promises {
    fn default() -> Self {
        Self::NEW
    }
}

static PROMISES: Mutex<Promises> = Mutex::new(Promises::NEW);

const LIMIT: usize = 1024;

pub(crate) fn keep(promise: u64, id: ObjectId, kind: u32) {
    let mut promises = PROMISES.lock();
    let limit = promises.limit;
    let kept = promises.kept.get_or_insert_default();
    kept.insert(promise, (id, kind));
    if kept.len() >= limit {
        let living = entries::all().filter_map(|entry| Some(entry.living()?.1.object));
        let living: HashSet<u64> = living.collect();
        kept.retain(|promise, _| living.contains(promise));
        promises.limit = LIMIT.max(2 * kept.len());
    }
}

pub(crate) fn kept() -> KeptPromises {
    PROMISES.lock().kept.clone().unwrap_or_default()
}
