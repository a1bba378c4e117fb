//! arrayvec.

use arrayvec::{ArrayString, ArrayVec};

use crate::visibility::impls::std::shapes::{collections, silent_leaves};

collections! {
    [const CAP: usize] ArrayVec<T, CAP>, as_slice, elements, any_elements, grows |_list| 0;
}

silent_leaves! {
    [const CAP: usize] ArrayString<CAP>;
}
