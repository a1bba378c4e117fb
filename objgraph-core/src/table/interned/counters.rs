//! Counters: how many objects of each kind were born and died.
//!
//! Each thread counts for itself, in words that others read; the sum over all threads is the
//! count, whichever thread an object was dropped on. The counters of a thread that ended are
//! used by the next that begins, so their number is that of threads that ran at one time.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::table::interned::kinds;

use crate::listing::KindCount;
use crate::lock::Mutex;

/// Births and deaths of one kind, counted by one thread.
#[derive(Default)]
pub(crate) struct Counter {
    born: AtomicU64,
    died: AtomicU64,
}

/// One thread writes, so a load and a store make an increment.
#[inline]
fn add_one(word: &AtomicU64) {
    word.store(
        word.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Relaxed,
    );
}

impl Counter {
    pub(crate) const fn new() -> Self {
        Self {
            born: AtomicU64::new(0),
            died: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(crate) fn birth(&self) {
        add_one(&self.born);
    }

    #[inline]
    pub(crate) fn death(&self) {
        add_one(&self.died);
    }
}

/// Counters made at once, in memory of their own, so that two threads do not write to the same
/// cache line.
const BLOCK: usize = 16;

#[repr(align(128))]
struct CounterBlock([Counter; BLOCK]);

/// The counters of one thread.
#[derive(Default)]
pub(crate) struct Sheet {
    blocks: Mutex<Vec<&'static CounterBlock>>,
}

#[derive(Default)]
struct Sheets {
    all: Vec<&'static Sheet>,
    unused: Vec<&'static Sheet>,
}

static SHEETS: Mutex<Sheets> = Mutex::new(Sheets {
    all: Vec::new(),
    unused: Vec::new(),
});

impl Sheet {
    /// Counters for a thread that begins.
    pub(crate) fn take() -> &'static Self {
        let mut sheets = SHEETS.lock();
        if let Some(sheet) = sheets.unused.pop() {
            return sheet;
        }
        let sheet: &'static Self = Box::leak(Box::default());
        sheets.all.push(sheet);
        sheet
    }

    /// The thread ends.
    pub(crate) fn give_back(&'static self) {
        SHEETS.lock().unused.push(self);
    }

    /// The counter of a kind.
    pub(crate) fn counter(&self, kind: u32) -> &'static Counter {
        let mut blocks = self.blocks.lock();
        while blocks.len() <= kind as usize / BLOCK {
            blocks.push(Box::leak(Box::new(CounterBlock(Default::default()))));
        }
        let block: &'static CounterBlock = blocks[kind as usize / BLOCK];
        &block.0[kind as usize % BLOCK]
    }
}

/// How many objects of each kind live, and were ever made.
pub(crate) fn counts() -> Vec<KindCount> {
    let mut rows: Vec<KindCount> = kinds::kinds()
        .into_iter()
        .map(|kind| KindCount {
            kind,
            alive: 0,
            born: 0,
        })
        .collect();
    let sheets = SHEETS.lock().all.clone();
    for sheet in sheets {
        let blocks = sheet.blocks.lock();
        let counters = blocks.iter().flat_map(|block| &block.0);
        for (row, counter) in rows.iter_mut().zip(counters) {
            // Deaths first: an object that dies in between is then counted as alive, not twice
            // as dead.
            let died = counter.died.load(Ordering::Acquire);
            let born = counter.born.load(Ordering::Acquire);
            row.born = row.born.wrapping_add(born);
            row.alive = row.alive.wrapping_add(born).wrapping_sub(died);
        }
    }
    for row in &mut rows {
        // Threads are read one after another, so an object that crosses between them can be
        // missed for a moment.
        if row.alive > row.born {
            row.alive = 0;
        }
    }
    rows
}
