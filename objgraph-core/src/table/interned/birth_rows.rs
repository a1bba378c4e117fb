//! What the numbers of births stand for, in words that any thread reads without a lock.
//!
//! `births` gives the numbers out and writes the rows.

use std::sync::atomic::{AtomicU32, Ordering, fence};

use crate::table::places::segments::Segments;

/// What is known of an object from its birth.
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
    // also sees that what was born with the number is dead.
    fence(Ordering::Release);
    row.origin.store(born.origin, Ordering::Relaxed);
    row.epoch.store(born.epoch, Ordering::Relaxed);
    Some(())
}

/// The kind that a number is of.
pub(crate) fn kind(number: u32) -> Option<u32> {
    ROWS.get(number).map(|row| row.kind)
}

/// Reads births by their numbers; many of one number after the other cost little.
#[derive(Default)]
pub(crate) struct Reader {
    near: Option<(u32, &'static BirthRow)>,
}

impl Reader {
    /// What a number stands for, as long as something that was born with it is alive.
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
            origin: row.origin.load(Ordering::Relaxed),
            epoch: row.epoch.load(Ordering::Relaxed),
        })
    }
}
