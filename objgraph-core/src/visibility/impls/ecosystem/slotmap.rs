//! slotmap. Its keys are numbers, which hold nothing; the number in a path is that of the value in
//! the order of the slots. Each slot has a version beside the value, or beside its place in a list
//! of values with their keys.

use slotmap::{DefaultKey, DenseSlotMap, Key, KeyData, SecondaryMap, SlotMap, SparseSecondaryMap};

use crate::visibility::impls::std::shapes::{collections, leaves};
use crate::visibility::impls::std::sizes::hash_table;

collections! {
    [K: Key] SlotMap<K, T>, values, elements, any_elements,
        grows |map| map.capacity() * size_of::<(u32, T)>();
    [K: Key] DenseSlotMap<K, T>, values, elements, any_elements,
        grows |map| map.capacity() * (size_of::<T>() + 2 * size_of::<KeyData>());
    [K: Key] SecondaryMap<K, T>, values, elements, any_elements,
        grows |map| map.capacity() * size_of::<(u32, T)>();
    [K: Key, S: std::hash::BuildHasher] SparseSecondaryMap<K, T, S>, values, entries, any_entries,
        grows |map| hash_table(map.capacity(), size_of::<(u32, (u32, T))>());
}

leaves!(DefaultKey, KeyData);
