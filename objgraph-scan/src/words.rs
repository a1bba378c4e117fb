//! Which words of a value are read.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use crate::load::{AVAILABLE, load};

/// Returns the aligned words inside the bytes of a value.
///
/// The value is the pointee of the reference: `words(&boxed)` are the words of the `Box`, and
/// `words(&*boxed)` those of its content. `T` may be a `dyn Any` or another unsized type.
///
/// A value can be large. [`len`](ExactSizeIterator::len) returns the number of its words before any
/// is read, and [`take`](Iterator::take) limits how many are read.
///
/// ```
/// use std::any::Any;
///
/// let value: &dyn Any = &[1_usize; 1000];
/// let words = objgraph_scan::words(value);
/// if objgraph_scan::AVAILABLE {
///     assert_eq!(words.len(), 1000);
///     assert_eq!(words.take(64).sum::<usize>(), 64);
/// }
/// ```
#[inline]
pub fn words<T: ?Sized>(value: &T) -> Words<'_> {
    Words::within(std::ptr::from_ref(value).cast(), size_of_val(value))
}

/// The words of a value, in the order of their addresses. [`words`] returns it.
///
/// It borrows the value, and reads a word when it yields it. It is neither `Send` nor `Sync`, because
/// the value may not be `Sync`.
pub struct Words<'a> {
    /// An aligned address. The `left` words from there on are inside the value.
    next: *const usize,
    left: usize,
    value: PhantomData<&'a ()>,
}

impl Words<'_> {
    /// Returns the words inside the `size` bytes at `start`, which `'a` borrows.
    ///
    /// This function is not generic, so that [`words`] costs the compiler little for each type.
    fn within(start: *const u8, size: usize) -> Self {
        const WORD: usize = size_of::<usize>();
        let skipped = start.addr().wrapping_neg() % WORD;
        let left = if AVAILABLE {
            size.saturating_sub(skipped) / WORD
        } else {
            0
        };
        Words {
            // A value without a size may be at any address, so this may wrap.
            next: start.wrapping_add(skipped).cast(),
            left,
            value: PhantomData,
        }
    }
}

impl Iterator for Words<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.left == 0 {
            return None;
        }
        let address = self.next;
        self.next = address.wrapping_add(1);
        self.left -= 1;
        // SAFETY: a word was left, so `address` is aligned and its bytes are inside the value. The
        // value is borrowed for `'a`, so its allocation outlives the call.
        Some(unsafe { load(address) })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Words<'_> {}

impl FusedIterator for Words<'_> {}

impl fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
