//! slotmap. Its keys are numbers, which hold nothing. A path numbers the values in the order of their slots.
//! A slot has a version and either the value or its index in a list of values and keys.

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
