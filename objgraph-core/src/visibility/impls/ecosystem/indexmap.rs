//! indexmap.

use indexmap::{IndexMap, IndexSet};

use crate::visibility::impls::std::shapes::{collections, maps};
use crate::visibility::impls::std::sizes::hash_table;

/// Returns the bytes of the list of entries with their hashes, and of the table of indexes into it.
fn bytes<E>(capacity: usize) -> usize {
    capacity * size_of::<(usize, E)>() + hash_table(capacity, size_of::<usize>())
}

collections! {
    [S] IndexSet<T, S>, iter, elements, any_elements, grows |set| bytes::<(T, ())>(set.capacity());
}

maps! {
    [S] IndexMap<K, V, S>, iter, Element, |map| bytes::<(K, V)>(map.capacity());
}
