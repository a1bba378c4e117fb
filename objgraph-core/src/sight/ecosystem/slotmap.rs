//! slotmap. Its keys are numbers, which hold nothing; the number in a path is that of the value in
//! the order of the slots.

use slotmap::{DefaultKey, DenseSlotMap, Key, KeyData, SecondaryMap, SlotMap, SparseSecondaryMap};

use crate::sight::std_types::shapes::{collections, leaves};

collections! {
    [K: Key] SlotMap<K, T>, values, elements, any_elements;
    [K: Key] DenseSlotMap<K, T>, values, elements, any_elements;
    [K: Key] SecondaryMap<K, T>, values, elements, any_elements;
    [K: Key, S: std::hash::BuildHasher] SparseSecondaryMap<K, T, S>, values, entries, any_entries;
}

leaves!(DefaultKey, KeyData);
