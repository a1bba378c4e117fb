//! Bytes on the heap, and how long collections are.

use super::Tracer;
use crate::snapshot::{LengthRow, NodeId, PathId};

/// How many of the last lengths a new one may belong to.
const LAST_LENGTHS: usize = 8;

impl Tracer {
    /// There is a collection of so many items where the visit is, which owns so many bytes.
    pub(in crate::trace) fn collection(&mut self, len: usize, bytes: usize) {
        if !self.wants_heap {
            return;
        }
        self.heap(bytes);
        if len > 0 {
            self.add_length(self.path(), 1, len as u64);
        }
    }

    /// The node that is being visited owns so many bytes on the heap.
    #[inline]
    pub(in crate::trace) fn heap(&mut self, bytes: usize) {
        if self.wants_heap
            && let Some(row) = self.nodes.get_mut(self.cursor.node as usize)
        {
            row.heap = row.heap.saturating_add(bytes as u64);
        }
    }

    /// There are so many items in `count` collections at a path of the node that is being visited.
    #[inline]
    pub(in crate::trace) fn add_length(&mut self, path: PathId, count: u32, len: u64) {
        let node = NodeId::new(self.cursor.node as usize);
        let has_others = self.lengths.last().is_some_and(|last| last.node == node);
        if !has_others && self.lengths.len() < self.lengths.capacity() {
            self.lengths.push(LengthRow::many(node, path, count, len));
        } else {
            self.one_more_length(path, count, len);
        }
    }

    /// A length of a node that may have others.
    #[inline(never)]
    fn one_more_length(&mut self, path: PathId, count: u32, len: u64) {
        let node = NodeId::new(self.cursor.node as usize);
        // A collection of collections comes to the same few paths again and again.
        let mut last = self.lengths.iter_mut().rev().take(LAST_LENGTHS);
        match last.find(|known| (known.node, known.path) == (node, path)) {
            Some(known) => known.add(count, len),
            None => self.lengths.push(LengthRow::many(node, path, count, len)),
        }
    }
}
