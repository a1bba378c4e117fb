//! A list that only grows and whose entries never move, so any thread reads it without a lock.
//!
//! `OnceLock` orders its own reads: an entry that is seen is seen whole.

use std::sync::OnceLock;

/// Entries by number, in segments of doubling length.
pub(crate) struct Segments<T>([OnceLock<Cells<T>>; 32]);

type Cells<T> = Box<[OnceLock<T>]>;

/// Returns the segment of an entry and its index there: segment `s` holds the entries `2^s - 1` to
/// `2^(s + 1) - 2`.
#[inline]
fn locate(number: u32) -> (usize, usize) {
    let number = u64::from(number) + 1;
    let segment = number.ilog2();
    (segment as usize, (number - (1 << segment)) as usize)
}

impl<T> Segments<T> {
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; 32])
    }

    /// Returns the entry with this number, if it exists.
    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let (segment, index) = locate(number);
        self.0.get(segment)?.get()?.get(index)?.get()
    }

    /// Returns the entry with this number, and makes it if it does not exist; `None` for
    /// [`u32::MAX`], for which there is no room.
    pub(crate) fn get_or_make(&self, number: u32, make: impl FnOnce() -> T) -> Option<&T> {
        let (segment, index) = locate(number);
        let unmade = || (0..1usize << segment).map(|_| OnceLock::new()).collect();
        let entry = self.0.get(segment)?.get_or_init(unmade).get(index)?;
        Some(entry.get_or_init(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_a_place_of_its_own() {
        let entries = Segments::new();
        for number in 0..1000 {
            assert_eq!(entries.get(number), None);
            assert_eq!(entries.get_or_make(number, || number), Some(&number));
        }
        for number in 0..1000 {
            assert_eq!(entries.get(number), Some(&number));
        }
        assert_eq!(locate(u32::MAX), (32, 0));
        assert_eq!(entries.get_or_make(u32::MAX, || 0), None);
    }
}
