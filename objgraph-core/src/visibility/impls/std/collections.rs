//! Collections. Paths number the elements of those with an order. The order of the others changes from
//! run to run, so their paths do not.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::{array, vec};

use super::shapes::{collections, maps};
use super::sizes::{b_tree, hash_table};

collections! {
    [] Vec<T>, iter, elements, any_elements, grows |list| list.capacity() * size_of::<T>();
    [] Box<[T]>, iter, elements, any_elements, fixed |list| size_of_val::<[T]>(list);
    [const N: usize] [T; N], iter, elements, any_elements, inline |_list| ();
    [] VecDeque<T>, iter, elements, any_elements, grows |list| list.capacity() * size_of::<T>();
    // Each node of the list has two pointers.
    [] LinkedList<T>, iter, elements, any_elements, grows |list| list.len() * size_of::<(usize, usize, T)>();
    [] BTreeSet<T>, iter, elements, any_elements, grows |set| b_tree(set.len(), size_of::<T>(), 0);
    [] BinaryHeap<T>, iter, entries, any_entries, grows |heap| heap.capacity() * size_of::<T>();
    [S] HashSet<T, S>, iter, entries, any_entries, grows |set| hash_table(set.capacity(), size_of::<T>());
    // Other owning iterators do not lend what they still hold. The buffer of this one is at least as
    // large as the rest.
    [] vec::IntoIter<T>, as_slice, elements, any_elements, fixed |left| size_of_val(left.as_slice());
    [const N: usize] array::IntoIter<T, N>, as_slice, elements, any_elements, inline |_left| ();
}

maps! {
    [S] HashMap<K, V, S>, iter, Entry, |map| hash_table(map.capacity(), size_of::<(K, V)>());
    [] BTreeMap<K, V>, iter, Element, |map| b_tree(map.len(), size_of::<K>(), size_of::<V>());
}
