//! Interns births: the kind, the origin and the epoch that objects are born with, as one number, so
//! that a slot stores all three in one word.
//!
//! A number never changes its kind. A sweep frees the numbers that no living object was born with
//! and that no thread has cached for the next object; a free number may later stand for another
//! origin and epoch of its kind. So a program that advances epochs without end needs no more
//! memory.

use std::collections::BTreeMap;

use crate::lock::{Mutex, is_lost};
use crate::table::interned::birth_rows::{self, Birth};
use crate::table::places::chunks;

static BIRTHS: Mutex<BirthTable> = Mutex::new(BirthTable::new());

/// Minimum number of births at the first sweep, and minimum number of births between two sweeps.
const LIMIT: usize = 4096;

/// Scanning this many slots pays for one more birth before the next sweep.
const SLOTS: usize = 64;

struct BirthTable {
    numbers: BTreeMap<Birth, u32>,
    /// By number.
    uses: Vec<BirthUse>,
    /// Free numbers, by kind.
    unused: BTreeMap<u32, Vec<u32>>,
    /// Number of births at the next sweep.
    limit: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct BirthUse {
    /// Number of threads that have it cached.
    held: u32,
    /// Number of times that a thread cached it.
    taken: u64,
}

impl Default for BirthTable {
    fn default() -> Self {
        Self::new()
    }
}

impl BirthTable {
    const fn new() -> Self {
        Self {
            numbers: BTreeMap::new(),
            uses: Vec::new(),
            unused: BTreeMap::new(),
            limit: LIMIT,
        }
    }

    fn take(&mut self, born: Birth) -> Option<u32> {
        let number = match self.numbers.get(&born) {
            Some(&number) => number,
            None => self.add(born)?,
        };
        let used = self.uses.get_mut(number as usize)?;
        used.held += 1;
        used.taken += 1;
        Some(number)
    }

    fn add(&mut self, born: Birth) -> Option<u32> {
        let number = match self.unused.get_mut(&born.kind).and_then(Vec::pop) {
            Some(number) => {
                birth_rows::rewrite(number, born)?;
                number
            }
            None => {
                let number = u32::try_from(self.uses.len()).ok()?;
                birth_rows::add(number, born)?;
                self.uses.push(BirthUse::default());
                number
            }
        };
        self.numbers.insert(born, number);
        Some(number)
    }

    fn release(&mut self, number: u32) {
        if let Some(used) = self.uses.get_mut(number as usize) {
            used.held -= 1;
        }
    }

    fn use_of(&self, number: u32) -> BirthUse {
        self.uses.get(number as usize).copied().unwrap_or_default()
    }
}

/// Interns a birth, for a thread that caches the number in place of `before`; `None` if there are
/// no more numbers.
pub(crate) fn take(born: Birth, before: Option<u32>) -> Option<u32> {
    let mut births = BIRTHS.lock();
    if is_lost() {
        // The parent may have been writing the rows when it forked.
        return None;
    }
    if let Some(before) = before {
        births.release(before);
    }
    let number = births.take(born);
    if births.numbers.len() >= births.limit {
        // One thread sweeps at a time.
        births.limit = usize::MAX;
        drop(births);
        sweep();
    }
    number
}

/// Removes these numbers from the cache of a thread, which creates no more objects with them.
pub(crate) fn release(numbers: impl Iterator<Item = u32>) {
    let mut births = BIRTHS.lock();
    for number in numbers {
        births.release(number);
    }
}

/// Frees the numbers that nothing needs any more. O(slots).
fn sweep() {
    // After this, a thread can only create an object with one of these numbers if it caches it
    // again, which changes its use.
    let before: Vec<(Birth, u32, BirthUse)> = {
        let births = BIRTHS.lock();
        let rows = births.numbers.iter();
        let rows = rows.map(|(&born, &number)| (born, number, births.use_of(number)));
        rows.filter(|(_, _, used)| used.held == 0).collect()
    };
    let mut living = Vec::new();
    for number in chunks::births_of_living().map(|number| number as usize) {
        if living.len() <= number {
            living.resize(number + 1, false);
        }
        living[number] = true;
    }
    let mut births = BIRTHS.lock();
    for (born, number, used) in before {
        let is_current = births.numbers.get(&born) == Some(&number);
        let lives = living.get(number as usize) == Some(&true);
        if is_current && !lives && births.use_of(number) == used {
            births.numbers.remove(&born);
            births.unused.entry(born.kind).or_default().push(number);
        }
    }
    let left = births.numbers.len();
    let slots = chunks::made() as usize * chunks::CHUNK as usize;
    births.limit = left + LIMIT.max(left).max(slots / SLOTS);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ObjectId;
    use crate::epochs::advance_epoch;
    use crate::rc::Rc;
    use crate::table::describe;
    use crate::table::interned::birth_rows::Reader;

    fn id<T>(object: &Rc<T>) -> ObjectId {
        Rc::__id(object).expect("the table is not full")
    }

    #[test]
    fn the_number_of_births_does_not_grow_with_the_number_of_epochs() {
        struct LongLived;
        struct ShortLived;
        let mut kept = Vec::new();
        for round in 0..3 * LIMIT {
            let epoch = advance_epoch();
            let dropped = Rc::new(ShortLived);
            assert!(describe(id(&dropped)).is_some_and(|object| object.epoch >= epoch));
            if round.is_multiple_of(100) {
                kept.push((epoch, Rc::new(LongLived), advance_epoch()));
            }
        }
        let births = BIRTHS.lock();
        assert!(
            births.numbers.len() <= 2 * LIMIT,
            "{}",
            births.numbers.len()
        );
        // Each number is in use or free.
        let unused: usize = births.unused.values().map(Vec::len).sum();
        assert_eq!(births.numbers.len() + unused, births.uses.len());
        drop(births);
        for (from, kept, until) in kept {
            let epoch = describe(id(&kept)).map(|object| object.epoch);
            assert!(epoch.is_some_and(|epoch| (from..until).contains(&epoch)));
        }
    }

    #[test]
    fn a_cached_number_keeps_its_meaning() {
        let born = |epoch| Birth {
            kind: u32::MAX,
            origin: u32::MAX,
            epoch,
        };
        let reads = |number| Reader::default().read(number);
        let held = take(born(1), None).expect("there are numbers");
        let before = take(born(2), None).expect("there are numbers");
        sweep();
        assert_eq!((reads(held), reads(before)), (Some(born(1)), Some(born(2))));
        let after = take(born(3), Some(before)).expect("there are numbers");
        assert_ne!(after, before);
        sweep();
        // No thread has it cached and nothing was born with it, so it is the next of its kind.
        assert_eq!(take(born(4), None), Some(before));
        assert_eq!(reads(before), Some(born(4)));
        assert_eq!((reads(held), reads(after)), (Some(born(1)), Some(born(3))));
        // Equal births have one number.
        assert_eq!(take(born(1), None), Some(held));
        release([held, held, before, after].into_iter());
    }
}
