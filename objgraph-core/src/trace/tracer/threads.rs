//! The threads of a snapshot, while it is taken.

use std::collections::HashMap;

use crate::table;

/// The threads that created objects, in the order in which the trace met them.
#[derive(Default)]
pub(in crate::trace) struct Threads {
    numbers: Vec<u32>,
    index_of: HashMap<u32, u32>,
    /// The thread met last, since objects of a thread are adjacent.
    last: Option<(u32, u32)>,
}

impl Threads {
    /// Returns the index of the thread with this number.
    pub(in crate::trace) fn index(&mut self, number: u32) -> u32 {
        match self.last {
            Some((last, index)) if last == number => return index,
            _ => {}
        }
        let next = self.numbers.len() as u32;
        let index = *self.index_of.entry(number).or_insert(next);
        if index == next {
            self.numbers.push(number);
        }
        self.last = Some((number, index));
        index
    }

    /// Returns the names of the threads, and the index of each among them.
    pub(in crate::trace) fn named(mut self) -> (Vec<String>, Vec<u32>) {
        let names = table::thread_names(self.numbers.iter_mut());
        (names, self.numbers)
    }
}
