//! The chunks of `Rc` objects that threads left when they ended, for threads that need places.

use std::collections::BTreeSet;

use crate::lock::Mutex;
use crate::table::places::chunks::{self, CHUNK, Chunk, Slots};

static LEFT: Mutex<LeftChunks> = Mutex::new(LeftChunks {
    chunks: Vec::new(),
    full: BTreeSet::new(),
});

#[derive(Default)]
struct LeftChunks {
    /// Chunks with [`ENOUGH`] free slots or more. The thread that takes one gets these; the objects
    /// that still live in it stay as they are.
    chunks: Vec<u32>,
    /// Chunks with fewer.
    full: BTreeSet<u32>,
}

/// Number of free slots that make a chunk worth taking. So in chunks that were left, the free slots
/// that nobody uses are at most a third of those in use.
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

/// Takes over a chunk from a thread that ends.
pub(crate) fn put(number: u32, slots: &Slots) {
    LEFT.lock().put(number, slots);
}

/// Gives a chunk to `own`, which must take its free slots before it returns. Returns false if there
/// is no chunk.
pub(crate) fn take(own: impl FnOnce(u32, &'static Chunk)) -> bool {
    // Locked meanwhile, because objects that live in the chunk may die.
    let mut left = LEFT.lock();
    let number = left.chunks.pop();
    let taken = number.and_then(|number| Some((number, chunks::get(number)?)));
    taken.map(|(number, chunk)| own(number, chunk)).is_some()
}

/// Runs `die`, the death of an object that outlived its thread. Its slot is for the next thread
/// that takes the chunk.
pub(crate) fn record_late_death(number: u32, chunk: &'static Chunk, die: impl FnOnce()) {
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
    fn a_chunk_full_of_objects_that_outlive_their_thread_is_used_again() {
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
            short.join().expect("the thread does not panic");
        }
        let made = chunks::made() - before;
        assert!(made < ROUNDS, "{made} chunks, some for other tests");
        assert!(LEFT.lock().full.len() < ROUNDS as usize);
    }
}
