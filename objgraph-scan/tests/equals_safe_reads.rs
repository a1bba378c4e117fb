//! Property: of initialized values, each word is what safe code reads in its place.

#![allow(
    clippy::incompatible_msrv,
    reason = "the tests are built with newer compilers than the library"
)]

use objgraph_scan::{AVAILABLE, words};
use proptest::collection::vec;
use proptest::prelude::*;

const WORD: usize = size_of::<usize>();

/// Returns the aligned words of these bytes as safe code reads them.
fn read_by_bytes(bytes: &[u8]) -> Vec<usize> {
    let first = bytes.as_ptr().addr().next_multiple_of(WORD) - bytes.as_ptr().addr();
    let aligned = bytes.get(first..).unwrap_or(&[]);
    let (words, _) = aligned.as_chunks::<WORD>();
    words
        .iter()
        .map(|&word| usize::from_ne_bytes(word))
        .collect()
}

proptest! {
    #[test]
    fn of_arrays(array: [usize; 9], slice in vec(any::<usize>(), 0..50)) {
        if AVAILABLE {
            prop_assert_eq!(words(&array).collect::<Vec<_>>(), array);
            prop_assert_eq!(words(&*slice).collect::<Vec<_>>(), slice);
        }
    }

    #[test]
    fn of_bytes_anywhere(bytes in vec(any::<u8>(), 0..80), cut: [prop::sample::Index; 2]) {
        let mut cut = cut.map(|index| index.index(bytes.len() + 1));
        cut.sort_unstable();
        let part = &bytes[cut[0]..cut[1]];
        let expected = if AVAILABLE { read_by_bytes(part) } else { Vec::new() };
        prop_assert_eq!(words(part).len(), expected.len());
        prop_assert_eq!(words(part).collect::<Vec<_>>(), expected);
    }
}
