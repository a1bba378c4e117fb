//! hashbrown.

use hashbrown::{HashMap, HashSet, HashTable};

use crate::visibility::impls::std::shapes::{collections, maps};
use crate::visibility::impls::std::sizes::hash_table;

collections! {
    [S] HashSet<T, S>, iter, entries, any_entries,
        grows |set| hash_table(set.capacity(), size_of::<T>());
    [] HashTable<T>, iter, entries, any_entries, grows |table| table.allocation_size();
}

maps! {
    [S] HashMap<K, V, S>, iter, Entry, |map| hash_table(map.capacity(), size_of::<(K, V)>());
}
