//! Bytes on the heap of collections that have no method for it.

/// Estimates the bytes of a hash table of std or hashbrown by its capacity and the size of an entry.
///
/// Such a table has one control byte for each bucket, is at most seven eighths full, and has at least 4
/// buckets. The estimate is a lower bound, because removed entries can make the capacity smaller than
/// the table.
pub(in crate::visibility) fn hash_table(capacity: usize, entry: usize) -> usize {
    /// Number of control bytes that are read at once. The table repeats as many at its end.
    const GROUP: usize = 16;
    if capacity == 0 {
        return 0;
    }
    let buckets = (capacity.saturating_mul(8)).div_ceil(7);
    let buckets = buckets.next_power_of_two().max(4);
    let entries = buckets.saturating_mul(entry).next_multiple_of(GROUP);
    entries.saturating_add(buckets + GROUP)
}

/// Estimates the bytes of a B-tree of std by its length and the sizes of a key and a value. A node has
/// at most 11 entries; the estimate assumes 8.
pub(in crate::visibility) fn b_tree(len: usize, key: usize, value: usize) -> usize {
    const ENTRIES: usize = 11;
    /// Bytes of a node's pointer to its parent and of its two numbers.
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

    /// std's table is hashbrown's, which reports the size of its allocation.
    #[test]
    fn hash_tables_are_as_large_as_their_layout() {
        // 4, 8, 16 and 64 buckets, each with a byte, and a group of 16 bytes.
        assert_eq!(hash_table(0, 8), 0);
        assert_eq!(hash_table(3, 8), 4 * 8 + 4 + 16);
        assert_eq!(hash_table(7, 8), 8 * 8 + 8 + 16);
        assert_eq!(hash_table(14, 24), 16 * 24 + 16 + 16);
        assert_eq!(hash_table(56, 4), 64 * 4 + 64 + 16);
        // The entries end at the alignment of a group.
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
        // An entry takes at least its own size, and at most its share of a node with five entries.
        for len in [12, 100, 100_000] {
            let bytes = b_tree(len, 8, 8);
            assert!(
                bytes >= len * 16 && bytes <= len * (16 + 96 + 11 * 16) / 5,
                "{len}: {bytes}"
            );
        }
    }
}
