//! What the numbers of births stand for, in rows that any thread reads without a lock.
//!
//! `births` gives out the numbers and writes the rows, under its lock. A reader reads a row within
//! the seqlock of the slot that it took the number from.

use std::sync::atomic::{AtomicU32, Ordering, fence};

use crate::table::places::segments::Segments;

/// What objects have in common that one thread created at one site, in one scope and epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Birth {
    pub(crate) kind: u32,
    pub(crate) origin: u32,
    pub(crate) epoch: u32,
}

/// A birth, which any thread may read. Written only with the lock of `births` held.
struct BirthRow {
    kind: u32,
    origin: AtomicU32,
    epoch: AtomicU32,
}

static ROWS: Segments<BirthRow> = Segments::new();

/// Adds the row of a new number; `None` if there are no more.
pub(super) fn add(number: u32, born: Birth) -> Option<()> {
    ROWS.get_or_make(number, || BirthRow {
        kind: born.kind,
        origin: AtomicU32::new(born.origin),
        epoch: AtomicU32::new(born.epoch),
    })?;
    Some(())
}

/// Makes a number that nothing alive was born with stand for another birth of its kind.
pub(super) fn rewrite(number: u32, born: Birth) -> Option<()> {
    let row = ROWS.get(number)?;
    // Pairs with the acquire fence of `Slot::if_living`: a reader that sees one of the stores below
    // also sees that the object whose slot it reads is dead.
    fence(Ordering::Release);
    // Relaxed: the fence above orders them. A birth with the number comes after the lock of
    // `births`.
    row.origin.store(born.origin, Ordering::Relaxed);
    row.epoch.store(born.epoch, Ordering::Relaxed);
    Some(())
}

/// Returns the kind of a number, which never changes.
pub(crate) fn kind(number: u32) -> Option<u32> {
    ROWS.get(number).map(|row| row.kind)
}

/// Reads births by their numbers. Runs of one number cost little.
#[derive(Default)]
pub(crate) struct Reader {
    near: Option<(u32, &'static BirthRow)>,
}

impl Reader {
    /// Returns what a number stands for. Valid only if an object that was born with it lives
    /// afterwards.
    #[inline]
    pub(crate) fn read(&mut self, number: u32) -> Option<Birth> {
        let row = match self.near {
            Some((near, row)) if near == number => row,
            _ => {
                let row = ROWS.get(number)?;
                self.near = Some((number, row));
                row
            }
        };
        Some(Birth {
            kind: row.kind,
            // Relaxed: the acquire fence of `Slot::if_living`, within which this runs, orders them.
            origin: row.origin.load(Ordering::Relaxed),
            epoch: row.epoch.load(Ordering::Relaxed),
        })
    }
}
