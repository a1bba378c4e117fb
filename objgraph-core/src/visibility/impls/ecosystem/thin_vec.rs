//! thin-vec.

use thin_vec::ThinVec;

use crate::visibility::impls::std::shapes::collections;

collections! {
    [] ThinVec<T>, as_slice, elements, any_elements,
        grows |list| match list.capacity() {
            0 => 0,
            // The length and the capacity precede the items.
            capacity => (2 * size_of::<usize>()).next_multiple_of(align_of::<T>()) + capacity * size_of::<T>(),
        };
}
