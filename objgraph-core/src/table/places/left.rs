//! The chunks that threads left when they ended, for those that need places.

use std::collections::BTreeSet;

use crate::lock::Mutex;
use crate::table::places::chunks::{self, CHUNK, Chunk, Slots};

static LEFT: Mutex<LeftChunks> = Mutex::new(LeftChunks {
    chunks: Vec::new(),
    full: BTreeSet::new(),
});

#[derive(Default)]
struct LeftChunks {
    /// What lives there is not for whoever takes them; [`ENOUGH`] slots or more are.
    chunks: Vec<u32>,
    /// Those that have fewer.
    full: BTreeSet<u32>,
}

/// With so many unused slots a chunk is worth to be taken. So, beside what lives in chunks that were
/// left, there is at most a third as much that nobody uses.
const ENOUGH: usize = CHUNK as usize / 4;

impl LeftChunks {
    fn put(&mut self, number: u32, slots: &Slots) {
        if slots.iter().filter(|slot| slot.is_unused()).count() < ENOUGH {
            self.full.insert(number);
        } else {
            self.chunks.push(number);
        }
    }
}

/// A thread ends, and makes no more objects in a chunk.
pub(crate) fn put(number: u32, slots: &Slots) {
    LEFT.lock().put(number, slots);
}

/// Gives a chunk to a thread, which is to take its unused slots at once; false if there is none.
pub(crate) fn take(own: impl FnOnce(u32, &'static Chunk)) -> bool {
    // Locked meanwhile, since what lives there may die.
    let mut left = LEFT.lock();
    let number = left.chunks.pop();
    let taken = number.and_then(|number| Some((number, chunks::get(number)?)));
    taken.map(|(number, chunk)| own(number, chunk)).is_some()
}

/// An object dies that outlived its thread: its slot is for the next thread that takes the chunk.
pub(crate) fn died_late(number: u32, chunk: &'static Chunk, die: impl FnOnce()) {
    let mut left = LEFT.lock();
    die();
    if left.full.remove(&number) {
        left.put(number, chunk.slots);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::thread;

    use super::*;
    use crate::rc::Rc;

    #[test]
    fn a_chunk_full_of_what_outlives_its_thread_is_used_again() {
        thread_local! {
            /// Used before the thread makes an object, so dropped after its part of the table.
            static KEPT: RefCell<Vec<Rc<u32>>> = const { RefCell::new(Vec::new()) };
        }
        const ROUNDS: u32 = 200;
        let before = chunks::made();
        for _ in 0..ROUNDS {
            let short = thread::spawn(|| {
                KEPT.with(|_| ());
                KEPT.with_borrow_mut(|kept| kept.extend((0..4 * CHUNK).map(Rc::new)));
            });
            short.join().expect("it does not fail");
        }
        let made = chunks::made() - before;
        assert!(made < ROUNDS, "{made} chunks, some for other tests");
        assert!(LEFT.lock().full.len() < ROUNDS as usize);
    }
}
