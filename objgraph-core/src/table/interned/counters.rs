//! Counters: the number of births and of deaths of each kind.
//!
//! Each thread counts in words of its own, which others read. The sum over all threads is the
//! count, whichever thread dropped an object. A new thread takes over the counters of one that
//! ended, so there are no more than the maximum number of threads at one time.

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

/// Increments a word that only this thread writes, without an atomic exchange.
#[inline(always)]
fn add_one(word: &AtomicU64) {
    // Relaxed: pairs with the loads of `counts`, which tolerate every order.
    word.store(
        word.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Relaxed,
    );
}

impl Counter {
    #[inline(always)]
    pub(crate) fn birth(&self) {
        add_one(&self.born);
    }

    #[inline(always)]
    pub(crate) fn death(&self) {
        add_one(&self.died);
    }
}

/// Number of counters that are allocated at once, apart from others, so that two threads do not
/// write to one cache line.
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
    /// Returns counters for a new thread.
    pub(crate) fn take() -> &'static Self {
        let mut sheets = SHEETS.lock();
        if let Some(sheet) = sheets.unused.pop() {
            return sheet;
        }
        let sheet: &'static Self = Box::leak(Box::default());
        sheets.all.push(sheet);
        sheet
    }

    /// Gives the counters to the next thread, when this one ends.
    pub(crate) fn give_back(&'static self) {
        SHEETS.lock().unused.push(self);
    }

    /// Returns the counter of a kind.
    pub(crate) fn counter(&self, kind: u32) -> &'static Counter {
        let mut blocks = self.blocks.lock();
        while blocks.len() <= kind as usize / BLOCK {
            blocks.push(Box::leak(Box::new(CounterBlock(Default::default()))));
        }
        let block: &'static CounterBlock = blocks[kind as usize / BLOCK];
        &block.0[kind as usize % BLOCK]
    }
}

/// Returns the number of objects of each kind that live, and that were ever created.
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
            // Deaths first: an object that dies in between counts as alive, not twice as dead. The
            // acquire loads pair with no store; they keep the two loads in this order.
            let died = counter.died.load(Ordering::Acquire);
            let born = counter.born.load(Ordering::Acquire);
            row.born = row.born.wrapping_add(born);
            row.alive = row.alive.wrapping_add(born).wrapping_sub(died);
        }
    }
    for row in &mut rows {
        // A death may be seen before its birth: on weakly ordered memory, and where one thread,
        // read first, created an object that another dropped meanwhile.
        if row.alive > row.born {
            row.alive = 0;
        }
    }
    rows
}
