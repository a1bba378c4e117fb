//! Which functions the vtable of a `dyn` value has.

use crate::load::{AVAILABLE, load};
use crate::words::words;

/// The size of a word.
const WORD: usize = size_of::<usize>();

/// The size of the smallest page of any target: memory is mapped in whole pages.
const PAGE: usize = 4096;

/// Words of a vtable: the addresses of the function that drops the value, and of the first methods.
///
/// [`vtable`] returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Vtable {
    /// The address of the function that drops the value; never 0.
    pub drop_glue: usize,
    /// The two words after those that every vtable has: the addresses of the first methods, those of
    /// supertraits included. Where the trait has fewer methods, a word may be anything. It is 0 if it
    /// is not on the page on which the vtable begins.
    pub methods: [usize; 2],
}

/// Returns the words of the vtable behind a reference to a `dyn` value.
///
/// The addresses are numbers to look up in the symbols of the program, and nothing to call. What
/// follows from them, and from two equal ones, depends on how the program was built: optimised
/// programs have one function for several types.
///
/// `None` if the reference has no vtable, since `T` has a size, or is a slice; if the value needs no
/// drop; if the vtable is that of a part of the value, as for a `Mutex<dyn Trait>`; if the vtable is
/// not laid out as it is known; and where words cannot be read.
///
/// ```
/// use std::any::Any;
///
/// let one: Box<dyn Any> = Box::new(String::from("one"));
/// let other: Box<dyn Any> = Box::new(String::from("other"));
/// let glue = |value: &dyn Any| Some(objgraph_scan::vtable(value)?.drop_glue);
/// assert_eq!(glue(&*one), glue(&*other));
/// assert_eq!(glue(&*one).is_some(), objgraph_scan::AVAILABLE);
///
/// assert_eq!(objgraph_scan::vtable("a slice"), None);
/// assert_eq!(objgraph_scan::vtable(&7_u8 as &dyn Any), None);
/// ```
#[inline]
#[must_use]
pub fn vtable<T: ?Sized>(value: &T) -> Option<Vtable> {
    if !AVAILABLE || !has_vtable::<T>() {
        return None;
    }
    let mut words = words(&value);
    let (first, second) = (words.next()?, words.next()?);
    let address = std::ptr::from_ref(value).cast::<()>().addr();
    // Whatever the order of the two words: if the first is the address, the second is the vtable.
    (first == address)
        .then(|| read(second, size_of_val(value), align_of_val(value)))
        .flatten()
}

/// Whether references to `T` have a vtable: of all pointers, only those with a vtable have a part
/// that is never null.
const fn has_vtable<T: ?Sized>() -> bool {
    size_of::<Option<*const T>>() == size_of::<*const T>()
}

/// Reads the vtable at an address, if it is that of a value with this size and alignment.
///
/// This function is not generic, so that [`vtable`] costs the compiler little for each type. It is
/// called with the address of a vtable that a borrowed value has, and with no other.
fn read(vtable: usize, size: usize, align: usize) -> Option<Vtable> {
    if vtable % WORD != 0 {
        return None;
    }
    let word = |at: usize| {
        let address = vtable.wrapping_add(at * WORD);
        if at > ALIGN && address / PAGE != vtable / PAGE {
            return 0;
        }
        // SAFETY: the address is aligned, because `vtable` is. The words up to `ALIGN` are within
        // the vtable, which outlives the borrow of the value. A later one is on the page on which
        // the vtable begins, so it is mapped as long as the vtable is.
        unsafe { load(std::ptr::without_provenance(address)) }
    };
    let drop_glue = word(DROP);
    let is_as_known = drop_glue != 0 && word(SIZE) == size && word(ALIGN) == align;
    is_as_known.then(|| Vtable {
        drop_glue,
        methods: [word(ALIGN + 1), word(ALIGN + 2)],
    })
}

/// The positions of the words that every vtable has.
const DROP: usize = 0;
const SIZE: usize = 1;
const ALIGN: usize = 2;
