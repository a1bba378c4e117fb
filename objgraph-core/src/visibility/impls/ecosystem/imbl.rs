//! imbl.

// By the names of the aliases that programs use.
use imbl::shared_ptr::SharedPointerKind;
use imbl::{
    GenericHashMap as HashMap, GenericHashSet as HashSet, GenericOrdMap as OrdMap,
    GenericOrdSet as OrdSet, GenericVector as Vector,
};

use super::persistent::{shared_collections, shared_maps};

shared_collections! {
    [P: SharedPointerKind + 'static] Vector<T, P>, Element;
    [S: 'static, P: SharedPointerKind + 'static] HashSet<T, S, P>, Entry;
    [P: SharedPointerKind + 'static] OrdSet<T, P> where [T: Ord], Element;
}

shared_maps! {
    [S: 'static, P: SharedPointerKind + 'static] HashMap<K, V, S, P>, Entry;
    [P: SharedPointerKind + 'static] OrdMap<K, V, P> where [K: Ord], Element;
}
