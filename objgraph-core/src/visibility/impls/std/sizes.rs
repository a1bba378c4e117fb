//! How many bytes collections own on the heap, where they do not tell it themselves.

/// A hash table, by its capacity and the size of an entry: of std's or hashbrown's making, which
/// has a byte of its own for each bucket, is at most seven eighths full and begins with 4 buckets.
///
/// An estimate from below: entries taken out can make the capacity smaller than the table.
pub(in crate::visibility) fn hash_table(capacity: usize, entry: usize) -> usize {
    /// The bytes that are looked at in one go, which the table ends with once more.
    const GROUP: usize = 16;
    if capacity == 0 {
        return 0;
    }
    let buckets = (capacity.saturating_mul(8)).div_ceil(7);
    let buckets = buckets.next_power_of_two().max(4);
    let entries = buckets.saturating_mul(entry).next_multiple_of(GROUP);
    entries.saturating_add(buckets + GROUP)
}

/// A B-tree, by its length and the sizes of a key and a value: of std's making, with nodes of up
/// to 11 entries. An estimate, which takes them to be 8 on average.
pub(in crate::visibility) fn b_tree(len: usize, key: usize, value: usize) -> usize {
    const ENTRIES: usize = 11;
    /// A pointer to the parent and two numbers.
    const HEAD: usize = 2 * size_of::<usize>();
    const CHILDREN: usize = (ENTRIES + 1) * size_of::<usize>();
    let nodes = match len {
        0 => 0,
        1..=ENTRIES => 1,
        _ => len.div_ceil(8),
    };
    let inner = if nodes > 1 { nodes.div_ceil(9) } else { 0 };
    let node = (HEAD + ENTRIES * (key + value)).next_multiple_of(size_of::<usize>());
    nodes.saturating_mul(node) + inner * CHILDREN
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{b_tree, hash_table};

    /// The table of std is that of hashbrown, and hashbrown's allocations are known.
    #[test]
    fn hash_tables_are_as_large_as_their_layout() {
        // 4, 8, 16 and 64 buckets, each with a byte, and a group of 16 bytes.
        assert_eq!(hash_table(0, 8), 0);
        assert_eq!(hash_table(3, 8), 4 * 8 + 4 + 16);
        assert_eq!(hash_table(7, 8), 8 * 8 + 8 + 16);
        assert_eq!(hash_table(14, 24), 16 * 24 + 16 + 16);
        assert_eq!(hash_table(56, 4), 64 * 4 + 64 + 16);
        // The entries end where a group can begin.
        assert_eq!(hash_table(3, 1), 16 + 4 + 16);
        for asked in [1, 3, 4, 7, 8, 14, 15, 28, 29, 1000] {
            let map: HashMap<u64, u64> = HashMap::with_capacity(asked);
            let buckets = (map.capacity() * 8 / 7).next_power_of_two();
            assert_eq!(hash_table(map.capacity(), 16), buckets * 17 + 16, "{asked}");
        }
    }

    #[test]
    fn b_trees_are_estimated() {
        assert_eq!(b_tree(0, 8, 8), 0);
        assert_eq!(b_tree(1, 8, 8), 16 + 11 * 16);
        assert_eq!(b_tree(11, 8, 8), 16 + 11 * 16);
        // Each entry takes at least its own size, and not more than a node of five entries.
        for len in [12, 100, 100_000] {
            let bytes = b_tree(len, 8, 8);
            assert!(
                bytes >= len * 16 && bytes <= len * (16 + 96 + 11 * 16) / 5,
                "{len}: {bytes}"
            );
        }
    }
}
