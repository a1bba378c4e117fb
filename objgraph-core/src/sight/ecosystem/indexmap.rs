//! indexmap.

use indexmap::{IndexMap, IndexSet};

use crate::sight::std_types::shapes::{collections, maps};

collections! {
    [S] IndexSet<T, S>, iter, elements, any_elements;
}

maps! {
    [S] IndexMap<K, V, S>, iter, Element;
}
