//! Collections. Those with an order count their elements; of the others, whose order changes from
//! run to run, no path tells which element it was.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::{array, vec};

use super::shapes::{collections, maps};
use super::sizes::{b_tree, hash_table};

collections! {
    [] Vec<T>, iter, elements, any_elements, grows |list| list.capacity() * size_of::<T>();
    [] Box<[T]>, iter, elements, any_elements, fixed |list| size_of_val::<[T]>(list);
    [const N: usize] [T; N], iter, elements, any_elements, inline |_list| ();
    [] VecDeque<T>, iter, elements, any_elements, grows |list| list.capacity() * size_of::<T>();
    // Each item has two pointers beside it.
    [] LinkedList<T>, iter, elements, any_elements, grows |list| list.len() * size_of::<(usize, usize, T)>();
    [] BTreeSet<T>, iter, elements, any_elements, grows |set| b_tree(set.len(), size_of::<T>(), 0);
    [] BinaryHeap<T>, iter, entries, any_entries, grows |heap| heap.capacity() * size_of::<T>();
    [S] HashSet<T, S>, iter, entries, any_entries, grows |set| hash_table(set.capacity(), size_of::<T>());
    // What the other owning iterators still hold cannot be had without taking it. Of this one the
    // buffer is as large as what is left in it, at least.
    [] vec::IntoIter<T>, as_slice, elements, any_elements, fixed |left| size_of_val(left.as_slice());
    [const N: usize] array::IntoIter<T, N>, as_slice, elements, any_elements, inline |_left| ();
}

maps! {
    [S] HashMap<K, V, S>, iter, Entry, |map| hash_table(map.capacity(), size_of::<(K, V)>());
    [] BTreeMap<K, V>, iter, Element, |map| b_tree(map.len(), size_of::<K>(), size_of::<V>());
}
