//! BirthTable: the kind, the origin and the epoch that objects are born with, by a number, so that a
//! birth writes down all three in one word.
//!
//! A number is of one kind for good. Once nothing that was born with it is alive, and no thread
//! has it in hand for what it makes next, it may stand for another origin and epoch of that kind:
//! so epochs without end take no memory.

use std::collections::BTreeMap;

use crate::lock::{Mutex, is_lost};
use crate::table::interned::birth_rows::{self, Birth};
use crate::table::places::chunks;

static BIRTHS: Mutex<BirthTable> = Mutex::new(BirthTable::new());

/// How many births there are, at least, when they are first gone through, and how many more when
/// they are again.
const LIMIT: usize = 4096;

/// Of so many slots that are gone through, one more birth is paid for.
const SLOTS: usize = 64;

struct BirthTable {
    numbers: BTreeMap<Birth, u32>,
    /// By number.
    uses: Vec<BirthUse>,
    /// Numbers that stand for nothing now, by kind.
    unused: BTreeMap<u32, Vec<u32>>,
    /// How many there are when they are next gone through.
    limit: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct BirthUse {
    /// How many have it in hand.
    held: u32,
    /// How many times it was taken in hand.
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

    fn let_go(&mut self, number: u32) {
        if let Some(used) = self.uses.get_mut(number as usize) {
            used.held -= 1;
        }
    }

    fn use_of(&self, number: u32) -> BirthUse {
        self.uses.get(number as usize).copied().unwrap_or_default()
    }
}

/// Takes a number in hand, so that objects may be born with it, in place of one that was;
/// `None` if there are no more numbers.
pub(crate) fn take(born: Birth, before: Option<u32>) -> Option<u32> {
    let mut births = BIRTHS.lock();
    if is_lost() {
        // The rows may be another's.
        return None;
    }
    if let Some(before) = before {
        births.let_go(before);
    }
    let number = births.take(born);
    if births.numbers.len() >= births.limit {
        // One thread goes through them at a time.
        births.limit = usize::MAX;
        drop(births);
        sweep();
    }
    number
}

/// Nothing more is born with these numbers, as far as who has them in hand goes.
pub(crate) fn let_go(numbers: impl Iterator<Item = u32>) {
    let mut births = BIRTHS.lock();
    for number in numbers {
        births.let_go(number);
    }
}

/// Throws away what stands for nothing any more. O(slots).
fn sweep() {
    // What is born after this with a number that nobody has in hand had to take it again.
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
        let stands_for_it = births.numbers.get(&born) == Some(&number);
        let lives = living.get(number as usize) == Some(&true);
        if stands_for_it && !lives && births.use_of(number) == used {
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
    fn what_is_known_of_births_does_not_grow_with_the_number_of_epochs() {
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
        // As many stand for something, or for nothing, as there are.
        let unused: usize = births.unused.values().map(Vec::len).sum();
        assert_eq!(births.numbers.len() + unused, births.uses.len());
        drop(births);
        for (from, kept, until) in kept {
            let epoch = describe(id(&kept)).map(|object| object.epoch);
            assert!(epoch.is_some_and(|epoch| (from..until).contains(&epoch)));
        }
    }

    #[test]
    fn a_number_that_is_in_hand_keeps_what_it_stands_for() {
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
        // Nobody has it in hand and nothing was born with it, so it is the next of its kind.
        assert_eq!(take(born(4), None), Some(before));
        assert_eq!(reads(before), Some(born(4)));
        assert_eq!((reads(held), reads(after)), (Some(born(1)), Some(born(3))));
        // The same is one number.
        assert_eq!(take(born(1), None), Some(held));
        let_go([held, held, before, after].into_iter());
    }
}
