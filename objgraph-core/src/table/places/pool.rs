//! Arrays of 256 that are never freed, cut from larger ones: allocated one by one, they would lie
//! between the objects of the program and spread these over more cache lines.

use super::CHUNK;

/// The rest of the large array that was allocated last.
pub(crate) struct Pool<T: 'static> {
    rest: &'static [[T; ENTRIES]],
    /// Number of arrays that were cut.
    cut: usize,
}

/// Number of entries of each array.
const ENTRIES: usize = CHUNK as usize;

/// Maximum number of bytes that are allocated at once. From this size on, malloc takes memory from
/// the system, apart from the objects of the program.
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

    /// Returns an array that nothing else uses.
    pub(crate) fn cut(&mut self) -> &'static [T; ENTRIES] {
        if let Some((array, rest)) = self.rest.split_first() {
            self.rest = rest;
            self.cut += 1;
            return array;
        }
        // As many as there are already, so that a small program has few. Leaked on purpose, since
        // they are never freed.
        let most = APART.div_ceil(size_of::<[T; ENTRIES]>());
        let more = self.cut.clamp(1, most);
        let array = || std::array::from_fn(|_| T::default());
        self.rest = Vec::leak(std::iter::repeat_with(array).take(more).collect());
        self.cut()
    }
}
