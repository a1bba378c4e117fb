//! Sorts short lists, and groups by few keys: findings, and rows of a table.
//!
//! std's sort and `BTreeMap` are compiled anew for each type, and are larger than most analyses. Here,
//! most is compiled once, for indices. A sort calls a function for each comparison, and a map moves
//! its indices, so std's are better for millions of items, and for millions of keys.

use std::cmp::Ordering;

/// Sorts `items` as [`slice::sort_by`] does, so equal items keep their order. O(n log n).
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = sorted(items.len(), &|a, b| compare(&items[a], &items[b]));
    permute(order, &mut |a, b| items.swap(a, b));
}

/// Sorts `items` by a key, as [`slice::sort_by_key`] does.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts `items` as [`slice::sort`] does.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Returns each item once, sorted.
pub fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    sort(&mut items);
    items.dedup();
    items
}

/// A map with few keys, such as types, sites or fields.
///
/// A lookup takes O(log keys) comparisons. A new key moves the indices of all greater keys.
#[derive(Clone, Debug)]
pub struct SortedMap<K, V> {
    rows: Vec<(K, V)>,
    /// Indices of `rows`, sorted by key.
    order: Vec<usize>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> SortedMap<K, V> {
    /// Creates an empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            rows: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Returns the rows, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.order.iter().map(|&row| &self.rows[row])
    }

    /// Returns the values in any order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.rows.iter_mut().map(|row| &mut row.1)
    }

    /// Returns the rows, sorted by key.
    #[must_use]
    pub fn into_rows(mut self) -> Vec<(K, V)> {
        permute(self.order, &mut |a, b| self.rows.swap(a, b));
        self.rows
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        let place = self.search(key).ok()?;
        Some(&self.rows[self.order[place]].1)
    }

    /// Finds the place of a key, or where to insert it.
    fn search(&self, key: &K) -> Result<usize, usize> {
        self.order
            .binary_search_by(|&row| self.rows[row].0.cmp(key))
    }

    /// Returns the value of a key, and adds it if the key has none.
    pub fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let row = match self.search(&key) {
            Ok(place) => self.order[place],
            Err(place) => {
                let row = self.rows.len();
                self.order.insert(place, row);
                self.rows.push((key, value()));
                row
            }
        };
        &mut self.rows[row].1
    }

    /// Returns the value of a key, which is the default at first.
    pub fn get_or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.get_or_insert_with(key, V::default)
    }
}

/// Returns the indices `0..len`, sorted.
fn sorted(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<_> = (0..len).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// Moves the items into this order, one cycle of the permutation after the other.
fn permute(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        while order[at] != start {
            let from = std::mem::replace(&mut order[at], at);
            swap(at, from);
            at = from;
        }
        order[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::{SortedMap, distinct, sort_by, sort_by_key};

    proptest! {
        #[test]
        fn sorts_as_std_does(items: Vec<(u8, u16)>) {
            let [mut ours, mut std] = [items.clone(), items];
            sort_by(&mut ours, |a, b| (b.0, a.1 % 2).cmp(&(a.0, b.1 % 2)));
            std.sort_by(|a, b| (b.0, a.1 % 2).cmp(&(a.0, b.1 % 2)));
            prop_assert_eq!(&ours, &std);
            sort_by_key(&mut ours, |item| item.1 % 4);
            std.sort_by_key(|item| item.1 % 4);
            prop_assert_eq!(ours, std);
        }

        #[test]
        fn maps_as_std_does(items: Vec<(u8, u16)>) {
            let mut ours = SortedMap::new();
            let mut std: BTreeMap<u8, u16> = BTreeMap::new();
            for &(key, value) in &items {
                prop_assert_eq!(ours.get(&key), std.get(&key));
                for of_key in [ours.get_or_default(key), std.entry(key).or_default()] {
                    *of_key = of_key.wrapping_mul(3).wrapping_add(value);
                }
            }
            let rows: Vec<(u8, u16)> = std.into_iter().collect();
            prop_assert!(ours.iter().eq(&rows));
            prop_assert_eq!(ours.into_rows(), rows);
            let keys: Vec<u8> = items.iter().map(|item| item.0).collect();
            let std: BTreeSet<u8> = keys.iter().copied().collect();
            prop_assert!(distinct(keys).into_iter().eq(std));
        }
    }
}
