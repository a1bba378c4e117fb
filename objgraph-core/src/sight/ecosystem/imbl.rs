//! imbl.

use imbl::shared_ptr::SharedPointerKind;
use imbl::{GenericHashMap, GenericHashSet, GenericOrdMap, GenericOrdSet, GenericVector};

use super::persistent::{shared_collections, shared_maps};

shared_collections! {
    [P: SharedPointerKind + 'static] GenericVector<T, P>, Element;
    [S: 'static, P: SharedPointerKind + 'static] GenericHashSet<T, S, P>, Entry;
    [P: SharedPointerKind + 'static] GenericOrdSet<T, P> where [T: Ord], Element;
}

shared_maps! {
    [S: 'static, P: SharedPointerKind + 'static] GenericHashMap<K, V, S, P>, Entry;
    [P: SharedPointerKind + 'static] GenericOrdMap<K, V, P> where [K: Ord], Element;
}
