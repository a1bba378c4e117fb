//! im.

use im::{HashMap, HashSet, OrdMap, OrdSet, Vector};

use super::persistent::{shared_collections, shared_maps};

shared_collections! {
    [] Vector<T> where [T: Clone], Element;
    [S: 'static] HashSet<T, S>, Entry;
    [] OrdSet<T> where [T: Ord], Element;
}

shared_maps! {
    [S: 'static] HashMap<K, V, S>, Entry;
    [] OrdMap<K, V> where [K: Ord], Element;
}
