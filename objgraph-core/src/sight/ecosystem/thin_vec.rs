//! thin-vec.

use thin_vec::ThinVec;

use crate::sight::std_types::shapes::collections;

collections! {
    [] ThinVec<T>, as_slice, elements, any_elements;
}
