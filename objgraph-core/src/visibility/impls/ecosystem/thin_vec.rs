//! thin-vec.

use thin_vec::ThinVec;

use crate::visibility::impls::std::shapes::collections;

collections! {
    [] ThinVec<T>, as_slice, elements, any_elements,
        grows |list| match list.capacity() {
            0 => 0,
            // Before the items stand the length and the capacity.
            capacity => (2 * size_of::<usize>()).next_multiple_of(align_of::<T>()) + capacity * size_of::<T>(),
        };
}
