//! Threads that made objects, by a number from 1.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;

use crate::snapshot::NodeRow;

static NAMES: Mutex<Option<HashMap<u32, String>>> = Mutex::new(None);

/// A number for the calling thread.
pub(super) fn number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // The name is kept only where there is one, so that many short threads take no memory.
    if let Some(name) = std::thread::current().name() {
        let mut names = NAMES.lock();
        names
            .get_or_insert_with(HashMap::new)
            .insert(number, name.to_owned());
    }
    number
}

/// Forgets the name of a thread that ended and left nothing behind.
pub(super) fn forget(number: u32) {
    if let Some(names) = NAMES.lock().as_mut() {
        names.remove(&number);
    }
}

/// The names of the threads in a column, sorted; the column then holds indexes into them.
pub(crate) fn thread_names<'r>(column: impl Iterator<Item = &'r mut u32>) -> Vec<String> {
    let names = NAMES.lock().clone().unwrap_or_default();
    let column: Vec<&mut u32> = column.collect();
    let mut used: Vec<u32> = column.iter().map(|number| **number).collect();
    used.sort_unstable();
    used.dedup();
    used.retain(|&number| number != NodeRow::UNKNOWN);
    let mut index_of = HashMap::new();
    let mut found = Vec::new();
    for number in used {
        index_of.insert(number, found.len() as u32);
        found.push(
            names
                .get(&number)
                .cloned()
                .unwrap_or_else(|| format!("thread {number}")),
        );
    }
    for number in column {
        *number = index_of.get(number).copied().unwrap_or(NodeRow::UNKNOWN);
    }
    found
}
