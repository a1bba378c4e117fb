//! Sorts short lists: findings, and rows of a table.
//!
//! std's sort is compiled anew for each type and each order, and is larger than most analyses. This
//! one is compiled once, for indices. It calls a function for each comparison, so std's sort is
//! better for millions of items.

use std::cmp::Ordering;

/// Sorts `items` as [`slice::sort_by`] does, so equal items keep their order. O(n log n).
#[doc(hidden)]
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = sorted(items.len(), &|a, b| compare(&items[a], &items[b]));
    permute(order, &mut |a, b| items.swap(a, b));
}

/// Sorts `items` by a key, as [`slice::sort_by_key`] does.
#[doc(hidden)]
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
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
    use proptest::prelude::*;

    use super::{sort_by, sort_by_key};

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
    }
}
