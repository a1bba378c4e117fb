//! Collections. Those with an order count their elements; of the others, whose order changes from
//! run to run, no path tells which element it was.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::{array, vec};

use super::shapes::{collections, maps};

collections! {
    [] Vec<T>, iter, elements, any_elements;
    [] Box<[T]>, iter, elements, any_elements;
    [const N: usize] [T; N], iter, elements, any_elements;
    [] VecDeque<T>, iter, elements, any_elements;
    [] LinkedList<T>, iter, elements, any_elements;
    [] BTreeSet<T>, iter, elements, any_elements;
    [] BinaryHeap<T>, iter, entries, any_entries;
    [S] HashSet<T, S>, iter, entries, any_entries;
    // What the other owning iterators still hold cannot be had without taking it.
    [] vec::IntoIter<T>, as_slice, elements, any_elements;
    [const N: usize] array::IntoIter<T, N>, as_slice, elements, any_elements;
}

maps! {
    [S] HashMap<K, V, S>, iter, Entry;
    [] BTreeMap<K, V>, iter, Element;
}
