//! hashbrown.

use hashbrown::{HashMap, HashSet, HashTable};

use crate::sight::std_types::shapes::{collections, maps};

collections! {
    [S] HashSet<T, S>, iter, entries, any_entries;
    [] HashTable<T>, iter, entries, any_entries;
}

maps! {
    [S] HashMap<K, V, S>, iter, Entry;
}
