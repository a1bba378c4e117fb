//! Arrays of 256 that stay for ever, cut from larger ones: between the objects of the program
//! they would lie in the way of whoever goes through those.

use super::CHUNK;

/// What is left of the last array that was made.
pub(crate) struct Pool<T: 'static> {
    rest: &'static [[T; ENTRIES]],
    /// How many arrays were cut.
    cut: usize,
}

/// Number of entries of each array.
const ENTRIES: usize = CHUNK as usize;

/// How many bytes are made at once, at most: from so many on, malloc asks the system for them, and
/// they lie apart.
const APART: usize = 128 << 10;

impl<T: Default> Default for Pool<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Default> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self { rest: &[], cut: 0 }
    }

    /// An array that nobody has.
    pub(crate) fn cut(&mut self) -> &'static [T; ENTRIES] {
        if let Some((array, rest)) = self.rest.split_first() {
            self.rest = rest;
            self.cut += 1;
            return array;
        }
        // As many as there are, so that a small program has few. They are never given back, so
        // they are leaked on purpose.
        let most = APART.div_ceil(size_of::<[T; ENTRIES]>());
        let more = self.cut.clamp(1, most);
        let entries = std::iter::repeat_with(T::default).take(more * ENTRIES);
        (self.rest, _) = entries.collect::<Vec<T>>().leak().as_chunks();
        self.cut()
    }
}
