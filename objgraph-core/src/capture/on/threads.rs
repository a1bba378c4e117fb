//! Threads that made objects, by a number from 1.
//!
//! The name of a thread that ended is kept as long as something that it made is alive; what is no
//! longer needed is thrown away now and then, so that many short threads take no memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;

use super::chunks;
use crate::snapshot::NodeRow;

static NAMES: Mutex<Option<HashMap<u32, Name>>> = Mutex::new(None);

#[derive(Clone)]
struct Name {
    text: String,
    has_ended: bool,
}

/// After so many ends of threads, names are gone through.
const ENDS: u32 = 4096;

static ENDED: AtomicU32 = AtomicU32::new(0);

/// A number for the calling thread.
pub(super) fn number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    if let Some(name) = std::thread::current().name() {
        let name = Name {
            text: name.to_owned(),
            has_ended: false,
        };
        let mut names = NAMES.lock();
        names.get_or_insert_with(HashMap::new).insert(number, name);
    }
    number
}

/// A thread ends. `is_clean` says that nothing it made is alive for certain.
pub(super) fn end(number: u32, is_clean: bool) {
    if let Some(names) = NAMES.lock().as_mut() {
        if is_clean {
            names.remove(&number);
        } else if let Some(name) = names.get_mut(&number) {
            name.has_ended = true;
        }
    }
    if !is_clean && ENDED.fetch_add(1, Ordering::Relaxed) % ENDS == ENDS - 1 {
        let living = chunks::threads_of_living();
        if let Some(names) = NAMES.lock().as_mut() {
            names.retain(|number, name| !name.has_ended || living.contains(number));
        }
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
                .map(|name| name.text.clone())
                .unwrap_or_else(|| format!("thread {number}")),
        );
    }
    for number in column {
        *number = index_of.get(number).copied().unwrap_or(NodeRow::UNKNOWN);
    }
    found
}
